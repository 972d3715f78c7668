"""A trust authority of the tests' own: certificates, and real services that stand behind them.

    AC Racine d’Essai ── time stamps
    └── AC Émettrice d’Essai ── OCSP answers, and the certificates of those who sign

`certomancer animate` gives time stamps (RFC 3161), OCSP answers and revocation lists over HTTP, in a process of its
own on this machine. All dates are counted from the day of the run. Everyone is invented.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

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
        self._port, self._dead_port = Port(), Port()
        self._log = folder / "certomancer.log"
        self.url = self._port.url
        self.time_stamp_url = f"{self.url}/{_TREE}/tsa/horodatage"
        self.ocsp_url = f"{self.url}/{_TREE}/ocsp/emettrice"
        self.crl_url = f"{self.url}/{_TREE}/crls/emettrice/latest.crl"
        self.dead_url = self._dead_port.url
        """Refuses every connection, while the services above are up: for one service that is down alone."""
        self.configuration = folder / "certomancer.yml"
        _make_keys(folder)
        self.configuration.write_text(json.dumps(_configuration(self.url)), "utf-8")  # JSON is YAML
        self._tree = CertomancerConfig.from_file(str(self.configuration)).get_pki_arch(ArchLabel(_TREE))
        self.root = self.certificate("racine")
        """The certificate of the root, PEM."""

    def __enter__(self) -> Authority:
        self._running = ExitStack()
        self._start()
        return self

    def __exit__(self, *error: object) -> None:
        self._running.close()
        self._port.close()
        self._dead_port.close()

    def _start(self) -> None:
        program = Path(sys.executable).with_name("certomancer")
        words = ["--config", self.configuration, "animate", "--port", self._port.number, "--no-web-ui"]
        self._running.enter_context(serving(self._port, self._log, program, *words))

    @contextmanager
    def down(self) -> Iterator[None]:
        """Stop all services for a while: their port refuses connections, and is still theirs afterwards."""
        self._running.close()
        try:
            yield
        finally:
            self._start()

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


@contextmanager
def serving(port: Port, log: Path, *command: object) -> Iterator[None]:
    """Run a server as a child process, from its first accepted connection to the end of the `with`."""
    # The kernel stops the server when the tests end without a word (killed, say), where util-linux is there to ask.
    tied = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*tied, *map(str, command)], stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + 60
        while not port.is_answering():
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.02)
        yield
    finally:
        process.kill()
        process.wait()


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
