"""Gender: functions and participles agree with the person (usage; domain reference, 4.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Gender(StrEnum):
    """Grammatical gender of a person, known from the civility."""

    MASCULINE = "M."
    FEMININE = "Mme"


# What follows these words is a complement, which does not agree: directrice du conseil général.
_COMPLEMENT: Final = re.compile(
    r"\b(?:(?:de|du|des|à|au|aux|en|pour|chez|par|près|auprès|sous|sur|dans)\b(?!-)|d['’])", re.IGNORECASE
)
# … except this, whose complement is an assembly: adjointe au maire déléguée à l’emploi.
_IN_CHARGE: Final = re.compile(
    r"(?<=\s)(?:délégué|chargé)e?(?=\s(?:à|au|aux|de|du|des|en|pour)\b|\sd['’])", re.IGNORECASE
)
_ASSEMBLY: Final = re.compile(
    r"\b(?:maire|conseil|communauté|agglomération|métropole|région|département)\b", re.IGNORECASE
)
_BETWEEN_FUNCTIONS: Final = re.compile(r"(,\s+|\s+et\s+)")
_WORD: Final = re.compile(r"[^\W\d_]+")
_FIRST: Final = re.compile(r"(?:^|(?<=, )|(?<=\bet ))1(?:er|re)\b")

# Feminine forms that the endings below do not give, and words with one form for both.
_IRREGULAR: Final = {
    "chef": "cheffe", "porteur": "porteuse", "acheteur": "acheteuse", "transporteur": "transporteuse",
    "et": "et", "ou": "ou", "témoin": "témoin",
    "médecin": "médecin", "auteur": "autrice", "docteur": "docteure", "pasteur": "pasteure",
} | {
    masculine: f"{masculine}e"
    for masculine in ("assesseur", "gouverneur", "ingénieur", "professeur", "proviseur", "supérieur",
                      "majeur", "extérieur", "intérieur", "successeur", "prédécesseur", "censeur")
}  # fmt: skip

# The first ending that fits gives the feminine; the order counts.
_ENDINGS: Final = (
    ("teur", "trice"), ("eur", "euse"), ("eux", "euse"), ("er", "ère"), ("ef", "ève"), ("if", "ive"),
    ("en", "enne"), ("on", "onne"), ("el", "elle"), ("et", "ète"),
    *((ending, f"{ending}e") for ending in ("ant", "ent", "at", "ert", "oint", "al", "an", "ain", "in", "eul",
                                            "é", "i", "u")),
)  # fmt: skip

# The words that a case commonly holds: the only ones that are put back into the masculine.
_COMMON: Final = (
    "président", "coprésident", "directeur", "codirecteur", "préfet", "trésorier", "animateur",
    "coordinateur", "coordonnateur", "administrateur", "représentant", "conseiller", "adjoint", "délégué",
    "général", "départemental", "régional", "municipal", "député", "sénateur", "gérant", "cogérant",
    "chargé", "formateur", "consultant", "fondateur", "exécutif", "premier", "élu", "habilité", "soussigné",
    "dénommé", "né", "domicilié", "désigné", "nommé", "mandaté", "employé", "salarié", "recruté",
    "technicien", "citoyen", "doyen", "associé", "permanent", "agent", "intervenant", "chef",
    "métropolitain", "territorial", "adhérent", "européen", "communautaire", "maire", "proviseur",
    "principal", "chancelier", "recteur", "inspecteur", "médiateur", "référent", "responsable", "secrétaire",
    "ministre",
)  # fmt: skip


def gender_of(civility: str) -> Gender:
    """Return a person's gender by civility (`M.` or `Mme`).

    Raises:
        ValueError: The civility is neither.
    """
    return Gender(civility)


def feminine(words: str) -> str:
    """Return a function or a participle in the feminine: "vice-président" gives "vice-présidente".

    What is feminine already stays; so do a complement ("du conseil général") and sigles ("DGS").
    """
    return _each_word(_FIRST.sub("1re", words), _feminine_word)


@lru_cache(maxsize=1024)  # a document has its few signatories, with their few functions
def agree(words: str, gender: Gender) -> str:
    """Return a function or a participle in a person's gender: *habilité*, *habilitée*.

    Words already in that gender stay. Towards the masculine only the common functions are known.
    """
    if gender is Gender.FEMININE:
        return feminine(words)
    return _each_word(_FIRST.sub("1er", words), lambda word: _MASCULINE.get(word, word))


def _each_word(words: str, change: Callable[[str], str]) -> str:
    """Change the words of each function in a list of them, complements aside."""

    def changed(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) > 1 and word.isupper():
            return word
        result = change(word.lower())
        return result[0].upper() + result[1:] if word[0].isupper() else result

    done, in_complement = "", False
    for piece in _BETWEEN_FUNCTIONS.split(words):
        if not in_complement or _begins_function(piece):
            cut = _COMPLEMENT.search(piece)
            in_complement = cut is not None
            end = cut.start() if cut else len(piece)
        else:
            end = 0
        complement = piece[end:]
        if _ASSEMBLY.search(complement):
            complement = _IN_CHARGE.sub(changed, complement)
        done += _WORD.sub(changed, piece[:end]) + complement
    return done


def _begins_function(words: str) -> bool:
    """Tell whether words after a comma or "et" name one more function, or go on with a complement."""
    first = re.match(r"(?:vice-|sous-|co-)?([^\W\d_]+)", words.lower())
    return first is not None and first[1] in _FUNCTIONS


def _feminine_word(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    fitting = (word.removesuffix(ending) + feminine for ending, feminine in _ENDINGS if word.endswith(ending))
    return next(fitting, word)


_MASCULINE: Final = {_feminine_word(word): word for word in _COMMON}
_FUNCTIONS: Final = _MASCULINE.keys() | set(_COMMON)
