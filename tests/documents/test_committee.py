from __future__ import annotations

from typing import Any

import pytest

from piles_docs.case.models import Meeting
from piles_docs.documents.committee import Committee, Row
from piles_docs.documents.view import Absent, Record, View
from piles_docs.usecases.workspace import Workspace

MINUTES: dict[str, Any] = {
    "presents": ["porteuse", "Mme Zoé Type, adjointe, chargée du sport, mairie-embrun"],
    "excuses": ["france-travail-embrun"],
    "avis": [{"partenaire": "mairie-embrun", "interet": "oui"}, {"partenaire": "Habitante", "interet": "non"}],
    "decisions": [{"quoi": "écrire", "qui": "tete-de-reseau"}, {"quoi": "lire", "qui": "chacun"}],
}  # fmt: skip


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def committee(repository: Workspace, record: Record) -> Committee:
    """The steering committee of the complete case, with minutes of our own."""
    case, network = repository.case("embrunais"), repository.network()
    meeting = Meeting.model_validate({"compte_rendu": MINUTES})
    return Committee(
        meeting=View(meeting, "rencontres.copil", record),
        occasion="copil",
        bodies={
            "porteuse": View(case.porteuse, "porteuse", record),
            "tete-de-reseau": View(network.tete_de_reseau, "tete_de_reseau", record),
            **{one.id: View(one, f"partenaires.{one.id}", record) for one in case.partenaires},
        },
    )


def row(name: str, quality: str, body: str) -> Row:
    return {"nom": name, "qualite": quality, "organisme": body}


@pytest.mark.parametrize(
    ("entry", "read"),
    [
        (
            "porteuse",
            row("Mme Inès Vraisemblable-Durand", "présidente", "Collectif Haute-Durance Solidaire"),
        ),
        ("cma-05", row("Mme Rose Modèle", "directrice", "Chambre de métiers et de l'artisanat")),
        ("france-travail-embrun", row("", "", "France Travail Embrun")),
        ("Mme Zoé Type, adjointe, mairie-embrun", row("Mme Zoé Type", "adjointe", "Commune d'Embrun")),
        ("Mme Zoé Type, mairie-embrun", row("Mme Zoé Type", "", "Commune d'Embrun")),
        ("M. Luc Essai, habitant", row("M. Luc Essai", "habitant", "")),
        (
            "M. Luc Essai, élu, chargé du sport, Annot",
            row("M. Luc Essai", "élu, chargé du sport", "Annot"),
        ),
        ("M. Luc Essai", row("M. Luc Essai", "", "")),
    ],
)
def test_an_entry_is_a_body_s_representative_or_a_person_described(
    committee: Committee, entry: str, read: Row
) -> None:
    assert {key: str(value).replace("’", "'") for key, value in committee.participant(entry).items()} == read


def test_the_bearers_and_the_partners_of_the_occasion_are_invited(
    committee: Committee, repository: Workspace
) -> None:
    case = repository.case("embrunais")
    partners = [one.nom for one in case.partenaires if "copil" in one.invite_a]
    assert [one["organisme"] for one in committee.invites][2:] == partners
    assert committee.invites[0] == committee.participant("porteuse")
    assert committee.invites[1]["organisme"] == repository.network().tete_de_reseau.nom


def test_identifiers_become_names_and_other_words_stay(committee: Committee) -> None:
    assert [one["nom"] for one in committee.presents] == ["Mme Inès Vraisemblable-Durand", "Mme Zoé Type"]
    assert [one["organisme"] for one in committee.excuses] == ["France Travail Embrun"]
    assert [one["organisme"] for one in committee.avis][1] == "Habitante"
    assert committee.avis[0]["organisme"] == committee.bodies["mairie-embrun"].nom
    assert [one["qui"] for one in committee.decisions] == [
        committee.bodies["tete-de-reseau"].nom,
        "chacun",
    ]


def test_what_is_not_asked_for_is_not_read(committee: Committee, record: Record) -> None:
    assert not record.read
    assert committee.excuses
    assert "rencontres.copil.compte_rendu.excuses.0" in record.read
    assert "partenaires.france-travail-embrun.nom" in record.read
    assert not any(path.startswith("partenaires.mairie-embrun") for path in record.read)


def test_without_minutes_nobody_is_said_to_have_come(committee: Committee) -> None:
    without = Committee(
        meeting=Absent("rencontres.copil", Record()), occasion="copil", bodies=committee.bodies
    )
    assert without.presents == without.excuses == without.avis == without.decisions == []
    assert without.invites == committee.invites
