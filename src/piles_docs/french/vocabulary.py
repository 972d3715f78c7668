"""Words and law by the date of a document: a case of 2011 prints as 2011 (domain reference, section 3).

The words, their days and their sources are in vocabulary.toml, beside this file.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What institutions, schemes and texts were called on a date."""

    conseil_departemental: str
    service_public_emploi: str
    contrat_de_ville: str
    territoire_de_projet: str
    direction_regionale_etat: str
    dispositif_accompagnement: str
    tribunal_judiciaire: str
    article_originaux: str
    """As many originals as parties with distinct interests, each stating their number."""
    articles_ecrit_electronique: str
    """Electronic writing and signature."""
    article_force_obligatoire: str
    """A contract binds those who made it."""
    articles_convention_formation: str
    """What a declared training body and its client agree on in writing."""
    article_information_stagiaire: str
    """What a trainee is told before enrolling."""
    article_reglement_stagiaires: str
    """The rules that a declared training body gives its trainees."""
    code_de_la_tva: str
    """The code whose articles on VAT are cited, by their numbers in the Code général des impôts."""
    protection_des_donnees: str
    rgpd: bool
    """Whether the general regulation on data protection applies."""
    loi_ess: bool
    """Whether the law of 31 July 2014 on the social and solidarity economy is in force."""
    contrat_engagement_republicain: bool
    """Whether associations that ask for public grants subscribe the contract."""


def vocabulary_at(date: dt.date) -> Vocabulary:
    """Return the words and texts in force on a document's date."""
    words: dict[str, Any] = {
        name: next(period["mot"] for period in reversed(periods) if date >= period.get("depuis", dt.date.min))
        for name, periods in _periods().items()
    }
    return Vocabulary(**words)


@cache
def _periods() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files(__package__).joinpath("vocabulary.toml").read_text(encoding="utf-8"))
