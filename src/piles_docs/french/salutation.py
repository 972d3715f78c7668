"""How a letter calls its reader, and how it closes (usage; domain reference, 6.3)."""

from __future__ import annotations

import re
from typing import Final

from piles_docs.french.agreement import Gender, agree
from piles_docs.french.articles import elides

UNKNOWN_READER: Final = "Madame, Monsieur"
"""The call when no person is known."""

_CIVILITIES: Final = {Gender.MASCULINE: "Monsieur", Gender.FEMININE: "Madame"}

_VERY_HIGH: Final = "l’expression de {my} très haute considération"
_HIGH: Final = "l’expression de {my} haute considération"
_DISTINGUISHED: Final = "l’expression de {my} considération distinguée"
_GREETINGS: Final = "{mine} salutations distinguées"

_ASSEMBLY: Final = r"(?:départemental|régional|municipal|communautaire|métropolitain|général|territorial)"
# An adjoint who is employed, and not elected beside a mayor.
_OF_A_SERVICE: Final = (
    r" administratif| technique| de | d’| (?:au|à la) (?:direct|chef|respons|présid|secr|coord)"
)
# The titles one calls by, and the closing that goes with each; none where the body decides.
_TITLES: Final = (
    (r"ministre|préfet", _VERY_HIGH),
    (r"maire(?:[ -]adjoint)?|sous-préfet|député(?: européen|-maire)?|sénateur(?:-maire)?", _HIGH),
    (rf"conseiller {_ASSEMBLY}|adjoint(?!{_OF_A_SERVICE})", _HIGH),
    (r"(?:co-?|vice-)?président(?:-directeur général)?", None),
    (r"(?:sous-|co-?)?directeur(?: général| départemental| régional)?(?: adjoint)?", _DISTINGUISHED),
    (r"(?:secrétaire général|proviseur|principal)(?: adjoint)?", _DISTINGUISHED),
)
_RANK: Final = r"(?:(?:premier|\w+ième|\d+e) )?"

_PUBLIC_BODIES: Final = frozenset(
    {"region", "departement", "commune", "epci", "pays", "etat", "collectivite"}
)
_INSTITUTIONS: Final = frozenset({"chambre", "service-emploi"})
_PUBLIC_BODY_NAMED: Final = re.compile(
    rf"conseil {_ASSEMBLY}\b|communauté (?:de communes|d’agglomération|urbaine)|agglomération|métropole"
    r"|(?:du|le) département\b|(?:de|de la) région\b"
)


def salutation(gender: Gender, function: str | None, preferred: str | None = None) -> str:
    """Return the call of a letter: "Madame la Présidente", "Monsieur le Maire", "Madame".

    Without a title to call by (a project holder, a project officer), it is the civility alone.

    Args:
        gender: The reader's.
        function: The reader's function as the case gives it, in either gender, or None.
        preferred: The call that the person prefers, whole ("Madame le Maire").
    """
    if preferred:
        return preferred
    title, _ = _title(function)
    if not title:
        return _CIVILITIES[gender]
    head, *adjectives = agree(title, gender).split(" ")
    called = " ".join(["-".join(part.capitalize() for part in head.split("-")), *adjectives])
    article = "l’" if elides(called) else "le " if gender is Gender.MASCULINE else "la "
    return f"{_CIVILITIES[gender]} {article}{called}"


def closing(function: str | None, *, body: str | None = None, plural: bool = False) -> str:
    """Return what the letter asks its reader to accept, after "je vous prie d’agréer, [call],".

    It is "l’expression de ma haute considération", … or "mes salutations distinguées", by the table of the
    domain reference, 6.3. Salutations are never an "expression".

    Args:
        function: The reader's function, in either gender, or None.
        body: The kind of the reader's organisation as the case gives it: a partner's type (`commune`, …) or a
            party's form (`collectivite`, …).
        plural: Whether several people sign: *nos*, *notre*.
    """
    title, regard = _title(function)
    if regard is None:
        regard = _regard_of_body(function or "", body) if title else _GREETINGS
    return regard.format(my="notre" if plural else "ma", mine="nos" if plural else "mes")


def _regard_of_body(function: str, body: str | None) -> str:
    """Return the closing for a president: of a public assembly, of an institution, of an association."""
    if body in _PUBLIC_BODIES or (body is None and _PUBLIC_BODY_NAMED.search(_plain(function))):
        return _HIGH
    return _DISTINGUISHED if body in _INSTITUTIONS else _GREETINGS


def _title(function: str | None) -> tuple[str, str | None]:
    """Return the words of a function that one calls by, in the masculine, and their closing."""
    masculine = agree(_plain(function or ""), Gender.MASCULINE)
    for titles, regard in _TITLES:
        match = re.match(rf"{_RANK}({titles})(?![\w-])", masculine)
        if match:
            return match[1], regard
    return "", None


def _plain(function: str) -> str:
    return re.sub(r"^1(?:er|re)\b", "premier", function.strip().lower().replace("'", "’"))
