"""The table of communes, and the link words before each of its thirty-five thousand names."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.french.articles import commune_with_a, commune_with_de
from piles_docs.french.communes import (
    Commune,
    communes_named,
    communes_of_department,
    communes_with_postal_code,
)
from piles_docs.french.places import departments

COMMUNES = [commune for code in departments() for commune in communes_of_department(code)]
CODES = sorted({code for commune in COMMUNES for code in commune.postal_codes})

# What a document must never contain (domain reference, facts 2 and 22).
FAULT = re.compile(r"\b(?:de|à|d’|l’) ?(?:le|les|aux) |(?:\b[dl]|\bdu l|\bau l)’ |'|  | $|^ ", re.IGNORECASE)
# The link words that INSEE's code calls for, and what remains of the name behind them.
LINKS = {
    "0": ("de ", "à ", ""),
    "1": ("d’", "à ", ""),
    "2": ("du ", "au ", "Le "),
    "3": ("de ", "à ", ""),
    "4": ("des ", "aux ", "Les "),
    "5": ("de ", "à ", ""),
    "6": ("des ", "aux ", "Aux "),
    "8": ("de ", "à ", ""),
}
# Their h is aspiré in the language, and INSEE says "d’": the language is followed.
LANGUAGE_FIRST = {
    "Hérisson", "Hanches", "Houx", "Haut-Mauco", "Haut-Clocher", "Hayes", "Haut-de-Bosdarros", "Houilles",
    "Haute-Isle",
}  # fmt: skip


def test_the_table_is_whole() -> None:
    assert len(COMMUNES) == 34_875
    assert {commune.department for commune in COMMUNES} == set(departments())
    assert {commune.link for commune in COMMUNES} == set(LINKS)
    for commune in COMMUNES:
        assert commune.name == commune.name.strip()
        assert "'" not in commune.name
        assert commune.postal_codes
        assert all(re.fullmatch(r"\d{5}", code) for code in commune.postal_codes)


def test_every_commune_takes_the_link_words_of_its_code() -> None:
    links_by_name: dict[str, set[str]] = {}
    for commune in COMMUNES:
        links_by_name.setdefault(commune.name, set()).add(commune.link)
    wrong = []
    for name, links in links_by_name.items():
        # Two communes of one name may differ by their h only; then it is not elided.
        link = "0" if links == {"0", "1"} or name in LANGUAGE_FIRST else min(links)
        de, a, article = LINKS[link]
        bare = name.removeprefix(article)
        if (commune_with_de(name), commune_with_a(name)) != (f"{de}{bare}", f"{a}{bare}"):
            wrong.append((name, commune_with_de(name), commune_with_a(name)))
    assert wrong == []


def test_no_commune_is_linked_with_a_fault() -> None:
    wrong = [
        linked
        for commune in COMMUNES
        for linked in (f"maire {commune_with_de(commune.name)}", f"Fait {commune_with_a(commune.name)}")
        if FAULT.search(linked) or re.search(r"\bde [aeiouyàâéèêëîïôœ]", linked, re.IGNORECASE)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "de", "a"),
    [
        ("Le Muy", "du Muy", "au Muy"),
        ("Les Arcs", "des Arcs", "aux Arcs"),
        ("La Seyne-sur-Mer", "de La Seyne-sur-Mer", "à La Seyne-sur-Mer"),
        ("L’Isle-sur-la-Sorgue", "de L’Isle-sur-la-Sorgue", "à L’Isle-sur-la-Sorgue"),
        ("Aux Marais", "des Marais", "aux Marais"),
        ("Los Masos", "de Los Masos", "à Los Masos"),
        ("Hyères", "d’Hyères", "à Hyères"),
        ("Honfleur", "de Honfleur", "à Honfleur"),
        ("Houilles", "de Houilles", "à Houilles"),
        ("Hendaye", "d’Hendaye", "à Hendaye"),
        ("Y", "d’Y", "à Y"),
        ("Ô-le-Hameau", "d’Ô-le-Hameau", "à Ô-le-Hameau"),
        ("Hameau-les-Bains", "de Hameau-les-Bains", "à Hameau-les-Bains"),
        ("Hospice-sur-Verdon", "d’Hospice-sur-Verdon", "à Hospice-sur-Verdon"),
    ],
)
def test_a_town_is_linked_whether_the_table_knows_it_or_not(name: str, de: str, a: str) -> None:
    assert commune_with_de(name) == de
    assert commune_with_a(name) == a


@settings(derandomize=True, max_examples=50)
@given(st.sampled_from(COMMUNES))
def test_a_commune_is_found_by_its_name_and_by_each_of_its_codes(commune: Commune) -> None:
    assert commune in communes_named(commune.name)
    assert commune in communes_named(commune.name.replace("’", "'"))
    assert all(found.name == commune.name for found in communes_named(commune.name))
    for code in commune.postal_codes:
        assert commune in communes_with_postal_code(code)


@settings(derandomize=True, max_examples=50)
@given(st.sampled_from(CODES))
def test_a_postal_code_finds_all_its_communes_and_no_other(code: str) -> None:
    found = communes_with_postal_code(code)
    assert len(found) == len(set(found))
    assert set(found) == {commune for commune in COMMUNES if code in commune.postal_codes}


@pytest.mark.parametrize("name", ["", "Muy", "le muy", "Nulle-Part", "\n", "#"])
def test_what_is_no_official_name_finds_nothing(name: str) -> None:
    assert communes_named(name) == ()


@pytest.mark.parametrize("code", ["00000", "04995", "8349", "834900"])
def test_what_is_no_postal_code_of_a_commune_finds_nothing(code: str) -> None:
    assert communes_with_postal_code(code) == ()


def test_some_facts_everyone_can_check() -> None:
    names = Counter(commune.name for commune in COMMUNES)
    assert names["Sainte-Colombe"] > 5
    (muy,) = communes_named("Le Muy")
    assert (muy.link, muy.department, muy.postal_codes) == ("2", "83", ("83490",))
    assert {commune.name for commune in communes_with_postal_code("04120")} >= {"Castellane", "Rougon"}
    assert "13016" in communes_named("Marseille")[0].postal_codes
