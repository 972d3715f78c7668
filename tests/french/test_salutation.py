from __future__ import annotations

import re

import pytest

from piles_docs.french.agreement import Gender, feminine
from piles_docs.french.salutation import UNKNOWN_READER, closing, salutation

MAN, WOMAN = Gender.MASCULINE, Gender.FEMININE


@pytest.mark.parametrize(
    ("gender", "function", "expected"),
    [
        (MAN, "maire", "Monsieur le Maire"),
        (WOMAN, "maire de Castellane", "Madame la Maire"),
        (WOMAN, "maire adjointe", "Madame la Maire adjointe"),
        (WOMAN, "présidente", "Madame la Présidente"),
        (WOMAN, "président", "Madame la Présidente"),
        (MAN, "présidente", "Monsieur le Président"),
        (MAN, "président du conseil départemental", "Monsieur le Président"),
        (WOMAN, "vice-présidente déléguée à l'emploi", "Madame la Vice-Présidente"),
        (MAN, "1er vice-président", "Monsieur le Vice-Président"),
        (MAN, "président-directeur général", "Monsieur le Président-Directeur général"),
        (MAN, "conseiller départemental", "Monsieur le Conseiller départemental"),
        (WOMAN, "conseillère métropolitaine", "Madame la Conseillère métropolitaine"),
        (WOMAN, "adjointe au maire", "Madame l’Adjointe"),
        (WOMAN, "première adjointe", "Madame l’Adjointe"),
        (MAN, "troisième adjoint", "Monsieur l’Adjoint"),
        (WOMAN, "préfète", "Madame la Préfète"),
        (WOMAN, "sous-préfète", "Madame la Sous-Préfète"),
        (WOMAN, "sénatrice du Var", "Madame la Sénatrice"),
        (MAN, "ministre délégué", "Monsieur le Ministre"),
        (WOMAN, "Directrice générale des services", "Madame la Directrice générale"),
        (MAN, "secrétaire général", "Monsieur le Secrétaire général"),
        (WOMAN, "député européen", "Madame la Députée européenne"),
        (MAN, "sénatrice-maire", "Monsieur le Sénateur-Maire"),
        (WOMAN, "adjointe au maire déléguée à l’emploi", "Madame l’Adjointe"),
        (WOMAN, "adjointe à la culture", "Madame l’Adjointe"),
        (WOMAN, "adjointe de direction", "Madame"),
        (MAN, "adjoint à la directrice", "Monsieur"),
        (WOMAN, "proviseur adjoint", "Madame la Proviseure adjointe"),
        (MAN, "principal", "Monsieur le Principal"),
        (WOMAN, "maire de Castellane, présidente de la communauté de communes", "Madame la Maire"),
        (MAN, "ancien maire", "Monsieur"),
        (WOMAN, "conseillère en insertion", "Madame"),
        (MAN, "adjoint administratif", "Monsieur"),
        (WOMAN, "chargée de mission", "Madame"),
        (MAN, None, "Monsieur"),
    ],
)
def test_a_reader_is_called_by_title(gender: Gender, function: str | None, expected: str) -> None:
    assert salutation(gender, function) == expected


def test_the_call_a_person_prefers_comes_first() -> None:
    assert salutation(WOMAN, "maire", "Madame le Maire") == "Madame le Maire"


def test_an_unknown_reader_is_both() -> None:
    assert UNKNOWN_READER == "Madame, Monsieur"


@pytest.mark.parametrize(
    ("function", "body", "expected"),
    [
        ("maire", "commune", "l’expression de ma haute considération"),
        ("députée", None, "l’expression de ma haute considération"),
        ("adjointe au maire", "commune", "l’expression de ma haute considération"),
        ("conseiller régional", "region", "l’expression de ma haute considération"),
        ("présidente", "departement", "l’expression de ma haute considération"),
        ("présidente du conseil départemental", None, "l’expression de ma haute considération"),
        ("président de la communauté de communes", None, "l’expression de ma haute considération"),
        ("députée européenne", "autre", "l’expression de ma haute considération"),
        ("proviseure", "autre", "l’expression de ma considération distinguée"),
        ("ministre déléguée", "etat", "l’expression de ma très haute considération"),
        ("adjoint de direction", "commune", "mes salutations distinguées"),
        ("préfet", "etat", "l’expression de ma très haute considération"),
        ("sous-préfète", "etat", "l’expression de ma haute considération"),
        ("directrice", "service-emploi", "l’expression de ma considération distinguée"),
        ("président", "chambre", "l’expression de ma considération distinguée"),
        ("présidente", "association", "mes salutations distinguées"),
        ("présidente de la métropole des associations", "association", "mes salutations distinguées"),
        ("présidente", None, "mes salutations distinguées"),
        ("chargé de mission au conseil régional", "region", "mes salutations distinguées"),
        (None, None, "mes salutations distinguées"),
    ],
)
def test_a_letter_closes_by_the_function(function: str | None, body: str | None, expected: str) -> None:
    assert closing(function, body=body) == expected


def test_several_senders_write_we() -> None:
    assert closing("maire", plural=True) == "l’expression de notre haute considération"
    assert closing(None, plural=True) == "nos salutations distinguées"


FUNCTIONS = ["maire", "préfet", "sous-préfet", "ministre", "député", "sénateur", "président", "vice-président",
             "conseiller départemental", "conseiller régional", "conseiller municipal", "adjoint au maire",
             "directeur", "directeur général adjoint", "secrétaire général", "proviseur", "trésorier",
             "chargé de mission", "chef de service", "gérant", "délégué du préfet"]  # fmt: skip
BODIES = [None, "region", "departement", "commune", "epci", "pays", "etat", "chambre", "service-emploi", "dra",
          "association", "initiative", "citoyen", "autre", "collectivite"]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("gender", Gender)
def test_a_call_agrees_whatever_the_gender_of_the_word_in_the_case(function: str, gender: Gender) -> None:
    call = salutation(gender, function)
    assert call == salutation(gender, feminine(function))
    assert re.fullmatch(
        r"Madame(?: (?:la |l’)[A-ZÉ].*)?" if gender is WOMAN else r"Monsieur(?: (?:le |l’)[A-ZÉ].*)?", call
    )


@pytest.mark.parametrize("function", [None, *FUNCTIONS])
@pytest.mark.parametrize("body", BODIES)
def test_salutations_are_never_an_expression(function: str | None, body: str | None) -> None:
    for plural, mine, my in ((False, "mes", "ma"), (True, "nos", "notre")):
        words = closing(function, body=body, plural=plural)
        regard = r"(?:(?:très )?haute considération|considération distinguée)"
        assert re.fullmatch(rf"l’expression de {my} {regard}|{mine} salutations distinguées", words)
        assert function is None or words == closing(feminine(function), body=body, plural=plural)
