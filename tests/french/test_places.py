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


# Every department by hand, from what its own council and the press say.
DE = {
    "du ": "Calvados, Cantal, Cher, Doubs, Finistère, Gard, Gers, Jura, Loiret, Lot, Morbihan, Nord, Pas-de-Calais, Puy-de-Dôme, Bas-Rhin, Haut-Rhin, Rhône, Tarn, Var, Territoire de Belfort, Val-de-Marne, Val-d’Oise",
    "des ": "Alpes-de-Haute-Provence, Hautes-Alpes, Alpes-Maritimes, Ardennes, Bouches-du-Rhône, Côtes-d’Armor, Landes, Pyrénées-Atlantiques, Hautes-Pyrénées, Pyrénées-Orientales, Yvelines, Deux-Sèvres, Vosges, Hauts-de-Seine",
    "de l’": "Ain, Aisne, Allier, Ardèche, Ariège, Aube, Aude, Aveyron, Eure, Hérault, Indre, Isère, Oise, Orne, Yonne, Essonne",
    "d’": "Eure-et-Loir, Ille-et-Vilaine, Indre-et-Loire",
    "de ": "Loir-et-Cher, Lot-et-Garonne, Maine-et-Loire, Meurthe-et-Moselle, Saône-et-Loire, Paris, Seine-et-Marne, Tarn-et-Garonne, Vaucluse, La Réunion, Mayotte",
    "de la ": "Charente, Charente-Maritime, Corrèze, Côte-d’Or, Creuse, Dordogne, Drôme, Corse-du-Sud, Haute-Corse, Haute-Garonne, Gironde, Loire, Haute-Loire, Loire-Atlantique, Lozère, Manche, Marne, Haute-Marne, Mayenne, Meuse, Moselle, Nièvre, Haute-Saône, Sarthe, Savoie, Haute-Savoie, Seine-Maritime, Somme, Vendée, Vienne, Haute-Vienne, Seine-Saint-Denis, Guadeloupe, Martinique, Guyane",
}  # fmt: skip
INSIDE = {
    "à ": "Paris, La Réunion, Mayotte",
    "en ": "Eure-et-Loir, Ille-et-Vilaine, Indre-et-Loire, Loir-et-Cher, Lot-et-Garonne, Maine-et-Loire, Meurthe-et-Moselle, Saône-et-Loire, Seine-et-Marne, Tarn-et-Garonne, Vaucluse, Charente-Maritime, Corrèze, Côte-d’Or, Dordogne, Corse-du-Sud, Haute-Corse, Haute-Garonne, Gironde, Haute-Loire, Loire-Atlantique, Lozère, Haute-Marne, Moselle, Haute-Saône, Savoie, Haute-Savoie, Seine-Maritime, Vendée, Haute-Vienne, Seine-Saint-Denis, Guadeloupe, Martinique, Guyane",
    "dans la ": "Charente, Creuse, Drôme, Loire, Manche, Marne, Mayenne, Meuse, Nièvre, Sarthe, Somme, Vienne",
    "dans le ": DE["du "],
    "dans les ": DE["des "],
    "dans l’": DE["de l’"],
}  # fmt: skip


def by_name(groups: dict[str, str]) -> dict[str, str]:
    return {name: f"{link}{name}" for link, names in groups.items() for name in names.split(", ")}


def test_every_department_takes_the_link_words_of_usage() -> None:
    assert {place.name: place.with_de for place in departments().values()} == by_name(DE)
    assert {place.name: place.with_dans for place in departments().values()} == by_name(INSIDE)


def test_every_region_takes_the_link_words_of_usage() -> None:
    links = {place.name: (place.with_de, place.with_dans) for place in regions().values()}
    assert links == {
        "Guadeloupe": ("de la Guadeloupe", "en Guadeloupe"),
        "Martinique": ("de la Martinique", "en Martinique"),
        "Guyane": ("de la Guyane", "en Guyane"),
        "La Réunion": ("de La Réunion", "à La Réunion"),
        "Mayotte": ("de Mayotte", "à Mayotte"),
        "Île-de-France": ("d’Île-de-France", "en Île-de-France"),
        "Centre-Val de Loire": ("du Centre-Val de Loire", "en Centre-Val de Loire"),
        "Bourgogne-Franche-Comté": ("de Bourgogne-Franche-Comté", "en Bourgogne-Franche-Comté"),
        "Normandie": ("de Normandie", "en Normandie"),
        "Hauts-de-France": ("des Hauts-de-France", "dans les Hauts-de-France"),
        "Grand Est": ("du Grand Est", "dans le Grand Est"),
        "Pays de la Loire": ("des Pays de la Loire", "dans les Pays de la Loire"),
        "Bretagne": ("de Bretagne", "en Bretagne"),
        "Nouvelle-Aquitaine": ("de Nouvelle-Aquitaine", "en Nouvelle-Aquitaine"),
        "Occitanie": ("d’Occitanie", "en Occitanie"),
        "Auvergne-Rhône-Alpes": ("d’Auvergne-Rhône-Alpes", "en Auvergne-Rhône-Alpes"),
        "Provence-Alpes-Côte d’Azur": ("de Provence-Alpes-Côte d’Azur", "en Provence-Alpes-Côte d’Azur"),
        "Corse": ("de Corse", "en Corse"),
    }


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
