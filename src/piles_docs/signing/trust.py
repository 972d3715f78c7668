"""Whom to believe: the roots that a signature must lead to, and what is known of revoked certificates."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from asn1crypto import pem, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.sign.validation.qualified.tsp import TSPRegistry, TSPTrustManager
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import Authority, TrustAnchor
from pyhanko_certvalidator.registry import SimpleTrustManager, TrustManager
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from piles_docs.errors import CaseInvalid

for _library in ("pyhanko", "pyhanko_certvalidator", "signxml"):
    # What they find wrong is told by verdicts and errors; unheard, it would be printed with its trace.
    logging.getLogger(_library).addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Root:
    """A certificate that is believed, and why."""

    certificate: x509.Certificate
    source: str
    """Where it was found, in French: « dossier de confiance », « système »."""


@dataclass(frozen=True, slots=True)
class ListedServices:
    """Qualified providers, from the European lists."""

    registry: TSPRegistry
    sources: Mapping[bytes, str]
    """By the SHA-256 of a certificate, the list and the provider, in French."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The believed roots."""

    roots: tuple[Root, ...] = ()
    listed: ListedServices | None = None
    """Providers that are believed besides."""
    shortfalls: tuple[str, ...] = ()
    """Which of the believed could not be read, in French: what leads to them is not known to be believed."""

    @asynccontextmanager
    async def context(
        self,
        *,
        moment: dt.datetime | None = None,
        others: Iterable[x509.Certificate] = (),
        crls: Iterable[bytes] = (),
        ocsps: Iterable[bytes] = (),
        fetches: bool = True,
    ) -> AsyncIterator[ValidationContext]:
        """What pyHanko validates by: a certificate that says where to ask about it must be asked about.

        Args:
            moment: When to look at it; now where None. Nothing is fetched for a moment that has gone, and
                what was said later of a certificate, with the date of its revocation, counts too.
            others: Certificates that may lead to a root.
            crls: Lists of revoked certificates that are known.
            ocsps: Answers about certificates that are known.
            fetches: Whether the network may be asked.
        """
        roots = [root.certificate for root in self.roots]
        anchors = SimpleTrustManager.build(trust_roots=roots)
        context = ValidationContext(
            trust_manager=_Anchors(anchors, TSPTrustManager(self.listed.registry))
            if self.listed
            else anchors,
            other_certs=[*others, *roots],
            moment=moment,
            allow_fetching=fetches and moment is None,
            crls=list(crls),
            ocsps=list(ocsps),
            revocation_mode="hard-fail",
            retroactive_revinfo=moment is not None,
            signature_validator=_CarefulValidator(),
        )
        try:
            yield context
        finally:
            await context.aclose()  # its connections

    def anchor_of(self, certificate: x509.Certificate) -> str:
        """Name a believed root and where it comes from."""
        name = str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly)
        sources = [root.source for root in self.roots if root.certificate.sha256 == certificate.sha256]
        if self.listed and certificate.sha256 in self.listed.sources:
            sources.append(self.listed.sources[certificate.sha256])
        return f"{name} ({sources[0]})" if sources else name


class _Anchors(TrustManager):
    """The believed roots, and the listed providers."""

    def __init__(self, *managers: TrustManager) -> None:
        self._managers = managers

    def as_trust_anchor(self, authority: Authority) -> TrustAnchor | None:
        """See TrustManager.as_trust_anchor."""
        found = (manager.as_trust_anchor(authority) for manager in self._managers)
        return next((anchor for anchor in found if anchor is not None), None)

    def find_potential_issuers(self, cert: x509.Certificate) -> Iterator[TrustAnchor]:
        """See TrustManager.find_potential_issuers."""
        for manager in self._managers:
            yield from manager.find_potential_issuers(cert)


class _CarefulValidator(DefaultSignatureValidator):
    """Takes a signature that is not of its key's kind for an invalid one.

    An authority is looked for by its name, which anybody can give to a key of another kind. pyHanko asserts
    that this does not happen.
    """

    def validate_signature(self, *arguments: Any, **named: Any) -> None:
        """See SignatureValidator.validate_signature."""
        try:
            super().validate_signature(*arguments, **named)
        except (AssertionError, TypeError, ValueError, UnsupportedAlgorithm) as error:
            raise InvalidSignature from error


def read_certificates(content: bytes, *, name: str) -> tuple[x509.Certificate, ...]:
    """Read the certificates of a file, PEM or DER.

    Raises:
        CaseInvalid: It holds none.
    """
    try:
        if pem.detect(content):
            ders = [der for kind, _, der in pem.unarmor(content, multiple=True) if kind == "CERTIFICATE"]
        else:
            ders = [content]
        found = tuple(x509.Certificate.load(der, strict=True) for der in ders)
        for certificate in found:
            _ = certificate.sha256, certificate.subject.native
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable(name) from error
    if not found:
        raise _unreadable(name)
    return found


def _unreadable(name: str) -> CaseInvalid:
    return CaseInvalid(
        f"{name} ne contient pas de certificat lisible",
        remedy="mettez-y un certificat au format PEM ou DER, ou retirez ce fichier",
    )
