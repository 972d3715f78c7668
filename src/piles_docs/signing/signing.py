"""Sign a field of an issued PDF, seal the file as a whole, and bring signatures to a level that lasts.

A level that a service could not give is never claimed: what was reached, and why not more, is in the result.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation.dss import async_add_validation_info
from pyhanko.stamp import BaseStampStyle, StaticStampStyle
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    ValidationError,
)

from piles_docs.errors import SigningFailed
from piles_docs.methodology.acts import SEAL_FIELD, Level, field_of
from piles_docs.signing.appearance import style_of, written_moment
from piles_docs.signing.certificates import Certificate
from piles_docs.signing.keys import Key, certificate_of
from piles_docs.signing.trust import Trust

_DIGEST = "sha256"
_SECONDS_FOR_A_SERVICE = 10

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a signature can be completed with."""

    trust: Trust
    time_stamp_url: str | None = None
    level: Level = Level.B
    """The level to reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """A file with one more signature."""

    content: bytes = field(repr=False)
    certificate: Certificate
    level: Level
    shortfall: str | None
    """Why the level is not the one that was asked for, in French."""


def sign(
    pdf: bytes, party: str, key: Key, services: Services, *, moment: dt.datetime, drawing: bytes | None = None
) -> SignedFile:
    """Sign a party's field, as an update after the bytes that are there.

    Args:
        pdf: An issued file, with the signatures it has so far.
        party: Whose field.
        key: Its key.
        services: The level to reach, and how.
        moment: That the signature tells.
        drawing: A picture of a handwritten signature, PNG or JPEG.

    Raises:
        SigningFailed: The key cannot sign, its certificate is revoked or leads to no believed root.
    """
    style = style_of(drawing)
    return _run(_sign(pdf, field_of(party), key, services, moment, style))


def seal(pdf: bytes, key: Key, services: Services, *, moment: dt.datetime) -> SignedFile:
    """Certify a file before anyone signs: from then on only its fields may be filled (DocMDP, P = 2).

    Raises:
        SigningFailed: As `sign`.
    """
    return _run(_sign(pdf, SEAL_FIELD, key, services, moment, StaticStampStyle()))


def raise_level(pdf: bytes, services: Services) -> tuple[bytes, Level, str | None]:
    """Give all signatures of a file what their check needs, and the whole a trusted time.

    Returns:
        The file, the level reached for what is added, and why not the one asked for, in French.

    Raises:
        SigningFailed: Nothing could be added.
    """
    return _run(_raise_level(pdf, services))


class _DatedSigner(PdfSigner):
    """Signs at a moment that it is given."""

    moment: dt.datetime

    def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
        """Begin as pyHanko does, but for the time."""
        session = super().init_signing_session(*arguments, **named)
        session.system_time = self.moment
        return session


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run pyHanko, which reaches its services without waiting for each."""
    return asyncio.run(work)


async def _sign(
    pdf: bytes, name: str, key: Key, services: Services, moment: dt.datetime, style: BaseStampStyle
) -> SignedFile:
    async with key.opened() as signer:
        certificate = Certificate.of(certificate_of(signer))
        limit = await _check_certificate(signer, services)
        level, shortfall = services.level, None
        if limit and level.rank > Level.T.rank:
            level, shortfall = Level.T, limit
        while True:
            try:
                content = await _sign_at(pdf, name, signer, services, level, moment, style)
            except (TimestampRequestError, aiohttp.ClientError, TimeoutError) as error:
                if level is Level.B:
                    raise _service_failed(error) from error
                level, shortfall = Level.B, _no_time_stamp(services)
            except InsufficientRevinfoError as error:
                if level.rank < Level.LT.rank:
                    raise _service_failed(error) from error
                level, shortfall = Level.T, _NO_REVOCATION
            except (SigningError, PdfError, ValidationError, PathBuildingError, ValueError) as error:
                raise SigningFailed(
                    f"la signature n’a pas pu être faite ({error})",
                    remedy="vérifiez la clé et le fichier ; rien n’a été enregistré",
                ) from error
            else:
                return SignedFile(content=content, certificate=certificate, level=level, shortfall=shortfall)


async def _sign_at(
    pdf: bytes,
    name: str,
    signer: Signer,
    services: Services,
    level: Level,
    moment: dt.datetime,
    style: BaseStampStyle,
) -> bytes:
    lasting = level.rank >= Level.LT.rank
    output = io.BytesIO()
    async with services.trust.context(others=signer.cert_registry) as context:
        metadata = PdfSignatureMetadata(
            field_name=name,
            md_algorithm=_DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            certify=name == SEAL_FIELD,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            embed_validation_info=lasting,
            use_pades_lta=level is Level.LTA,
            validation_context=context if lasting else None,
        )
        pdf_signer = _DatedSigner(
            metadata,
            signer=signer,
            timestamper=_time_stamper(services) if level is not Level.B else None,
            stamp_style=style,
        )
        pdf_signer.moment = moment
        await pdf_signer.async_sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            existing_fields_only=name != SEAL_FIELD,
            output=output,
            appearance_text_params={
                "signer": Certificate.of(certificate_of(signer)).subject,
                "moment": written_moment(moment),
            },
        )
    return output.getvalue()


async def _raise_level(pdf: bytes, services: Services) -> tuple[bytes, Level, str | None]:
    if services.time_stamp_url is None:
        raise SigningFailed(
            "aucun service d’horodatage n’est réglé",
            remedy="réglez horodatage dans [signature] de piles.toml",
        )
    content, level, shortfall = pdf, Level.LTA, None
    reader = PdfFileReader(io.BytesIO(pdf))
    for rank in range(len(reader.embedded_regular_signatures)):
        output = io.BytesIO()
        embedded = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures[rank]
        try:
            async with services.trust.context() as context:
                await async_add_validation_info(embedded, context, output=output)
            content = output.getvalue()
        except (InsufficientRevinfoError, aiohttp.ClientError, TimeoutError):
            level, shortfall = Level.T, _NO_REVOCATION
        except (PathValidationError, PathBuildingError, ValidationError) as error:
            raise _not_believed(Certificate.of(embedded.signer_cert), error) from error
    output = io.BytesIO()
    try:
        async with services.trust.context() as context:
            await PdfTimeStamper(_time_stamper(services)).async_timestamp_pdf(
                IncrementalPdfFileWriter(io.BytesIO(content)), _DIGEST, context, output=output
            )
    except (TimestampRequestError, aiohttp.ClientError, TimeoutError) as error:
        raise SigningFailed(_no_time_stamp(services), remedy="relancez la même commande plus tard") from error
    return output.getvalue(), level, shortfall


async def _check_certificate(signer: Signer, services: Services) -> str | None:
    """Refuse to sign with what would not be believed; tell why its state could not be asked for."""
    certificate = certificate_of(signer)
    try:
        async with services.trust.context(others=signer.cert_registry) as context:
            validator = CertificateValidator(certificate, validation_context=context)
            await validator.async_validate_usage({"non_repudiation"})
    except InsufficientRevinfoError:
        return _NO_REVOCATION
    except (PathValidationError, PathBuildingError, ValidationError) as error:
        raise _not_believed(Certificate.of(certificate), error) from error
    return None


def _time_stamper(services: Services) -> HTTPTimeStamper:
    if services.time_stamp_url is None:
        raise AssertionError("a level above B-B is asked for with a time-stamping service")
    return HTTPTimeStamper(services.time_stamp_url, timeout=_SECONDS_FOR_A_SERVICE)


_NO_REVOCATION = "l’autorité de certification ne dit pas si le certificat est révoqué"


def _no_time_stamp(services: Services) -> str:
    return f"le service d’horodatage {services.time_stamp_url} ne répond pas comme il faut"


def _service_failed(error: Exception) -> SigningFailed:
    return SigningFailed(
        f"un service de signature n’a pas répondu ({error})", remedy="relancez la même commande plus tard"
    )


def _not_believed(certificate: Certificate, error: Exception) -> SigningFailed:
    if isinstance(error, RevokedError):
        return SigningFailed(
            f"le certificat de {certificate.subject} est révoqué", remedy="demandez-en un autre"
        )
    if isinstance(error, ExpiredError | NotYetValidError):
        days = f"du {certificate.begins_on:%d/%m/%Y} au {certificate.ends_on:%d/%m/%Y}"
        return SigningFailed(
            f"le certificat de {certificate.subject} ne vaut que {days}", remedy="demandez-en un autre"
        )
    return SigningFailed(
        f"le certificat de {certificate.subject} ne mène à aucune autorité que cet espace croit",
        remedy="mettez le certificat de son autorité dans le dossier confiance/, ou utilisez une autre clé",
    )
