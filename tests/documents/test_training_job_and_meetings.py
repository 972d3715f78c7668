"""What the papers of the training, the job and the meetings say by what the case gives."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from piles_docs.case.models import Case
from piles_docs.case.reading import read_case
from piles_docs.documents.making import Order, make
from piles_docs.documents.rendering import Rendered
from piles_docs.documents.template import text_of_document
from piles_docs.methodology.acts import Means
from piles_docs.methodology.instances import lacks
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.states import Key
from piles_docs.usecases.workspace import Workspace

DAY = dt.date(2026, 11, 22)
DECLARED = "centre-var"
COMPLETE = "embrunais"
BLANK = "haut-verdon"


def rendered(repository: Workspace, case: Case, document: str, on: dt.date = DAY) -> Rendered:
    kind = load_methodology().document(document)
    order = Order(
        document=kind,
        key=Key(document),
        reference=f"{case.dossier}.{document}.v1",
        version=1,
        draft=False,
        means=Means.PAPER,
        originals=max(len(kind.signatories), 1),
        issued_on=on,
    )
    return make(order, case, repository.network(), repository.template(document))


def page(repository: Workspace, case: Case | str, document: str, on: dt.date = DAY) -> str:
    case = repository.case(case) if isinstance(case, str) else case
    return re.sub(r"[\u00a0\u202f ]+", " ", text_of_document(rendered(repository, case, document, on).docx))


def changed(repository: Workspace, dossier: str, *replacements: tuple[str, str]) -> Case:
    text = (repository.root / f"cases/{dossier}.yaml").read_text("utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    reading = read_case(text, f"{dossier}.yaml")
    assert reading.case is not None, reading.defects
    return reading.case


@pytest.mark.parametrize(
    ("on", "articles", "never"),
    [
        (dt.date(2011, 1, 5), "articles L. 6353-1 et R. 6353-1 du Code du travail", "D. 6353-1"),
        (dt.date(2018, 12, 31), "articles L. 6353-1 et R. 6353-1 du Code du travail", "D. 6353-1"),
        (dt.date(2019, 1, 1), "articles L. 6353-1 et D. 6353-1 du Code du travail", "R. 6353-1"),
    ],
)
def test_the_programme_of_a_declared_body_is_a_convention_under_the_law_of_its_day(
    repository: Workspace, on: dt.date, articles: str, never: str
) -> None:
    text = page(repository, DECLARED, "plan-formation", on)
    assert f"vaut convention de formation professionnelle ({articles})" in text
    assert never not in text
    for what in ("Intitulé", "Nature", "Effectif", "Durée et période", "validation", "Prix et règlement"):
        assert what in text
    assert "Cet enregistrement ne vaut pas agrément de l’État" in text


def test_the_price_is_given_in_figures_and_words_with_tax_and_schedule(repository: Workspace) -> None:
    text = page(repository, DECLARED, "plan-formation")
    assert "1 260,00 € (mille deux cent soixante euros), en exonération de TVA, article 261, 4, 4°" in text
    assert "31 mars 2027" in text
    free = changed(repository, DECLARED, (PRICE, "prix: aucune"))
    text = page(repository, free, "plan-formation")
    assert "son prix est nul" in text
    assert "€" not in text


PRICE = "prix: {montant: 1260, tva: exoneree-261-4-4a, echeances: [{le: 2027-03-31, montant: 1260}]}"


def test_a_network_gives_a_programme_of_support_without_price_or_law_of_training(
    repository: Workspace,
) -> None:
    text = page(repository, COMPLETE, "plan-formation")
    assert text.startswith("Programme d’accompagnement à la prise de poste de l’animatrice")
    for never in ("6353", "6352", "déclaration d’activité", "convention de formation", "Prix", "stagiaire"):
        assert never not in text
    assert "Les règles de l’employeur s’appliquent" in text


def test_the_programme_has_the_catalogue_with_what_was_chosen(repository: Workspace) -> None:
    text = page(repository, COMPLETE, "plan-formation").partition("Annexe n° 1 – ")[2]
    assert text.count("3 h 30") == 12
    assert text.count("\nretenu") == 6
    assert text.count("Outils des PILES") == 3
    assert "Annexe n° 2 – Règles applicables pendant la formation" in text
    for rule in ("Santé et sécurité", "Accident", "Ponctualité", "harcèlement", "Discipline"):
        assert rule in text


def test_a_change_of_the_training_days_is_seen(repository: Workspace) -> None:
    read = rendered(repository, repository.case(COMPLETE), "emargement-formation").read
    assert {"formation.dates.0", "formation.dates.2", "formation.lieu"} <= set(read)


def test_the_attendance_sheet_and_the_programme_have_the_same_title(repository: Workspace) -> None:
    for dossier in (COMPLETE, DECLARED):
        title = page(repository, dossier, "plan-formation").partition("\n")[0]
        assert f"\n{title}\n" in page(repository, dossier, "emargement-formation")


def test_a_job_offer_gives_what_the_case_says(repository: Workspace) -> None:
    text = page(repository, COMPLETE, "profil-de-poste")
    for said in (
        "à durée indéterminée",
        "2 150,00 € brut par mois",
        "Convention collective nationale ECLAT",
        "jusqu’au 6 février 2026",
    ):
        assert said in text
    assert "à durée déterminée, jusqu’au 31 décembre 2029" in page(repository, DECLARED, "profil-de-poste")


def test_a_job_offer_without_details_is_sober_and_leaves_no_box(repository: Workspace) -> None:
    made = rendered(repository, repository.case(BLANK), "profil-de-poste")
    assert made.lacks == ()
    text = page(repository, BLANK, "profil-de-poste")
    assert "selon la convention collective ou le statut applicable chez l’employeur" in text
    assert "jusqu’à ce que le poste soit pourvu" in text
    assert "□" not in text
    assert "……" not in text


def test_minutes_given_are_printed_whole_and_leave_nothing_to_fill_in(repository: Workspace) -> None:
    text = page(repository, COMPLETE, "compte-rendu-copil")
    minutes = repository.case(COMPLETE).rencontres.copil
    assert minutes is not None
    assert minutes.compte_rendu is not None
    given = minutes.compte_rendu
    for said in (*given.besoins, *given.ressources, *given.a_verifier, *given.echanges):
        assert said.replace("'", "’") in text
    for decision in given.decisions:
        assert decision.quoi.replace("'", "’")[1:] in text
    assert "Le PILES répond aux réalités du territoire" in text
    assert "sans date fixée" in text
    assert "Compte rendu rédigé par M. Hugo Exempli." in text
    assert "Tour de table financier le mardi 18 novembre 2025" in text
    assert "□" not in text
    assert not re.search(r"\b(?:porteuse|tete-de-reseau|departement-05|cma-05)\b", text)


def test_a_form_is_printed_where_no_minutes_are_given(repository: Workspace) -> None:
    text = page(repository, BLANK, "compte-rendu-copil")
    assert text.count("□ oui □ non") == 3
    assert "Ce qui a été dit" in text
    assert "Étaient présents" not in text


CONCLUSION = "conclusion: favorable"


@pytest.mark.parametrize(
    ("word", "said"),
    [("a-eclaircir", "Des points restent à éclaircir"), ("defavorable", "ne répond pas aux réalités")],
)
def test_minutes_conclude_as_the_committee_did(repository: Workspace, word: str, said: str) -> None:
    case = changed(repository, COMPLETE, (CONCLUSION, f"conclusion: {word}"))
    text = page(repository, case, "compte-rendu-copil")
    assert said in text
    assert "le projet se poursuit" not in text


def test_the_same_people_are_in_the_minutes_and_on_the_sheet(repository: Workspace) -> None:
    minutes = page(repository, COMPLETE, "compte-rendu-copil")
    sheet = page(repository, COMPLETE, "emargement-copil")
    title = r"(?:Mme|M\.) [A-Z]\S+ [A-ZÉ][\w’-]+"
    attendance = minutes.partition("Participants")[2].partition("La réunion a été animée")[0]
    assert len(set(re.findall(title, attendance))) == 7 + 1
    assert set(re.findall(title, attendance)) == set(re.findall(title, sheet))
    present = sheet.partition("Étaient excusés")[0]
    assert "Mme Rose Modèle" not in present
    assert "Mme Rose Modèle, directrice" in sheet


def test_the_invited_are_on_the_sheet_before_the_meeting(repository: Workspace) -> None:
    sheet = page(repository, BLANK, "emargement-copil")
    for name in ("Mme Lise Exemple", "M. Camille Fictif", "M. Paul Spécimen"):
        assert name in sheet


def test_the_price_of_a_declared_training_is_needed(repository: Workspace) -> None:
    document, network = load_methodology().document("plan-formation"), repository.network()
    without = changed(repository, DECLARED, (f"  {PRICE}\n", ""))
    assert lacks(document, Key(document.id), without, network) == ("formation.prix",)
    assert lacks(document, Key(document.id), repository.case(DECLARED), network) == ()
    assert lacks(document, Key(document.id), repository.case(COMPLETE), network) == ()
