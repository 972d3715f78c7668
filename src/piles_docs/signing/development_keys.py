"""Keys for trying out: a certificate, and the little root that it leads to; nobody else believes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

LONGEST_NAME = 64
"""Of a common name, and of an organisation (RFC 5280, appendix A.1)."""
_EARLIER = dt.timedelta(hours=1)  # the clocks of other machines are not ours
_SIGNS = ("digital_signature", "content_commitment")  # the second is « non repudiation »
_CERTIFIES = ("key_cert_sign", "crl_sign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose key it is."""

    name: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentKey:
    """A key, and the certificate of its root."""

    pkcs12: bytes = field(repr=False)
    """Key, certificate and root, under the passphrase."""
    certificate: bytes
    """DER."""
    root: bytes
    """PEM. The key of the root is kept nowhere: it certifies nothing more."""


def make_development_key(
    holder: Holder, passphrase: str, *, begins_at: dt.datetime, days: int, is_rsa: bool = False
) -> DevelopmentKey:
    """Make a key that signs and seals, P-256 or RSA-2048, with its certificate.

    Args:
        holder: Whose.
        passphrase: Protects the file; it is not kept.
        begins_at: From when the certificate holds, but for an hour.
        days: For how long.
        is_rsa: RSA, for what does not know P-256.
    """
    root_key, key = _new_key(is_rsa), _new_key(is_rsa)
    root_name = _name(f"Racine d’essai de {holder.name}"[:LONGEST_NAME], holder.organisation)
    begins_at = begins_at.replace(microsecond=0) - _EARLIER
    ends_at = begins_at + _EARLIER + dt.timedelta(days=days)

    def certified(subject: x509.Name, subject_key: PrivateKey, usages: tuple[str, ...]) -> x509.Certificate:
        is_root = usages == _CERTIFIES
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(subject_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins_at)
            .not_valid_after(ends_at)
            .add_extension(
                x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True
            )
            .add_extension(_usage(usages), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(subject_key.public_key()), critical=False
            )
        )
        if not is_root:
            authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
            builder = builder.add_extension(authority, critical=False)
        return builder.sign(root_key, SHA256())

    root = certified(root_name, root_key, _CERTIFIES)
    certificate = certified(_name(holder.name, holder.organisation), key, _SIGNS)
    return DevelopmentKey(
        pkcs12=serialize_key_and_certificates(
            holder.name.encode(), key, certificate, [root], BestAvailableEncryption(passphrase.encode())
        ),
        certificate=certificate.public_bytes(Encoding.DER),
        root=root.public_bytes(Encoding.PEM),
    )


def _new_key(is_rsa: bool) -> PrivateKey:
    return rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str, organisation: str | None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(usages: tuple[str, ...]) -> x509.KeyUsage:
    every = (
        *_SIGNS,
        *_CERTIFIES,
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in usages for name in every})
