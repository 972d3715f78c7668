"""Files signed years ago: an authority of the past, whose certificates have ended since.

`authority.Authority` lives today; what is proved here is what becomes of a signature afterwards. Times are counted
in years from the run.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from functools import cached_property

from asn1crypto import crl as asn1_crl
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from piles_docs.methodology.acts import SEAL_FIELD
from piles_docs.signing.trust import Root, Trust
from piles_docs.signing.verdicts import Expectation

from .honest import HOST, HOST_FIELD, NAMES, sign_anyhow

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
_NOWHERE = "http://127.0.0.1:9/liste.crl"  # no one listens there: what the file does not carry is not known


def years(count: float) -> dt.datetime:
    return NOW + dt.timedelta(days=365.25 * count)


@dataclass(frozen=True)
class Holding:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))

    @property
    def asn1_key(self) -> keys.PrivateKeyInfo:
        der = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return keys.PrivateKeyInfo.load(der)


def hold(
    name: str,
    begins: float,
    ends: float,
    issuer: Holding | None = None,
    *,
    for_stamps: bool = False,
    says_where: bool = True,
) -> Holding:
    """Make a certificate: of a root where no issuer is given."""
    # pyHanko's own stamping service, for tests, knows RSA alone; the others are quicker to make.
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
        rsa.generate_private_key(65537, 2048) if for_stamps else ec.generate_private_key(ec.SECP256R1())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    is_root = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(years(begins))
        .not_valid_after(years(ends))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root,
                content_commitment=not is_root and not for_stamps,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_root,
                crl_sign=is_root,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if for_stamps:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    if not is_root and says_where:
        address = x509.UniformResourceIdentifier(_NOWHERE)
        point = x509.DistributionPoint([address], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    signing_key = issuer.key if issuer else key
    return Holding(builder.sign(signing_key, SHA256()), key)


class Past:
    """A small authority, and what it made at a moment of the past."""

    def __init__(self, unsealed: bytes, *, signed_at: float = -10, ends: float = -8) -> None:
        self.unsealed, self.at = unsealed, signed_at
        self.root = hold("AC Ancienne", -20, 20)
        self.seal = hold("Réseau d’Essai", signed_at - 2, ends, self.root)
        self.host = hold("Lise Exemple", signed_at - 2, ends, self.root)
        self.stamper = hold(
            "Horodatage Ancien", signed_at - 2, 5, self.root, for_stamps=True, says_where=False
        )
        self.trust = Trust((Root(self.root.asn1, "dossier de confiance"),))

    def signer(self, holding: Holding) -> SimpleSigner:
        registry = SimpleCertificateStore()
        registry.register(self.root.asn1)
        return SimpleSigner(signing_cert=holding.asn1, signing_key=holding.asn1_key, cert_registry=registry)

    def stamps(self, at: float, holding: Holding | None = None) -> DummyTimeStamper:
        one = holding or self.stamper
        return DummyTimeStamper(one.asn1, one.asn1_key, fixed_dt=years(at))

    @cached_property
    def issued(self) -> bytes:
        return sign_anyhow(
            self.unsealed, SEAL_FIELD, self.signer(self.seal), certify=True, stamper=self.stamps(self.at)
        )

    @cached_property
    def expectation(self) -> Expectation:
        return Expectation(issued=self.issued, signatories={HOST: NAMES[HOST]}, required=frozenset({HOST}))

    def signed(self, *, stamped_at: float | None) -> bytes:
        """Signed by the host structure, with or without a time stamp."""
        stamper = None if stamped_at is None else self.stamps(stamped_at)
        return sign_anyhow(self.issued, HOST_FIELD, self.signer(self.host), stamper=stamper)

    def list_of_revoked(self, at: float, revoked: Holding | None = None, since: float = 0) -> bytes:
        """As the root published it at a moment, for a year."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.certificate.subject)
            .last_update(years(at))
            .next_update(years(at + 1))
        )
        if revoked:
            entry = x509.RevokedCertificateBuilder(revoked.certificate.serial_number, years(since)).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.root.key, SHA256()).public_bytes(Encoding.DER)

    def with_store(self, content: bytes, *lists: bytes) -> bytes:
        """Give the file what its check needs (B-LT)."""
        output = io.BytesIO(content)
        DocumentSecurityStore.add_dss(
            output,
            None,
            certs=[self.root.asn1, self.stamper.asn1],
            crls=[asn1_crl.CertificateList.load(der) for der in lists],
        )
        return output.getvalue()

    def stamped(self, content: bytes, at: float, holding: Holding | None = None) -> bytes:
        """Give the whole file a time (B-LTA)."""
        output = io.BytesIO()
        PdfTimeStamper(self.stamps(at, holding)).timestamp_pdf(
            IncrementalPdfFileWriter(io.BytesIO(content)), "sha256", output=output
        )
        return output.getvalue()
