"""In which order guests are named: the ranks of the Republic, then the order of the case.

Source: décret n° 89-655 du 13 septembre 1989, art. 3 (departments other than Paris), version of 1 March 2024.
It binds public ceremonies, those of a public authority (art. 1); an association follows it by courtesy.
Only the ranks of guests whom a PILES invites are here. Of one rank, the case's order stays: the decree wants
seniority in the mandate, which no case knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from typing import Final, Protocol, TypeVar

from piles_docs.french.agreement import Gender, agree
from piles_docs.french.articles import commune_with_de, folded


class Precedence(IntEnum):
    """The ranks, first to last."""

    GOVERNMENT = 0
    """A minister comes before the prefect (usage: the decree has the Government in art. 2, for Paris)."""
    PREFECT = 1
    """Art. 3, 1°."""
    SUB_PREFECT = 2
    """The State comes first, whoever of the prefectoral body stands for it (usage)."""
    DEPUTY = 3
    """Art. 3, 2°."""
    SENATOR = 4
    """Art. 3, 3°."""
    EUROPEAN_DEPUTY = 5
    """Art. 3, 4°."""
    REGION = 6
    """Art. 3, 5°: the president of the regional council."""
    DEPARTMENT = 7
    """Art. 3, 6°: the president of the departmental council."""
    MAYOR = 8
    """Art. 3, 7°: the mayor of the commune where the ceremony is held."""
    INTERCOMMUNALITY = 9
    """The president of the intercommunality, right after that mayor (usage; the decree does not name him)."""
    REGIONAL_COUNCILLOR = 10
    """Members of the regional council, its vice-presidents too."""
    DEPARTMENTAL_COUNCILLOR = 11
    """Members of the departmental council, its vice-presidents too."""
    OTHER_MAYOR = 12
    """Mayors of other communes, by courtesy (art. 18)."""
    TOWN_COUNCILLOR = 13
    """Deputy mayors and members of a town council."""
    OTHER = 14
    """Everyone else, in the order of the case."""


class Office(Protocol):
    """A person with a function."""

    @property
    def fonction(self) -> str | None:
        """In either gender."""


class Seat(Protocol):
    """Where an organisation is."""

    @property
    def commune(self) -> str:
        """Its name."""


class Guest(Protocol):
    """An organisation that is invited, as the case gives it; absent values are false."""

    @property
    def nom(self) -> str:
        """Its name: Commune de Castellane."""

    @property
    def type(self) -> str:
        """Its kind, of the words of the case: `region`, `departement`, `commune`."""

    @property
    def siege(self) -> Seat | None:
        """Where it is."""

    @property
    def representant(self) -> Office | None:
        """Who is invited for it."""


AnyGuest = TypeVar("AnyGuest", bound=Guest)

# A mandate, at the beginning of a function put into the masculine and stripped of its complement.
_MANDATES: Final = (
    (r"ministre|secrétaire d’état", Precedence.GOVERNMENT),
    (r"préfet", Precedence.PREFECT),
    (r"sous-préfet", Precedence.SUB_PREFECT),
    (r"député européen|eurodéputé|député au parlement européen", Precedence.EUROPEAN_DEPUTY),
    (r"député(?:-maire)?", Precedence.DEPUTY),
    (r"sénateur(?:-maire)?", Precedence.SENATOR),
    (r"conseiller régional", Precedence.REGIONAL_COUNCILLOR),
    (r"conseiller (?:départemental|général)", Precedence.DEPARTMENTAL_COUNCILLOR),
    (
        r"(?:adjoint|maire[ -]adjoint)(?! administratif| technique)|conseiller municipal",
        Precedence.TOWN_COUNCILLOR,
    ),
    (r"maire", Precedence.OTHER_MAYOR),
)
_RANK: Final = r"(?:(?:premier|\w+ième|\d+(?:er?|re)) )?"
# A president of nothing more than the body: "vice-présidente déléguée à l’insertion".
_OF_THE_BODY: Final = re.compile(r"\s*(?:$|délégué|chargé|en charge)")
# No longer, or not yet, the holder.
_NOT_HOLDING: Final = re.compile(r"\b(?:honoraire|suppléante?|ancien(?:ne)?|ex)\b")
_BODIES: Final = (
    ("region", r"conseil régional|\brégion\b", Precedence.REGION, Precedence.REGIONAL_COUNCILLOR),
    (
        "departement", r"conseil (?:départemental|général)\b|\bdépartement\b",
        Precedence.DEPARTMENT, Precedence.DEPARTMENTAL_COUNCILLOR,
    ),
    (
        "epci", r"communauté (?:de communes|d’agglomération|urbaine)|agglomération|métropole",
        Precedence.INTERCOMMUNALITY, Precedence.OTHER,
    ),
)  # fmt: skip


def precedence(function: str | None, *, body: str | None = None, is_local: bool = False) -> Precedence:
    """Return the rank of a guest; of several mandates, the highest ("députée et conseillère municipale").

    Args:
        function: The guest's function in either gender; None ranks the body as its head.
        body: The kind of the guest's organisation as the case gives it (`commune`, `region`, …).
        is_local: Whether the organisation is of the commune where the ceremony is held.
    """
    if not function:
        function = {"commune": "maire"}.get(body or "", "président")
    mandates = re.split(r",| et |/", function.strip().lower().replace("'", "’"))
    found = min(_of_mandate(mandate.strip(), body) for mandate in mandates)
    return Precedence.MAYOR if found is Precedence.OTHER_MAYOR and is_local else found


def in_order_of_precedence(guests: Iterable[AnyGuest], held_in: str | None = None) -> list[AnyGuest]:
    """Return guests in the order in which they are named; those of one rank keep theirs.

    Args:
        guests: The partners invited.
        held_in: The commune where the ceremony is held, whose mayor comes before all others.
    """

    def rank(guest: AnyGuest) -> Precedence:
        function = guest.representant.fonction if guest.representant else None
        return precedence(
            function or None, body=guest.type, is_local=bool(held_in) and _is_of(guest, held_in or "")
        )

    return sorted(guests, key=rank)


def _is_of(guest: Guest, commune: str) -> bool:
    """Tell whether an organisation is of a commune: by its name, else by its seat."""
    if folded(guest.nom).endswith(f" {folded(commune_with_de(commune))}"):
        return True
    seat = guest.siege
    return bool(seat and folded(seat.commune) == folded(commune))


def _of_mandate(mandate: str, body: str | None) -> Precedence:
    if _NOT_HOLDING.search(mandate):
        return Precedence.OTHER
    masculine = agree(mandate, Gender.MASCULINE)
    for words, rank in _MANDATES:
        if re.match(rf"{_RANK}(?:{words})(?![\w-])", masculine):
            return rank
    president = re.match(rf"{_RANK}(?P<vice>vice-)?président(?![\w-])(?P<rest>.*)", masculine)
    if president:
        for kind, named, head, member in _BODIES:
            if re.search(named, president["rest"]) or (
                kind == body and _OF_THE_BODY.match(president["rest"])
            ):
                return member if president["vice"] else head
    return Precedence.OTHER
