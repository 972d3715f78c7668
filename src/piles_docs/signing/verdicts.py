"""What is asked of a returned PDF, and the answer: a verdict, its reasons, the signatures that stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from piles_docs.methodology.acts import Level
from piles_docs.signing.certificates import Certificate


class Verdict(StrEnum):
    """What a returned file is."""

    COMPLETE = "complet"
    """Our issued bytes, then every signature that was asked for, and nothing else."""
    PARTIAL = "partiel"
    """The same, with some of the signatures."""
    UNSIGNED = "non-signe"
    """Our issued bytes alone."""
    RESAVED = "reenregistre"
    """The same pages, written anew by a program: its signatures can no longer be checked."""
    PRINTED = "imprime"
    """The same text as a new PDF, or pictures of pages: no electronic signature is left."""
    ALTERED = "modifie"
    """Something other than signatures was changed or added."""
    WRONG_SIGNATORY = "autre-signataire"
    """A signature is sound, and not of the person whose field it fills."""
    REVOKED = "revoque"
    """The certificate of a signatory was revoked when it signed, or is and nothing proves that it was not."""
    UNTRUSTED = "sans-confiance"
    """The certificate of a signatory leads to no believed root, or had ended."""
    NOT_JUDGED = "non-juge"
    """Something that has to be known could not be had: an authority that does not answer, a file too odd."""

    @property
    def stands(self) -> bool:
        """Whether the signatures found may be recorded."""
        return self in {Verdict.COMPLETE, Verdict.PARTIAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a file is compared with."""

    issued: bytes = field(repr=False)
    """The archived bytes of the issue: they hold all fields, and our seal."""
    signatories: Mapping[str, str]
    """By party, the name as printed: « Mme Lise Exemple »."""
    required: frozenset[str]
    """The parties whose signatures make the file complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSignature:
    """A signature that stands."""

    party: str
    certificate: Certificate
    level: Level
    """As the file shows it, whatever it was meant to be."""
    told_at: dt.datetime | None
    """When it was made, by the signatory's own clock."""
    stamped_at: dt.datetime | None
    """Before which moment it was made, by a believed time-stamping service."""
    anchor: str
    """The root that it leads to, and where that is believed from; in French."""

    @property
    def on(self) -> dt.datetime | None:
        """When it was made, as well as it is known."""
        return self.stamped_at or self.told_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The one verdict about a file."""

    verdict: Verdict
    reasons: tuple[str, ...]
    """French sentences without final full stop; at least one, unless complete."""
    signatures: tuple[FoundSignature, ...] = ()
    """In the order in which they were made; empty unless the verdict stands."""
