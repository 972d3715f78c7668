"""Whether a signature or a time stamp is believed: now, or at a moment that a later time stamp proves.

pyHanko checks; what is decided here is when to look, and what a failure means. A certificate is first asked
about now. Where it has ended or was revoked since, or its authority no longer answers, the moment at which
the signature is proved to have existed counts, with what the file itself carries for its check (its document
security store: ETSI EN 319 142-1, 5.4.2): so a file outlives the certificates in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto

import aiohttp
from asn1crypto import cms, x509
from cryptography.hazmat.primitives import hashes
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import (
    async_validate_cms_signature,
    extract_certs_for_validation,
    extract_tst_data_iter,
    validate_tst_signed_data,
)
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import (
    SignatureStatus,
    StandardCMSSignatureStatus,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    CertificateFetchError,
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from piles_docs.signing.trust import Trust

_LONGEST_CHAIN = 10


class Lack(Enum):
    """Why something signed is not believed."""

    BROKEN = auto()
    """The signature does not fit what it signs."""
    WEAK = auto()
    """It is made with a method that is no longer safe."""
    REVOKED = auto()
    """The certificate, or one above it, was revoked."""
    ENDED = auto()
    """The certificate, or one above it, has ended, or has not begun."""
    STRANGER = auto()
    """It leads to no believed root."""
    UNREAD = auto()
    """It leads to no root that could be read, and some could not be."""
    UNFIT = auto()
    """The certificate, or one above it, is not made for this use."""
    UNKNOWN = auto()
    """An authority did not tell what has to be known."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why something signed is not believed."""

    lack: Lack
    since: dt.datetime | None = None
    """Until when it was good, where that is known."""
    is_above: bool = False
    """Whether it is about an authority, not about the one who signed."""

    def is_later_than(self, moment: dt.datetime | None) -> bool:
        """Whether nothing was wrong at a moment."""
        return moment is not None and self.since is not None and moment < self.since


@dataclass(frozen=True, slots=True)
class Belief:
    """What came of looking at something signed: the root that it leads to, or a doubt."""

    root: x509.Certificate | None = None
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """What a file carries for its own check."""

    certificates: tuple[x509.Certificate, ...] = ()
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    entries: tuple[str, ...] = field(default=(), repr=False)
    """The signatures that have an entry of their own in it."""

    @classmethod
    def of(cls, handler: PdfHandler) -> Store:
        """Read it from a file, or from one of its revisions; empty where there is none."""
        try:
            found = DocumentSecurityStore.read_dss(handler)
        except NoDSSFoundError:
            return cls()
        return cls(
            tuple(found.load_certs()),
            tuple(item.get_object().read_data(DecodePurpose.OCSP_RESPONSE) for item in found.ocsps),
            tuple(item.get_object().read_data(DecodePurpose.CRL) for item in found.crls),
            tuple(map(str, found.vri_entries)),
        )

    @property
    def contents(self) -> frozenset[bytes]:
        """All that is in it."""
        certificates = (one.dump() for one in self.certificates)
        return frozenset((*certificates, *self.ocsps, *self.crls, *map(str.encode, self.entries)))


Look = Callable[[ValidationContext], Awaitable[Belief]]
"""Looks at something signed by what is known in a context."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp: how to look at it, and what it tells."""

    look: Look
    moment: dt.datetime


def signature_look(signature: EmbeddedPdfSignature) -> Look:
    """How to look at a signature."""

    async def look(context: ValidationContext) -> Belief:
        async def status() -> SignatureStatus:
            return await async_validate_cms_signature(
                signature.signed_data,
                status_cls=StandardCMSSignatureStatus,
                raw_digest=signature.compute_digest(),
                validation_context=context,
            )

        return await _look(status, signature.signed_data, {"non_repudiation"}, set(), context)

    return look


def stamps_of(signature: EmbeddedPdfSignature) -> tuple[Stamp, ...]:
    """The time stamps that a signature carries: each says when its value existed."""
    tokens = extract_tst_data_iter(signature.signer_info, signed=False)
    value = signature.signer_info["signature"].native

    def digest(method: str) -> bytes:
        made = hashes.Hash(get_pyca_cryptography_hash(method))
        made.update(value)
        return made.finalize()

    return tuple(_stamp(token, digest) for token in tokens)


def document_stamp(signature: EmbeddedPdfSignature) -> Stamp:
    """A document time stamp: it says when the file existed, up to it."""
    return _stamp(signature.signed_data, signature.compute_digest)


def _stamp(token: cms.SignedData, digest: Callable[[str], bytes]) -> Stamp:
    async def look(context: ValidationContext) -> Belief:
        async def status() -> SignatureStatus:
            return TimestampSignatureStatus(**await validate_tst_signed_data(token, context, digest))

        return await _look(status, token, set(), {"time_stamping"}, context)

    return Stamp(look, token["encap_content_info"]["content"].parsed["gen_time"].native)


@dataclass(frozen=True, slots=True)
class Believer:
    """Looks at what one file holds."""

    trust: Trust
    now: ValidationContext
    """Asks the authorities, if it may. What the file carries is not among its answers: who sends a file could
    put there what was true of a certificate before it was revoked."""
    store: Store

    async def believe(self, look: Look, proved: dt.datetime | None) -> Belief:
        """Look at something signed, now or for the moment before which it existed.

        Args:
            look: At what.
            proved: Before which moment it existed, by a believed time stamp.
        """
        belief = await self._believe(look, proved)
        if belief.doubt is not None and belief.doubt.lack is Lack.STRANGER and self.trust.shortfalls:
            return Belief(doubt=Doubt(Lack.UNREAD))
        return belief

    async def _believe(self, look: Look, proved: dt.datetime | None) -> Belief:
        today = await look(self.now)
        if today.doubt is None:
            return today
        lack = today.doubt.lack
        if lack is not Lack.UNKNOWN and not (
            lack in {Lack.REVOKED, Lack.ENDED} and today.doubt.is_later_than(proved)
        ):
            return today
        then = await self.believe_file(look, proved, self.store)
        if then.doubt is None:
            return then
        if lack is Lack.REVOKED and not today.doubt.is_above:
            # The authority's own word that it was revoked later says that it was good at that moment.
            return Belief(root=today.root)
        return today if then.doubt.lack is Lack.UNKNOWN and lack is not Lack.ENDED else then

    async def believe_file(self, look: Look, moment: dt.datetime | None, store: Store) -> Belief:
        """Look at something signed with what a file carries alone, asking no one.

        Args:
            look: At what.
            moment: For which moment; now where None.
            store: What the file carries.
        """
        async with self.trust.context(
            moment=moment,
            others=store.certificates,
            crls=store.crls,
            ocsps=store.ocsps,
            fetches=False,
        ) as context:
            return await look(context)


async def _look(
    get_status: Callable[[], Awaitable[SignatureStatus]],
    signed: cms.SignedData,
    usage: set[str],
    extended_usage: set[str],
    context: ValidationContext,
) -> Belief:
    try:
        status = await get_status()
        if not (status.intact and status.valid):
            return Belief(doubt=Doubt(Lack.BROKEN))
        root = _root(status.validation_path)
        if status.trusted:
            return Belief(root=root)
        return Belief(root=root, doubt=await _doubt(signed, usage, extended_usage, context))
    except (TimeoutError, aiohttp.ClientError, OSError):  # an authority's server, while it was asked
        return Belief(doubt=Doubt(Lack.UNKNOWN))


async def _doubt(
    signed: cms.SignedData, usage: set[str], extended_usage: set[str], context: ValidationContext
) -> Doubt:
    """Why a certificate is not believed; pyHanko's status tells some causes apart only as exceptions."""
    found = extract_certs_for_validation(signed)
    validator = CertificateValidator(
        found.signer_cert, intermediate_certs=found.other_certs, validation_context=context
    )
    try:
        await validator.async_validate_usage(usage, extended_usage)
    except RevokedError as error:
        return Doubt(Lack.REVOKED, error.revocation_dt, not error.is_ee_cert or error.is_side_validation)
    except ExpiredError as error:
        return Doubt(Lack.ENDED, error.expired_dt, not error.is_ee_cert or error.is_side_validation)
    except NotYetValidError:
        return Doubt(Lack.ENDED)
    except DisallowedAlgorithmError:
        return Doubt(Lack.WEAK)
    except (InsufficientRevinfoError, CertificateFetchError):
        return Doubt(Lack.UNKNOWN)
    except PathBuildingError:
        known = [*found.other_certs, *context.certificate_registry]
        is_open = _is_told_elsewhere(found.signer_cert, known)
        return Doubt(Lack.UNKNOWN if is_open else Lack.STRANGER)
    except (PathValidationError, InvalidCertificateError, ValidationError):
        vouches_for_itself = found.signer_cert.self_signed in {"yes", "maybe"}
        return Doubt(Lack.STRANGER if vouches_for_itself else Lack.UNFIT)
    return Doubt(Lack.WEAK)  # the certificate is good: it is the method of the signature


def _is_told_elsewhere(certificate: x509.Certificate, known: list[x509.Certificate]) -> bool:
    """Whether the next certificate on the way to a root is not at hand, and its address is given."""
    for _ in range(_LONGEST_CHAIN):
        if certificate.self_issued:
            return False
        above = [one for one in known if one.subject == certificate.issuer]
        if not above:
            information = certificate.authority_information_access_value or ()
            return any(item["access_method"].native == "ca_issuers" for item in information)
        certificate = above[0]
    return False


def _root(path: ValidationPath | None) -> x509.Certificate | None:
    return path.first if path is not None else None
