from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.case.paths import exists, flatten
from piles_docs.case.questions import QUESTIONS, Answers
from piles_docs.case.reading import read_case
from piles_docs.case.writing import commented_case

ANSWERS = {
    "dossier": "essai",
    "piles.nom": "PILES du Haut-Verdon",
    "piles.region": "Provence-Alpes-Côte d'Azur",
    "piles.departement": "04",
    "porteuse.nom": "Association Verdon Partagé",
    "porteuse.forme": "association",
    "porteuse.siege.code_postal": "04120",
    "porteuse.siege.commune": "Castellane",
    "porteuse.representant.civilite": "Mme",
    "porteuse.representant.prenom": "Lise",
    "porteuse.representant.nom": "Exemple",
    "porteuse.representant.fonction": "présidente",
}
OPTIONAL = {
    "porteuse.sigle": "AVP",
    "porteuse.article": "l'",
    "porteuse.siege.voie": "3 place de la Fontaine",
    "porteuse.siret": "732 829 320 00074",
    "porteuse.rna": "W041234567",
    "porteuse.representant.courriel": "lise@verdon.example",
    "porteuse.representant.telephone": "04 00 00 00 00",
}


def uncommented(text: str) -> str:
    lines = [re.sub(r"^( *)# (?!yaml-language)", r"\1", line) for line in text.splitlines()]
    return "\n".join(lines)


def question(path: str):  # type: ignore[no-untyped-def]
    return next(found for found in QUESTIONS if found.path == path)


def test_each_question_has_a_path_of_the_format_and_is_asked_once() -> None:
    paths = [found.path for found in QUESTIONS]
    assert len(set(paths)) == len(paths)
    assert all(exists(path) for path in paths)
    assert set(paths) == ANSWERS.keys() | OPTIONAL.keys()
    assert {found.path for found in QUESTIONS if found.is_required} == ANSWERS.keys() | {"porteuse.article"}


@pytest.mark.parametrize("answers", [ANSWERS, ANSWERS | OPTIONAL])
def test_what_was_answered_reads_back_without_a_defect(answers: Answers) -> None:
    assert all(question(path).refusal(answer) is None for path, answer in answers.items())
    reading = read_case(commented_case(answers), "essai.yaml")
    assert reading.defects == ()
    assert reading.case is not None
    kept = flatten(reading.case)
    assert kept.keys() == answers.keys() | {"signature"}
    assert kept["porteuse.nom"] == answers["porteuse.nom"]


def test_every_commented_example_is_right_once_uncommented() -> None:
    text = commented_case(ANSWERS)
    without_place, moved = text.split("## Étape 2")[0], text.split("## Étape 2")[1]
    deliberation, rest = moved.split("## Étape 3", 1)
    reading = read_case(uncommented(f"{without_place}## Étape 2{deliberation}## Étape 3{rest}"), "essai.yaml")
    assert reading.defects == ()
    assert reading.case is not None
    case = reading.case
    assert case.porteuse.deliberation is not None
    assert case.conventions.annuelle is not None
    assert case.formation is not None
    assert case.animateur is not None
    assert case.budget is not None
    assert case.piles.territoire is not None


def test_an_establishment_is_not_asked_for_an_rna_nor_shown_one() -> None:
    answers = ANSWERS | {"porteuse.forme": "etablissement-public"}
    assert question("porteuse.rna").is_asked(ANSWERS)
    assert not question("porteuse.rna").is_asked(answers)
    assert "rna" not in commented_case(answers)


def test_the_article_is_asked_only_when_the_name_does_not_tell() -> None:
    assert not question("porteuse.article").is_asked(ANSWERS)
    assert question("porteuse.article").is_asked(ANSWERS | {"porteuse.nom": "PECOS"})
    assert question("dossier").is_asked({})


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("dossier", "Haut Verdon", "minuscules"),
        ("dossier", "  ", "cette réponse est nécessaire"),
        ("piles.departement", "20", "code de département"),
        ("porteuse.siret", "732 829 320 00075", "contient une erreur"),
        ("porteuse.representant.civilite", "Mr", "parmi : M., Mme"),
        ("porteuse.representant.telephone", "non", "dix chiffres"),
        ("porteuse.nom", "a\x07b", "U+0007"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_to_do(path: str, answer: str, said: str) -> None:
    assert said in (question(path).refusal(answer) or "")


def test_an_optional_answer_may_be_left_empty() -> None:
    assert question("porteuse.siret").refusal("") is None


@settings(deadline=None, max_examples=60)
@given(
    st.text(min_size=1),
    st.sampled_from(["true", "no", "~", "12", "a: b", "- a", "# a", "{{ a }}", "*a", "O"]),
)
def test_any_accepted_name_comes_back_as_it_was(name: str, trap: str) -> None:
    for text in (name, trap):
        if question("porteuse.nom").refusal(text) is None:
            answers = ANSWERS | {"porteuse.nom": text, "porteuse.article": "aucun"}
            reading = read_case(commented_case(answers), "essai.yaml")
            assert reading.case is not None, reading.defects
            assert flatten(reading.case)["porteuse.nom"].split() == _normal(text).split()


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
