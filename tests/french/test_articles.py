from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from piles_docs.french.articles import (
    Article,
    article_of_commune,
    commune_with_a,
    commune_with_de,
    elides,
    with_a,
    with_dans,
    with_de,
    with_le,
)

# What a document must never contain (domain reference, fact 2).
_FAULTS = re.compile(r"\b(?:de (?:le|les)|à (?:le|les)|de l[’'] |du l[’']|d[’']) ", re.IGNORECASE)

words = st.from_regex(r"[A-ZÉÎŒa-zéhy][a-zéèêîœ]{1,8}", fullmatch=True).filter(
    lambda word: word.lower() not in {"le", "la", "les", "aux"}
)
names = st.builds(
    lambda own, body: own + " ".join(body),
    st.sampled_from(["", "", "Le ", "La ", "Les ", "L'", "L’", "le ", "les ", "Aux ", " "]),
    st.lists(words, min_size=1, max_size=3),
)


@given(names, st.sampled_from(Article))
@example("Le Muy", Article.LE)
@example("Les Arcs", Article.NONE)
@example("L'Isle-sur-la-Sorgue", Article.ELIDED)
def test_no_link_word_is_left_uncontracted(name: str, article: Article) -> None:
    for linked in (
        with_de(name, article),
        with_a(name, article),
        commune_with_de(name),
        commune_with_a(name),
    ):
        assert not _FAULTS.search(f"{linked} "), linked
        assert "'" not in linked
        assert "  " not in linked


@given(names, st.sampled_from(Article))
def test_the_name_survives_behind_every_link_word(name: str, article: Article) -> None:
    bare = article_of_commune(name)[1]
    assert bare
    for linked in (with_le, with_de, with_a, with_dans):
        assert linked(name, article).endswith(bare)


@given(words)
def test_de_is_elided_exactly_where_le_is(word: str) -> None:
    assert with_de(word, Article.NONE).startswith("d’") is elides(word)


@pytest.mark.parametrize(
    ("name", "article", "le", "de", "a", "dans"),
    [
        ("Haut-Verdon", "le", "le Haut-Verdon", "du Haut-Verdon", "au Haut-Verdon", "dans le Haut-Verdon"),
        ("Dracénie", "la", "la Dracénie", "de la Dracénie", "à la Dracénie", "dans la Dracénie"),
        ("APEAS", "l'", "l’APEAS", "de l’APEAS", "à l’APEAS", "dans l’APEAS"),
        ("Baronnies", "les", "les Baronnies", "des Baronnies", "aux Baronnies", "dans les Baronnies"),
        ("PECOS", "aucun", "PECOS", "de PECOS", "à PECOS", "à PECOS"),
        ("Annot", "aucun", "Annot", "d’Annot", "à Annot", "à Annot"),
        ("Le Cairn", "aucun", "Le Cairn", "du Cairn", "au Cairn", "dans Le Cairn"),
        ("Les Amis", "la", "Les Amis", "des Amis", "aux Amis", "dans Les Amis"),
        ("L'Atelier", "le", "L’Atelier", "de L’Atelier", "à L’Atelier", "dans L’Atelier"),
        ("Atelier", "le", "l’Atelier", "de l’Atelier", "à l’Atelier", "dans l’Atelier"),
        ("Harpe d'Or", "la", "la Harpe d’Or", "de la Harpe d’Or", "à la Harpe d’Or", "dans la Harpe d’Or"),
        ("Ouistiti", "le", "le Ouistiti", "du Ouistiti", "au Ouistiti", "dans le Ouistiti"),
    ],
)
def test_a_name_takes_its_link_words(name: str, article: str, le: str, de: str, a: str, dans: str) -> None:
    chosen = Article(article)
    assert with_le(name, chosen) == le
    assert with_de(name, chosen) == de
    assert with_a(name, chosen) == a
    assert with_dans(name, chosen) == dans


def test_who_writes_an_article_before_an_h_is_believed() -> None:
    assert with_le("Humanité", Article.LA) == "la Humanité"
    assert with_le("Humanité", Article.ELIDED) == "l’Humanité"


@pytest.mark.parametrize(
    "name",
    ["Annot", "Échanges", "Île-de-France", "Œuvre", "Hyères", "Harmonie", "APEAS", "ONU", "URSSAF",
     "A.P.E.A.S.", "Yvetot", "Yonne", "habitat", "héroïne"],
)  # fmt: skip
def test_a_vowel_or_a_mute_h_elides(name: str) -> None:
    assert elides(name)


@pytest.mark.parametrize(
    "name",
    ["huit", "onze", "oui", "onzième", "A. Tremblay", "H. Martin", "Halles", "halte", "Hautes-Alpes", "héros",
     "HLM", "YMCA", "yaourt", "Y", "SNCF", "MSA", "PECOS", "8", "", "Castellane"],
)  # fmt: skip
def test_an_initial_an_aspirated_h_and_some_words_never_elide(name: str) -> None:
    assert not elides(name)


@pytest.mark.parametrize(
    ("name", "article", "bare", "de", "a"),
    [
        ("Le Muy", Article.LE, "Muy", "du Muy", "au Muy"),
        ("Les Arcs", Article.LES, "Arcs", "des Arcs", "aux Arcs"),
        ("La Seyne-sur-Mer", Article.LA, "Seyne-sur-Mer", "de La Seyne-sur-Mer", "à La Seyne-sur-Mer"),
        (
            "L'Isle-sur-la-Sorgue", Article.ELIDED, "Isle-sur-la-Sorgue",
            "de L’Isle-sur-la-Sorgue", "à L’Isle-sur-la-Sorgue",
        ),
        ("Aux Marais", Article.LES, "Marais", "des Marais", "aux Marais"),
        ("Hyères", Article.NONE, "Hyères", "d’Hyères", "à Hyères"),
        ("Huelgoat", Article.NONE, "Huelgoat", "de Huelgoat", "à Huelgoat"),
        ("Haut-Mauco", Article.NONE, "Haut-Mauco", "de Haut-Mauco", "à Haut-Mauco"),
        ("Annot", Article.NONE, "Annot", "d’Annot", "à Annot"),
        ("Évenos", Article.NONE, "Évenos", "d’Évenos", "à Évenos"),
        ("Yutz", Article.NONE, "Yutz", "d’Yutz", "à Yutz"),
        ("Castellane", Article.NONE, "Castellane", "de Castellane", "à Castellane"),
        ("Lescar", Article.NONE, "Lescar", "de Lescar", "à Lescar"),
        ("Laon", Article.NONE, "Laon", "de Laon", "à Laon"),
    ],
)  # fmt: skip
def test_a_commune_carries_its_article_in_its_name(
    name: str, article: Article, bare: str, de: str, a: str
) -> None:
    assert article_of_commune(name) == (article, bare)
    assert commune_with_de(name) == de
    assert commune_with_a(name) == a


@pytest.mark.parametrize("written", ["l’", "L'", " l' "])
def test_an_article_is_understood_as_people_type_it(written: str) -> None:
    assert Article(written) is Article.ELIDED


@pytest.mark.parametrize("written", ["un", 3, None])
def test_what_is_no_article_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="is not a valid Article"):
        Article(written)  # type: ignore[arg-type]  # what a case file may hold
