"""A trust authority of the tests' own: certificates, and real services that stand behind them.

    AC Racine d’Essai ── time stamps
    └── AC Émettrice d’Essai ── OCSP answers, and the certificates of those who sign

`certomancer animate` gives time stamps (RFC 3161), OCSP answers and revocation lists over HTTP, in a process of its
own on this machine. `CscServer` signs from afar with the keys of the same authority, `SoftToken` holds one of them as a
card would. All dates are counted from the day of the run. Everyone is invented.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pkcs11
import pytest
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pkcs11 import Attribute
from pkcs11.util.x509 import decode_x509_certificate

_HOST = "127.0.0.1"
_TREE = "essai"  # certomancer's name for all this, in its URLs too
_NETWORK = "Agence Provençale pour une Économie Alternative et Solidaire"


@dataclass(frozen=True)
class Holder:
    """Whose certificate it is, and what is particular about it. Days are counted from today."""

    common_name: str
    organisation: str | None = None
    is_rsa: bool = False
    """RSA-2048; P-256 otherwise, which is quicker to make."""
    from_day: int = -700
    to_day: int = 1500
    revoked_on_day: int | None = None
    is_self_signed: bool = False


HOLDERS: Final = {
    "tete-de-reseau-cachet": Holder(_NETWORK, organisation=_NETWORK, is_rsa=True),
    "tete-de-reseau": Holder("Camille Fictif"),
    "porteuse": Holder("Lise Exemple", is_rsa=True),
    "animateur": Holder("Noé Modèle"),
    "stranger": Holder("Paul Spécimen"),
    "revoked": Holder("Lise Exemple", revoked_on_day=-300),
    "expired": Holder("Lise Exemple", to_day=-30),
    "impostor": Holder("Lise Exemple", is_self_signed=True),
    "soon": Holder(_NETWORK, organisation=_NETWORK, to_day=5),
}
_SERVICES = {
    "racine": Holder("AC Racine d’Essai", is_rsa=True, from_day=-4000, to_day=7000),
    "emettrice": Holder("AC Émettrice d’Essai", is_rsa=True, from_day=-3000, to_day=6000),
    "horodatage": Holder("Horodatage d’Essai", from_day=-2000, to_day=5000),
    "ocsp": Holder("OCSP d’Essai", from_day=-2000, to_day=5000),
}


class Authority:
    """The authority at work; its services stop at the end of a `with`."""

    PASSPHRASE: Final = "sesame-ouvre-toi"  # noqa: S105  # of files that live as long as the tests
    """Opens every PKCS #12 file of `pkcs12`."""

    def __init__(self, folder: Path) -> None:
        self._service, self._dead_port = Service(folder / "certomancer.log"), Port()
        self.folder = folder
        self.url = self._service.port.url
        self.time_stamp_url = f"{self.url}/{_TREE}/tsa/horodatage"
        self.ocsp_url = f"{self.url}/{_TREE}/ocsp/emettrice"
        self.crl_url = f"{self.url}/{_TREE}/crls/emettrice/latest.crl"
        self.dead_url = self._dead_port.url
        """Refuses every connection, while the services above are up: for one service that is down alone."""
        self.configuration = folder / "certomancer.yml"
        """What certomancer is told; the keys are beside it, each as `NAME.pem`."""
        _make_keys(folder)
        self.configuration.write_text(json.dumps(_configuration(self.url)), "utf-8")  # JSON is YAML
        self._tree = CertomancerConfig.from_file(str(self.configuration)).get_pki_arch(ArchLabel(_TREE))
        self.root = self.certificate("racine")
        """The certificate of the root, PEM."""

    def __enter__(self) -> Authority:
        self._service.start(
            "certomancer",
            *("--config", self.configuration, "animate", "--port", self._service.port.number, "--no-web-ui"),
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._service.close()
        self._dead_port.close()

    def down(self) -> AbstractContextManager[None]:
        """Stop all services for a while: their port refuses connections, and is still theirs afterwards."""
        return self._service.down()

    def certificate(self, name: str) -> bytes:
        """The certificate of one of `HOLDERS`, PEM."""
        content: bytes = self._tree.get_cert(CertLabel(name)).dump()
        return x509.load_der_x509_certificate(content).public_bytes(Encoding.PEM)

    def pkcs12(self, name: str) -> bytes:
        """Key and certificate of one of `HOLDERS`, with the certificates up to the root, under `PASSPHRASE`."""
        content: bytes = self._tree.package_pkcs12(CertLabel(name), password=self.PASSPHRASE.encode())
        return content


class Port:
    """A free port of this machine. It stays ours, whether a server listens on it or not (as Linux does it).

    Bound but not listening, it refuses connections; a server that asks for SO_REUSEADDR, as all of them do, can
    still bind it, and no one else is given it.
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((_HOST, 0))
        self.number: int = self._socket.getsockname()[1]
        self.url = f"http://{_HOST}:{self.number}"

    def is_answering(self) -> bool:
        """Whether a server takes connections there."""
        with socket.socket() as trial:
            return trial.connect_ex((_HOST, self.number)) == 0

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


class Service:
    """A server in a child process, on a port that it keeps."""

    def __init__(self, log: Path) -> None:
        self.port = Port()
        self._log = log
        self._command: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, program: str, *words: object) -> None:
        """Start a program that is installed beside this Python, and wait until it takes connections."""
        # The kernel stops it when the tests end without a word (killed, say), where util-linux is there to ask so.
        tied = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        self._command = [*tied, str(Path(sys.executable).with_name(program)), *map(str, words)]
        self._run()

    def _run(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 60
        try:
            while not self.port.is_answering():
                assert self._process.poll() is None, self._log.read_text("utf-8")
                assert time.monotonic() < deadline, self._log.read_text("utf-8")
                time.sleep(0.02)
        except BaseException:
            self._stop()
            raise

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Stop the server for a while; connections are refused meanwhile."""
        self._stop()
        try:
            yield
        finally:
            self._run()

    def close(self) -> None:
        """Stop the server and give its port back."""
        self._stop()
        self.port.close()


class CscServer:
    """Signs from afar, for whoever asks (Cloud Signature Consortium 1.0.4, SCAL 2: for the hashes named, and no other).

    It takes any PIN and any one-time password; it stops at the end of a `with`.
    """

    PIN: Final = "1234"
    ONE_TIME_PASSWORD: Final = "000000"  # noqa: S105  # of a server that takes any
    CREDENTIALS: Final = {name: f"{_TREE}/{name}" for name in ("porteuse", "tete-de-reseau")}
    """What the server calls the keys of those who have one there: the first is RSA, the second P-256."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._service = Service(authority.folder / "csc.log")
        self.url = self._service.port.url

    def __enter__(self) -> CscServer:
        scal = 2
        words = (self._authority.configuration, self._service.port.number, scal)
        self._service.start("certomancer-csc", *words)
        return self

    def __exit__(self, *error: object) -> None:
        self._service.close()

    def down(self) -> AbstractContextManager[None]:
        """Stop the server for a while."""
        return self._service.down()


class SoftToken:
    """A card made of software (SoftHSM 2) that holds key and certificate of the `porteuse`, for PKCS #11.

    Until the end of a `with`, this process and its children find it: by `SOFTHSM2_CONF`, which is read once, when the
    module is first loaded.
    """

    LABEL: Final = "Carte d’essai"
    KEY_LABEL: Final = "signature"
    """Of the key, and of the certificate too."""
    PIN: Final = "4321"

    @staticmethod
    def installed() -> Path | None:
        """The PKCS #11 module of SoftHSM, if it and its tool are on this machine."""
        places = [Path("/usr/lib"), Path("/usr/lib64"), Path("/usr/local/lib"), Path("/opt/homebrew/lib")]
        found = (
            module
            for place in places
            for pattern in ("softhsm/libsofthsm2.so", "*/softhsm/libsofthsm2.so")
            for module in place.glob(pattern)
        )
        return next(found, None) if shutil.which("softhsm2-util") else None

    def __init__(self, authority: Authority, module: Path) -> None:
        self.module = module
        folder = authority.folder / "carte"
        folder.mkdir()
        configuration = authority.folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n", "utf-8")
        self.environment = {"SOFTHSM2_CONF": str(configuration)}
        self._key = authority.folder / "porteuse.pem"
        self._certificate = authority.certificate("porteuse")
        self._surroundings = pytest.MonkeyPatch()

    def __enter__(self) -> SoftToken:
        for name, value in self.environment.items():
            self._surroundings.setenv(name, value)
        self._tell("--init-token", "--free", "--label", self.LABEL, "--so-pin", "87654321")
        named = ("--label", self.KEY_LABEL, "--id", "01")
        self._tell("--import", str(self._key), "--token", self.LABEL, *named)
        certificate = x509.load_pem_x509_certificate(self._certificate).public_bytes(Encoding.DER)
        attributes = decode_x509_certificate(certificate)
        attributes |= {Attribute.TOKEN: True, Attribute.LABEL: self.KEY_LABEL, Attribute.ID: b"\1"}
        token = pkcs11.lib(str(self.module)).get_token(token_label=self.LABEL)
        with token.open(rw=True, user_pin=self.PIN) as session:
            session.create_object(attributes)
        return self

    def _tell(self, *words: str) -> None:
        subprocess.run(["softhsm2-util", *words, "--pin", self.PIN], check=True, capture_output=True)

    def __exit__(self, *error: object) -> None:
        self._surroundings.undo()


def _make_keys(folder: Path) -> None:
    for name, holder in (_SERVICES | HOLDERS).items():
        key = (
            rsa.generate_private_key(65537, 2048)
            if holder.is_rsa
            else ec.generate_private_key(ec.SECP256R1())
        )
        content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.pem").write_bytes(content)


def _configuration(url: str) -> dict[str, Any]:
    """What certomancer is told. It makes the certificates anew in each process.

    They are the same to the byte each time, since serial numbers follow this order and RSA keys sign them.
    """
    everyone = _SERVICES | HOLDERS
    return {
        "external-url-prefix": url,
        "keysets": {_TREE: {"keys": {name: {"path": f"{name}.pem"} for name in everyone}}},
        "pki-architectures": {
            _TREE: {
                "keyset": _TREE,
                "entity-defaults": {"country-name": "FR"},
                "entities": {name: _entity(holder) for name, holder in everyone.items()},
                "certs": {name: _certificate(name, holder) for name, holder in everyone.items()},
                "services": {
                    "ocsp": {
                        "emettrice": {
                            "for-issuer": "emettrice",
                            "responder-cert": "ocsp",
                            "signing-key": "ocsp",
                        }
                    },
                    "crl-repo": {
                        name: {
                            "for-issuer": name,
                            "signing-key": name,
                            "simulated-update-schedule": "P30D",
                        }
                        for name in ("racine", "emettrice")
                    },
                    "cert-repo": {
                        name: {"for-issuer": name, "publish-issued-certs": name == "racine"}
                        for name in ("racine", "emettrice")
                    },
                    "time-stamping": {
                        "horodatage": {"signing-key": "horodatage", "signing-cert": "horodatage"}
                    },
                },
            }
        },
    }


def _entity(holder: Holder) -> dict[str, str]:
    named = {"common-name": holder.common_name}
    return named | ({"organization-name": holder.organisation} if holder.organisation else {})


def _certificate(name: str, holder: Holder) -> dict[str, Any]:
    issuer = {"racine": "racine", "emettrice": "racine", "horodatage": "racine"}.get(name, "emettrice")
    if holder.is_self_signed:
        issuer = name
    made: dict[str, Any] = {
        "subject": name,
        "issuer": issuer,
        "subject-key": name,
        "authority-key": issuer,
        "validity": {"valid-from": _day(holder.from_day), "valid-to": _day(holder.to_day)},
        "extensions": _extensions(name, holder),
    }
    if holder.revoked_on_day is not None:
        made["revocation"] = {"revoked-since": _day(holder.revoked_on_day), "reason": "key_compromise"}
    return made


def _day(count: int) -> str:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=count)).isoformat()


def _extensions(name: str, holder: Holder) -> list[dict[str, Any]]:
    def usage(*what: str) -> dict[str, Any]:
        return {
            "id": "key_usage",
            "critical": True,
            "smart-value": {"schema": "key-usage", "params": list(what)},
        }

    def revocation_list(of: str) -> dict[str, Any]:
        value = {"schema": "crl-dist-url", "params": {"crl-repo-names": [of]}}
        return {"id": "crl_distribution_points", "smart-value": value}

    def authority(**constraints: int) -> dict[str, Any]:
        return {"id": "basic_constraints", "critical": True, "value": {"ca": True, **constraints}}

    def only_for(purpose: str) -> dict[str, Any]:
        return {"id": "extended_key_usage", "critical": True, "value": [purpose]}

    match name:
        case "racine":
            return [authority(), usage("key_cert_sign", "crl_sign")]
        case "emettrice":
            constraints = {"path-len-constraint": 0}
            return [authority(**constraints), usage("key_cert_sign", "crl_sign"), revocation_list("racine")]
        case "horodatage":
            return [usage("digital_signature"), only_for("time_stamping"), revocation_list("racine")]
        case "ocsp":
            return [usage("digital_signature"), only_for("ocsp_signing"), {"id": "ocsp_no_check"}]
    signs = usage("digital_signature", "non_repudiation")
    if holder.is_self_signed:
        return [signs]
    links = {"ocsp-responder-names": ["emettrice"], "ca-issuer-links": [{"repo": "emettrice"}]}
    information = {"schema": "aia-urls", "params": links}
    return [
        signs,
        revocation_list("emettrice"),
        {"id": "authority_information_access", "smart-value": information},
    ]
