"""The order of guests: décret n° 89-655 du 13 septembre 1989, art. 3."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.french.agreement import feminine
from piles_docs.french.protocol import Precedence, in_order_of_precedence, precedence


@dataclass(frozen=True)
class Person:
    fonction: str | None


@dataclass(frozen=True)
class Seat:
    commune: str


@dataclass(frozen=True)
class Partner:
    nom: str
    type: str
    representant: Person | None = None
    siege: Seat | None = None


# In the order of the decree; the ranks that usage adds are said beside.
IN_ORDER = [
    ("ministre délégué", "etat"),  # usage
    ("préfet", "etat"),
    ("sous-préfet", "etat"),  # usage
    ("député", "autre"),
    ("sénateur", "autre"),
    ("député européen", "autre"),
    ("président du conseil régional", "region"),
    ("président du conseil départemental", "departement"),
    ("maire", "commune"),  # of the place
    ("président de la communauté de communes", "epci"),  # usage
    ("conseiller régional", "region"),
    ("conseiller départemental", "departement"),
]


def test_the_order_is_that_of_the_decree() -> None:
    ranks = [precedence(function, body=body, is_local=True) for function, body in IN_ORDER]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(("function", "body"), IN_ORDER)
def test_a_woman_has_the_rank_of_her_function(function: str, body: str) -> None:
    assert precedence(feminine(function), body=body) is precedence(function, body=body)


@pytest.mark.parametrize(
    ("function", "body", "expected"),
    [
        ("préfète de région", "etat", Precedence.PREFECT),
        ("président", "region", Precedence.REGION),
        ("présidente", "departement", Precedence.DEPARTMENT),
        ("présidente du conseil général", None, Precedence.DEPARTMENT),
        ("président", "epci", Precedence.INTERCOMMUNALITY),
        ("président de la métropole", None, Precedence.INTERCOMMUNALITY),
        ("1re vice-présidente", "region", Precedence.REGIONAL_COUNCILLOR),
        ("vice-présidente déléguée à l’insertion", "departement", Precedence.DEPARTMENTAL_COUNCILLOR),
        ("vice-présidente du conseil départemental", "departement", Precedence.DEPARTMENTAL_COUNCILLOR),
        (
            "conseillère départementale déléguée à l'insertion",
            "departement",
            Precedence.DEPARTMENTAL_COUNCILLOR,
        ),
        ("conseiller général", "departement", Precedence.DEPARTMENTAL_COUNCILLOR),
        ("première adjointe au maire", "commune", Precedence.TOWN_COUNCILLOR),
        ("conseillère municipale", "commune", Precedence.TOWN_COUNCILLOR),
        ("député-maire", "commune", Precedence.DEPUTY),
        ("sénatrice et conseillère municipale", "commune", Precedence.SENATOR),
        ("maire, présidente de la communauté de communes", "commune", Precedence.INTERCOMMUNALITY),
        ("Maire", "commune", Precedence.OTHER_MAYOR),
        # Who works for them, or was one, has not their rank.
        ("directrice de cabinet du préfet", "etat", Precedence.OTHER),
        ("attaché parlementaire du sénateur", "autre", Precedence.OTHER),
        ("ancienne députée", "autre", Precedence.OTHER),
        ("maire honoraire", "commune", Precedence.OTHER),
        ("secrétaire générale de mairie", "commune", Precedence.OTHER),
        ("adjoint administratif", "commune", Precedence.OTHER),
        ("directeur général des services", "region", Precedence.OTHER),
        # A president of something else is not that of the assembly.
        ("président", "association", Precedence.OTHER),
        ("présidente de la commission d’appel d’offres", "region", Precedence.OTHER),
        ("président", "chambre", Precedence.OTHER),
        # Nobody is named: the body stands for its head.
        (None, "region", Precedence.REGION),
        (None, "departement", Precedence.DEPARTMENT),
        (None, "commune", Precedence.OTHER_MAYOR),
        (None, "service-emploi", Precedence.OTHER),
        (None, None, Precedence.OTHER),
    ],
)
def test_a_guest_has_a_rank(function: str | None, body: str | None, expected: Precedence) -> None:
    assert precedence(function, body=body) is expected


def test_guests_are_named_in_order_and_the_mayor_of_the_place_before_the_others() -> None:
    guests = [
        Partner("Verdon Solidaire", "association", Person("présidente")),
        Partner("Commune d’Annot", "commune", Person("maire")),
        Partner("Commune du Muy", "commune", Person("maire")),
        Partner("Mairie", "commune", Person("maire"), Seat("Les Arcs")),
        Partner("Département du Var", "departement", Person("conseillère départementale")),
        Partner("Préfecture du Var", "etat", Person("sous-préfète")),
        Partner("Région", "region"),
    ]
    names = [guest.nom for guest in in_order_of_precedence(guests, "Le Muy")]
    assert names == [
        "Préfecture du Var", "Région", "Commune du Muy", "Département du Var", "Commune d’Annot", "Mairie",
        "Verdon Solidaire",
    ]  # fmt: skip
    assert in_order_of_precedence(guests, "Les Arcs")[2].nom == "Mairie"
    assert in_order_of_precedence(guests)[2].nom == "Département du Var"


partners = st.builds(
    Partner,
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["region", "commune", "association", "etat"]),
    st.none() | st.builds(Person, st.none() | st.sampled_from([function for function, _ in IN_ORDER])),
)


@given(st.lists(partners, max_size=8))
def test_ordering_loses_nobody_and_keeps_the_order_of_equals(guests: list[Partner]) -> None:
    ordered = in_order_of_precedence(guests)
    assert sorted(map(id, ordered)) == sorted(map(id, guests))
    assert in_order_of_precedence(ordered) == ordered

    def rank(guest: Partner) -> Precedence:
        return precedence(guest.representant.fonction if guest.representant else None, body=guest.type)

    for wanted in Precedence:
        assert [guest for guest in ordered if rank(guest) is wanted] == [
            guest for guest in guests if rank(guest) is wanted
        ]
