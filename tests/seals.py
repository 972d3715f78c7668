"""A seal for a workspace of the tests: a key of its own that the workspace believes, without any service."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from piles_docs.usecases.sealing import Sealer
from piles_docs.usecases.workspace import Workspace

PASSPHRASE = "sesame-ouvre-toi"  # noqa: S105  # of keys that live as long as the tests
NETWORK = "Agence Provençale pour une Économie Alternative et Solidaire"
_DAYS = 3650


class KnownSecrets:
    """Knows the passphrase of the tests' keys."""

    def passphrase(self, name: str) -> str:
        return PASSPHRASE

    def pin(self, name: str) -> str:
        return PASSPHRASE

    def one_time_password(self, name: str) -> str:
        return PASSPHRASE

    def bearer(self) -> str | None:
        return None


@functools.cache
def _root() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate("Racine des essais", key, "Racine des essais", key, is_authority=True)


@functools.cache
def key_of(name: str) -> bytes:
    """A PKCS #12 file with a certificate in a name, under the tests' root."""
    root_key, root = _root()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(name, key, "Racine des essais", root_key, is_authority=False)
    return pkcs12.serialize_key_and_certificates(
        name.encode(), key, certificate, [root], serialization.BestAvailableEncryption(PASSPHRASE.encode())
    )


def set_seal(root: Path) -> None:
    """Give a workspace a seal, and let it believe the root of the tests' keys."""
    (root / "cles").mkdir()
    (root / "cles" / "cachet.p12").write_bytes(key_of(NETWORK))
    (root / "confiance").mkdir()
    (root / "confiance" / "essais.pem").write_bytes(_root()[1].public_bytes(serialization.Encoding.PEM))
    path = root / "piles.toml"
    path.write_text(
        path.read_text("utf-8").replace("[signature]\n", '[signature]\ncle = "cles/cachet.p12"\n'), "utf-8"
    )


def sealer(workspace: Workspace) -> Sealer:
    """Seals with the workspace's key."""
    return Sealer(workspace, KnownSecrets())


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    usage = dict.fromkeys(
        [
            *("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
            *("digital_signature", "content_commitment", "key_cert_sign", "crl_sign"),
        ],
        False,
    )
    used = ("key_cert_sign", "crl_sign") if is_authority else ("digital_signature", "content_commitment")
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=_DAYS))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**(usage | dict.fromkeys(used, True))), critical=True)
        .sign(by, hashes.SHA256())
    )
