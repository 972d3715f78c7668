from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from piles_docs.case.models import Case
from piles_docs.case.parties import Partner, guess_article
from piles_docs.case.paths import exists, flatten, value_at
from piles_docs.french.articles import Article


def test_every_value_has_its_dotted_path_in_the_words_of_the_file(sample_case: Case) -> None:
    values = flatten(sample_case)
    assert values["dossier"] == "haut-verdon"
    assert values["porteuse.siret"] == "73282932000074"
    assert values["porteuse.article"] == "l'"
    assert values["partenaires.mairie-castellane.nom"] == "Commune de Castellane"
    assert values["partenaires.mairie-castellane.invite_a.1"] == "financeurs"
    assert values["formation.dates.2"] == "2027-01-25"
    assert values["rencontres.copil.heure"] == "14:30"
    assert values["animateur.profil.economie-solidaire"] == "1"
    assert values["budget.charges.0.montant"] == "34000"
    assert values["conventions.cadre.date"] == "a-la-signature"
    assert values["conventions.amorcage.contribution"] == "aucune"
    assert "porteuse.iban" not in values


def test_a_prefix_goes_before_every_path(sample_case: Case) -> None:
    values = flatten(sample_case.porteuse, "porteuse")
    assert values["porteuse.siege.commune"] == "Castellane"
    assert all(path.startswith("porteuse.") for path in values)


def test_amounts_have_one_writing(sample_case: Case) -> None:
    assert sample_case.budget is not None
    line = sample_case.budget.charges[0]
    amounts = {
        flatten(type(line)(poste="a", montant=TypeAdapter(object).validate_python(amount)))["montant"]
        for amount in (line.montant, line.montant.quantize(line.montant / line.montant), 34000)
    }
    assert amounts == {"34000"}


def test_what_is_flattened_can_be_asked_for_and_exists(sample_case: Case) -> None:
    for path, text in flatten(sample_case).items():
        assert exists(path), path
        found = value_at(sample_case, path)
        assert found is not None, path
        assert text in {str(found), getattr(found, "value", None)} or text.startswith(str(found)[:4])


def test_groups_and_items_can_be_asked_for(sample_case: Case) -> None:
    assert value_at(sample_case, "porteuse.deliberation") is sample_case.porteuse.deliberation
    assert value_at(sample_case, "partenaires.mairie-castellane") is sample_case.partenaires[0]
    assert value_at(sample_case, "partenaires.inconnu.nom") is None
    assert value_at(sample_case, "rencontres.financeurs.date") is None
    assert value_at(sample_case, "dossier.nom") is None


@pytest.mark.parametrize(
    "path",
    [
        "porteuse",
        "porteuse.deliberation.secretaire.nom",
        "partenaires",
        "partenaires.*.siege.voie",
        "partenaires.0",
        "rencontres.porteurs-de-projet.date",
        "conventions.annuelle.contribution.echeances.0.le",
        "tete_de_reseau.nda",
        "reseau.*.annee",
        "envoi.delai_jours",
    ],
)
def test_a_path_of_the_format_exists(path: str) -> None:
    assert exists(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "porteur",
        "porteuse.nda",
        "rencontres.porteurs_de_projet",
        "dossier.nom",
        "conventions.cadre.annee",
        "a.b",
    ],
)
def test_another_path_does_not_exist(path: str) -> None:
    assert not exists(path)


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("Association Verdon Partagé", Article.ELIDED),
        ("ÉTABLISSEMENT PUBLIC LOCAL", Article.ELIDED),
        ("Commune de Castellane", Article.LA),
        ("Conseil général du Var", Article.LE),
        ("PECOS", None),
        ("« Entraide »", None),
    ],
)
def test_the_article_is_guessed_from_a_common_first_word_only(name: str, article: Article | None) -> None:
    assert guess_article(name) is article


def test_the_effective_article_is_the_one_given_or_guessed(sample_case: Case) -> None:
    bearer = sample_case.porteuse
    assert bearer.article_effectif is Article.ELIDED
    assert bearer.model_copy(update={"article": Article.LES}).article_effectif is Article.LES
    assert bearer.model_copy(update={"article": None}).article_effectif is Article.ELIDED
    partner = Partner.model_validate({"id": "pecos", "nom": "PECOS", "type": "association"})
    assert partner.article_effectif is Article.NONE
    assert sample_case.partenaires[0].article_effectif is Article.LA


def test_a_person_signs_in_their_own_way_or_in_the_cases(sample_case: Case) -> None:
    person = sample_case.porteuse.representant
    assert sample_case.means_of(person) == "papier"
    assert sample_case.means_of(person.model_copy(update={"signature": "electronique"})) == "electronique"
