"""How a letter calls its reader, and how it closes (domain reference, 6.3)."""

from __future__ import annotations

from piles_docs.french.agreement import Gender, agree

UNKNOWN_READER = "Madame, Monsieur"
_CIVILITIES = {Gender.MASCULINE: "Monsieur", Gender.FEMININE: "Madame"}
_TITLES = (
    "conseiller départemental", "conseiller régional", "conseiller municipal", "vice-président", "président",
    "maire", "préfet", "sous-préfet", "ministre", "député", "sénateur", "directeur général", "directeur", "adjoint",
    "conseiller",
)  # fmt: skip
_ELECTED = ("maire", "député", "sénateur", "conseiller", "adjoint", "préfet", "sous-préfet", "ministre")
_PUBLIC_BODIES = {"region", "departement", "commune", "epci", "pays", "etat"}


def salutation(gender: Gender, function: str | None, preferred: str | None = None) -> str:
    """The call of a letter: Madame la Présidente, Monsieur le Maire, Madame; the person's own choice first.

    Args:
        gender: The reader's.
        function: The reader's function, as the case gives it, or None.
        preferred: The call that the person prefers, whole ("Madame le Maire").
    """
    if preferred:
        return preferred
    civility = _CIVILITIES[gender]
    masculine = agree(function, Gender.MASCULINE).lower() if function else ""
    title = next((title for title in _TITLES if masculine.startswith(title)), None)
    if title is None:
        return civility
    word = agree(title, gender)
    head, _, rest = word.partition(" ")
    capital = "-".join(part.capitalize() for part in head.split("-"))
    link = "l’" if head[0] in "aeiouéèê" else {Gender.MASCULINE: "le ", Gender.FEMININE: "la "}[gender]
    return f"{civility} {link}{capital}{' ' + rest if rest else ''}"


def closing(function: str | None, *, body: str | None = None, plural: bool = False) -> str:
    """What a letter asks its reader to accept: « l’expression de ma haute considération », « mes salutations… ».

    Args:
        function: The reader's function, or None.
        body: The kind of the reader's organisation, as the case gives it (`commune`, `departement`, …).
        plural: Whether several people sign: nos, notre.
    """
    masculine = agree(function, Gender.MASCULINE).lower() if function else ""
    my, mine = ("notre", "nos") if plural else ("ma", "mes")
    if masculine.startswith(("préfet", "ministre")):
        return f"l’expression de {my} très haute considération"
    if masculine.startswith(_ELECTED) or ("président" in masculine and body in _PUBLIC_BODIES):
        return f"l’expression de {my} haute considération"
    if masculine.startswith("directeur") or body in {"chambre", "service-emploi", "etat"}:
        return f"l’expression de {my} considération distinguée"
    return f"{mine} salutations distinguées"
