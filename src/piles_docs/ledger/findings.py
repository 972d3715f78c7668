"""What a verification of the records found: values, said all at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What is the matter with an event or an archived file."""

    GAP = "événement manquant"
    BROKEN_LINK = "chaîne rompue"
    ALTERED = "événement modifié"
    UNREADABLE = "événement illisible"
    HEAD = "fin de chaîne en désaccord"
    REWRITTEN = "registre réécrit"
    STORAGE = "fichier du registre abîmé"
    PERSONAL_ALTERED = "données personnelles modifiées"
    PERSONAL_ERASED = "données personnelles effacées"
    FILE_MISSING = "pièce manquante"
    FILE_ALTERED = "pièce modifiée"
    LEFTOVER = "pièce sans emploi"
    ERASURE_UNFINISHED = "effacement inachevé"


_HARMLESS = frozenset({FindingKind.PERSONAL_ERASED, FindingKind.LEFTOVER, FindingKind.ERASURE_UNFINISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a verification found, named as closely as it can be."""

    kind: FindingKind
    message: str
    """What was found, a French sentence without final full stop."""
    dossier: str | None = None
    """The case meant; None when the finding is about the records as a whole."""
    sequence: int | None = None
    """The event meant, from 1; None when no single event is meant."""
    sha256: str | None = None
    """The archived file meant, by its SHA-256 in hexadecimal."""

    @property
    def harmless(self) -> bool:
        """Tell whether the records still prove all they have to: worth saying, nothing to repair."""
        return self.kind in _HARMLESS

    def __str__(self) -> str:
        number = "" if self.sequence is None else f", événement n° {self.sequence}"
        place = "" if self.dossier is None else f"{self.dossier}{number}: "
        return f"{place}{self.message}"
