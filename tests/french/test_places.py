from __future__ import annotations

import re

import pytest

from piles_docs.french.places import Place, department, departments, find_region, regions


def test_there_are_101_departments_in_18_regions() -> None:
    assert len(departments()) == 101
    assert len(regions()) == 18
    assert {place.region for place in departments().values()} == set(regions())


# Domain reference, 4.1 and fact 21.
@pytest.mark.parametrize(
    ("code", "le", "de", "dans"),
    [
        ("01", "l’Ain", "de l’Ain", "dans l’Ain"),
        ("04", "les Alpes-de-Haute-Provence", "des Alpes-de-Haute-Provence",
         "dans les Alpes-de-Haute-Provence"),
        ("05", "les Hautes-Alpes", "des Hautes-Alpes", "dans les Hautes-Alpes"),
        ("06", "les Alpes-Maritimes", "des Alpes-Maritimes", "dans les Alpes-Maritimes"),
        ("13", "les Bouches-du-Rhône", "des Bouches-du-Rhône", "dans les Bouches-du-Rhône"),
        ("26", "la Drôme", "de la Drôme", "dans la Drôme"),
        ("28", "Eure-et-Loir", "d’Eure-et-Loir", "en Eure-et-Loir"),
        ("2A", "la Corse-du-Sud", "de la Corse-du-Sud", "en Corse-du-Sud"),
        ("30", "le Gard", "du Gard", "dans le Gard"),
        ("34", "l’Hérault", "de l’Hérault", "dans l’Hérault"),
        ("38", "l’Isère", "de l’Isère", "dans l’Isère"),
        ("47", "le Lot-et-Garonne", "de Lot-et-Garonne", "en Lot-et-Garonne"),
        ("54", "Meurthe-et-Moselle", "de Meurthe-et-Moselle", "en Meurthe-et-Moselle"),
        ("75", "Paris", "de Paris", "à Paris"),
        ("83", "le Var", "du Var", "dans le Var"),
        ("84", "le Vaucluse", "de Vaucluse", "en Vaucluse"),
        ("90", "le Territoire de Belfort", "du Territoire de Belfort", "dans le Territoire de Belfort"),
        ("95", "le Val-d’Oise", "du Val-d’Oise", "dans le Val-d’Oise"),
        ("974", "La Réunion", "de La Réunion", "à La Réunion"),
        ("976", "Mayotte", "de Mayotte", "à Mayotte"),
    ],
)  # fmt: skip
def test_a_department_takes_its_link_words(code: str, le: str, de: str, dans: str) -> None:
    place = department(code)
    assert (place.with_le, place.with_de, place.with_dans) == (le, de, dans)


@pytest.mark.parametrize(
    "place", [*departments().values(), *regions().values()], ids=lambda place: f"{place.code}-{place.name}"
)
def test_every_place_is_linked_without_fault(place: Place) -> None:
    for linked in (place.with_le, place.with_de, place.with_dans):
        assert linked.endswith(place.name)
        assert "'" not in linked
    name = re.escape(place.name)
    assert re.fullmatch(rf"(?:d’|de |du |des |de la |de l’){name}", place.with_de)
    assert re.fullmatch(rf"(?:en|à|dans (?:le|la|les|l’)) ?{name}", place.with_dans)


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        department("20")


def test_a_region_is_found_whatever_its_apostrophe() -> None:
    found = find_region("Provence-Alpes-Côte d'Azur")
    assert found is regions()["93"]
    assert find_region("provence-alpes-cote d’azur") is found
    assert found is not None
    assert found.with_de == "de Provence-Alpes-Côte d’Azur"


def test_a_brand_is_not_a_region() -> None:
    assert find_region("Région Sud") is None
