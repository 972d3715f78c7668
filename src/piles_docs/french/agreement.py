"""Gender: functions and participles agree with the person (domain reference, 4.2)."""

from __future__ import annotations

import re
from enum import StrEnum


class Gender(StrEnum):
    """Grammatical gender, known from the civility."""

    MASCULINE = "M."
    FEMININE = "Mme"


# Endings of functions, longest first; each pair is masculine, feminine.
_PAIRS = {
    "président": "présidente", "directeur": "directrice", "préfet": "préfète", "trésorier": "trésorière",
    "animateur": "animatrice", "coordinateur": "coordinatrice", "coordonnateur": "coordonnatrice",
    "administrateur": "administratrice", "représentant": "représentante", "conseiller": "conseillère",
    "adjoint": "adjointe", "délégué": "déléguée", "général": "générale", "départemental": "départementale",
    "régional": "régionale", "municipal": "municipale", "communautaire": "communautaire", "député": "députée",
    "sénateur": "sénatrice", "gérant": "gérante", "chargé": "chargée", "formateur": "formatrice",
    "consultant": "consultante", "fondateur": "fondatrice", "cogérant": "cogérante", "exécutif": "exécutive",
    "premier": "première", "habilité": "habilitée", "soussigné": "soussignée", "dénommé": "dénommée",
    "né": "née", "domicilié": "domiciliée", "élu": "élue", "désigné": "désignée", "nommé": "nommée",
    "employé": "employée", "salarié": "salariée", "recruté": "recrutée", "seul": "seule", "honoraire": "honoraire",
    "coprésident": "coprésidente", "instituteur": "institutrice", "agent": "agente", "technicien": "technicienne",
    "citoyen": "citoyenne", "doyen": "doyenne", "associé": "associée", "permanent": "permanente",
}  # fmt: skip
_MASCULINE = {feminine: masculine for masculine, feminine in _PAIRS.items()}
_WORD = re.compile(r"[^\W\d_]+")
# What follows these words is a complement, which does not agree: directrice du conseil général.
_COMPLEMENT = re.compile(r"\b(?:de|du|des|d['’]|à|au|aux|en|pour|chez|par|près)\b")


def gender_of(civility: str) -> Gender:
    """Gender of a person by civility (`M.` or `Mme`)."""
    return Gender(civility)


def agree(words: str, gender: Gender) -> str:
    """Put a function or participle in a person's gender: président, habilité → présidente, habilitée.

    Words already in that gender stay; a complement (« … du conseil général ») is left alone.
    """
    cut = _COMPLEMENT.search(words)
    head, tail = (words[: cut.start()], words[cut.start() :]) if cut else (words, "")
    table = _PAIRS if gender is Gender.FEMININE else _MASCULINE
    return _WORD.sub(lambda match: _same_case(table.get(match[0].lower(), match[0]), match[0]), head) + tail


def _same_case(word: str, model: str) -> str:
    return word[0].upper() + word[1:] if model[0].isupper() else word
