from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.french.agreement import Gender, agree, feminine, gender_of

PAIRS = [
    ("président", "présidente"), ("Président", "Présidente"), ("vice-président", "vice-présidente"),
    ("Vice-Président", "Vice-Présidente"), ("coprésident", "coprésidente"), ("co-président", "co-présidente"),
    ("directeur", "directrice"), ("préfet", "préfète"), ("sous-préfet", "sous-préfète"),
    ("trésorier", "trésorière"), ("animateur", "animatrice"), ("coordinateur", "coordinatrice"),
    ("administrateur", "administratrice"), ("représentant légal", "représentante légale"),
    ("conseiller départemental délégué à l’emploi", "conseillère départementale déléguée à l’emploi"),
    ("adjoint au maire", "adjointe au maire"), ("1er adjoint", "1re adjointe"),
    ("premier adjoint", "première adjointe"), ("secrétaire général adjoint", "secrétaire générale adjointe"),
    ("directeur général des services", "directrice générale des services"),
    ("président du conseil général", "présidente du conseil général"),
    ("président d'un conseil régional", "présidente d'un conseil régional"),
    ("chargé de mission", "chargée de mission"), ("porteur de projet", "porteuse de projet"),
    ("chef de service", "cheffe de service"), ("ingénieur", "ingénieure"), ("éleveur", "éleveuse"),
    ("sénateur", "sénatrice"), ("député", "députée"), ("citoyen élu", "citoyenne élue"),
    ("président et fondateur", "présidente et fondatrice"), ("directeur exécutif", "directrice exécutive"),
    ("habilité", "habilitée"), ("soussigné", "soussignée"), ("dénommé", "dénommée"), ("né", "née"),
    ("artisan", "artisane"), ("patron", "patronne"), ("contractuel", "contractuelle"), ("expert", "experte"),
    ("bref", "brève"), ("délégué au logement social", "déléguée au logement social"),
    ("conseiller départemental", "conseillère départementale"), ("conseiller régional", "conseillère régionale"),
    ("conseiller municipal délégué", "conseillère municipale déléguée"),
    ("conseiller général", "conseillère générale"), ("conseiller territorial", "conseillère territoriale"),
    ("conseiller communautaire", "conseillère communautaire"), ("maire adjoint", "maire adjointe"),
    ("maire délégué d’Allons", "maire déléguée d’Allons"), ("député européen", "députée européenne"),
    ("sénateur-maire", "sénatrice-maire"), ("ministre délégué", "ministre déléguée"),
    ("trésorier adjoint", "trésorière adjointe"), ("secrétaire général", "secrétaire générale"),
    ("directeur général", "directrice générale"), ("directeur adjoint", "directrice adjointe"),
    ("directeur général adjoint des services", "directrice générale adjointe des services"),
    ("directeur départemental de l’emploi", "directrice départementale de l’emploi"),
    ("député de la 1re circonscription", "députée de la 1re circonscription"),
    ("commissaire du 1er arrondissement", "commissaire du 1er arrondissement"),
    ("maire, 1er vice-président", "maire, 1re vice-présidente"), ("délégué du préfet", "déléguée du préfet"), ("délégué général", "déléguée générale"),
    ("chef d’établissement", "cheffe d’établissement"), ("gérant", "gérante"), ("cogérant", "cogérante"),
    ("proviseur", "proviseure"), ("proviseur adjoint", "proviseure adjointe"), ("principal", "principale"),
    ("chancelier", "chancelière"), ("recteur", "rectrice"), ("inspecteur", "inspectrice"),
    ("référent", "référente"), ("administrateur délégué", "administratrice déléguée"),
    ("directeur-adjoint", "directrice-adjointe"), ("président-directeur général", "présidente-directrice générale"),
    ("premier adjoint au maire", "première adjointe au maire"), ("2e adjoint au maire", "2e adjointe au maire"),
    ("deuxième vice-président", "deuxième vice-présidente"),
    ("adjoint au maire délégué à l’emploi", "adjointe au maire déléguée à l’emploi"),
    ("conseiller départemental délégué à l’insertion", "conseillère départementale déléguée à l’insertion"),
    ("vice-président du conseil départemental chargé de l’insertion",
     "vice-présidente du conseil départemental chargée de l’insertion"),
    ("vice-président de la communauté de communes délégué au social",
     "vice-présidente de la communauté de communes déléguée au social"),
    ("chef du service chargé de l’emploi", "cheffe du service chargé de l’emploi"),
    ("maire de Castellane, président de la communauté de communes",
     "maire de Castellane, présidente de la communauté de communes"),
    ("maire de Castellane et conseiller départemental", "maire de Castellane et conseillère départementale"),
    ("maire du Muy, vice-président de l’agglomération", "maire du Muy, vice-présidente de l’agglomération"),
    ("directeur de l’emploi, du logement et de l’insertion", "directrice de l’emploi, du logement et de l’insertion"),
    ("directeur du pôle emploi et logement", "directrice du pôle emploi et logement"),
    ("directeur des affaires sociales, logement et finances", "directrice des affaires sociales, logement et finances"),
]  # fmt: skip


@pytest.mark.parametrize(("masculine", "expected"), PAIRS)
def test_a_function_or_participle_becomes_feminine(masculine: str, expected: str) -> None:
    assert feminine(masculine) == expected
    assert agree(masculine, Gender.FEMININE) == expected
    assert agree(masculine, Gender.MASCULINE) == masculine


@pytest.mark.parametrize(
    "word", ["maire", "secrétaire", "responsable", "membre", "DGS", "témoin", "ministre"]
)
def test_some_words_have_one_form(word: str) -> None:
    assert feminine(word) == word
    assert agree(word, Gender.MASCULINE) == word


@pytest.mark.parametrize(
    ("given_word", "expected"),
    [
        ("présidente", "président"),
        ("directrice du conseil", "directeur du conseil"),
        ("Sous-Préfète", "Sous-Préfet"),
        ("conseillère métropolitaine", "conseiller métropolitain"),
        ("première adjointe au maire déléguée à l’emploi", "premier adjoint au maire délégué à l’emploi"),
        ("1re adjointe", "1er adjoint"),
        ("cheffe de service", "chef de service"),
        ("maire du Muy et sénatrice", "maire du Muy et sénateur"),
        ("députée européenne", "député européen"),
        ("proviseure", "proviseur"),
    ],
)
def test_a_common_function_given_in_the_feminine_is_put_right_for_a_man(
    given_word: str, expected: str
) -> None:
    assert agree(given_word, Gender.MASCULINE) == expected


@given(st.lists(st.sampled_from([word for pair in PAIRS for word in pair]), min_size=1).map(" ".join))
def test_agreeing_twice_changes_nothing_more(words: str) -> None:
    for gender in Gender:
        once = agree(words, gender)
        assert agree(once, gender) == once


@given(st.text(st.characters(codec="latin-1")))
def test_any_text_can_be_agreed_and_twice_is_once(words: str) -> None:
    assert feminine(feminine(words)) == feminine(words)


def test_the_civility_gives_the_gender() -> None:
    assert gender_of("Mme") is Gender.FEMININE
    assert gender_of("M.") is Gender.MASCULINE
    with pytest.raises(ValueError, match="Mlle"):
        gender_of("Mlle")
