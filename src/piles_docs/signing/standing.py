"""What is known of a key before it signs: whose it is, until when, whether it would be believed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
from asn1crypto import x509
from pyhanko.sign import Signer
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    ValidationError,
)

from piles_docs.signing.certificates import Certificate
from piles_docs.signing.keys import Key, certificate_of
from piles_docs.signing.trust import Trust

_SECONDS_FOR_A_TRIAL = 5


class Standing(StrEnum):
    """Whether a certificate would be believed now."""

    GOOD = "valable"
    """It leads to a believed root and is not revoked, or names nobody who could say so."""
    NOT_ASKED = "revocation-inconnue"
    """It leads to a believed root; who could say whether it is revoked does not answer."""
    REVOKED = "revoque"
    OUT_OF_TIME = "hors-delai"
    """It has ended, or not begun."""
    UNFIT = "inapte"
    """It may not sign documents."""
    UNTRUSTED = "sans-confiance"
    """It leads to no believed root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStanding:
    """What is known of a key."""

    certificate: Certificate
    standing: Standing
    anchor: str | None
    """The believed root that it leads to, in French; None where there is none."""


def standing_of(key: Key, trust: Trust) -> KeyStanding:
    """Tell what is known of a key.

    Raises:
        SigningFailed: The key does not open.
    """
    return asyncio.run(_standing_of(key, trust))


def answers(time_stamp_url: str) -> bool:
    """Tell whether a time-stamping service gives a time stamp."""
    return asyncio.run(_answers(time_stamp_url))


async def _standing_of(key: Key, trust: Trust) -> KeyStanding:
    async with key.opened() as signer, trust.context(others=signer.cert_registry) as context:
        certificate = certificate_of(signer)
        try:
            anchor = await _anchor(certificate, trust, context)
        except PathBuildingError:
            standing, anchor = Standing.UNTRUSTED, None
        else:
            standing = await _judged(signer, context)
        return KeyStanding(certificate=Certificate.of(certificate), standing=standing, anchor=anchor)


async def _anchor(certificate: x509.Certificate, trust: Trust, context: ValidationContext) -> str:
    """The first root that a certificate leads to, revoked or not."""
    paths = await context.path_builder.async_build_paths(certificate)
    return trust.anchor_of(paths[0].first)


async def _judged(signer: Signer, context: ValidationContext) -> Standing:
    validator = CertificateValidator(certificate_of(signer), validation_context=context)
    try:
        await validator.async_validate_usage({"non_repudiation"})
    except InsufficientRevinfoError:
        return Standing.NOT_ASKED
    except RevokedError:
        return Standing.REVOKED
    except (ExpiredError, NotYetValidError):
        return Standing.OUT_OF_TIME
    except (PathValidationError, PathBuildingError, ValidationError):
        return Standing.UNFIT
    return Standing.GOOD


async def _answers(time_stamp_url: str) -> bool:
    stamper = HTTPTimeStamper(time_stamp_url, timeout=_SECONDS_FOR_A_TRIAL)
    try:
        await stamper.async_dummy_response("sha256")
    except (TimestampRequestError, aiohttp.ClientError, TimeoutError, ValueError, OSError):
        return False
    return True
