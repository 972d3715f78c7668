from __future__ import annotations

import pytest

from piles_docs.methodology.instances import documents_of_step, invited, lacks, meeting
from piles_docs.methodology.model import Document
from piles_docs.methodology.parties import full_name, party_name, signatory
from piles_docs.methodology.states import Key
from piles_docs.methodology.threads import next_version, reference

from .road import METHODOLOGY, NETWORK, Road, sample

COMPLETE, BARE = sample("embrunais"), sample("luberon")


@pytest.mark.parametrize(
    ("party", "name"),
    [
        ("tete-de-reseau", "M. Camille Fictif"),
        ("porteuse", "Mme Inès Vraisemblable-Durand"),
        ("animateur", "Mme Maëlle d'Hypothèse"),
        ("formateur", "M. Omar Témoin"),
    ],
)
def test_each_party_is_signed_for_by_its_person(party: str, name: str) -> None:
    assert full_name(signatory(party, COMPLETE, NETWORK)) == name


@pytest.mark.parametrize("party", ["animateur", "formateur"])
def test_a_person_whom_the_case_does_not_name_signs_for_nobody(party: str) -> None:
    assert signatory(party, BARE, NETWORK) is None
    assert full_name(None) == ""


def test_nobody_signs_for_an_unknown_party() -> None:
    with pytest.raises(KeyError, match="mairie-embrun"):
        signatory("mairie-embrun", COMPLETE, NETWORK)


@pytest.mark.parametrize(
    ("party", "called"),
    [
        ("tete-de-reseau", "APEAS"),
        ("porteuse", "CHDS"),
        ("animateur", "l’animateur ou l’animatrice"),
        ("formateur", "le formateur ou la formatrice"),
    ],
)
def test_a_party_is_called_by_its_short_name_or_its_role(party: str, called: str) -> None:
    assert party_name(party, COMPLETE, NETWORK) == called


def test_a_structure_without_a_short_name_is_called_by_its_whole_name() -> None:
    assert party_name("porteuse", BARE, NETWORK) == "Atelier solidaire du Luberon"


def test_a_document_whose_signatory_is_not_known_lacks_that_party() -> None:
    document = Document(id="lettre", title="Lettre", short_title="Lettre", signatories=("animateur",))
    assert lacks(document, Key("lettre"), BARE, NETWORK) == ("animateur",)
    assert lacks(document, Key("lettre"), COMPLETE, NETWORK) == ()


def test_a_meeting_is_found_where_the_case_gives_it() -> None:
    found = meeting(METHODOLOGY.document("invitation-porteurs-de-projet"), COMPLETE)
    assert found is COMPLETE.rencontres.porteurs_de_projet
    assert meeting(METHODOLOGY.document("invitation-copil"), BARE) is None
    assert meeting(METHODOLOGY.document("charte"), COMPLETE) is None


def test_who_is_invited_is_who_the_case_invites() -> None:
    assert [partner.id for partner in invited(COMPLETE, "financeurs")] == ["mairie-embrun", "departement-05"]
    assert invited(BARE, "financeurs") == ()


def test_the_documents_of_a_step_are_those_of_its_lines() -> None:
    assert [document.id for document in documents_of_step(METHODOLOGY, 2)] == [
        "presentation-ca",
        "deliberation",
        "charte",
    ]


def test_versions_count_the_issues_of_one_document_and_the_reference_says_which() -> None:
    road, key = Road(COMPLETE), Key("convention-annuelle", None, "2026")
    assert next_version(road.acts, key) == 1
    first = road.issue(key, ahead="vite")
    road.do(first, road.void(first))
    assert next_version(road.acts, key) == 2
    assert next_version(road.acts, Key("convention-annuelle", None, "2027")) == 1
    assert reference("embrunais", key, 2) == "embrunais.convention-annuelle.2026.v2"
    letter = Key("invitation-copil", "mairie-embrun")
    assert reference("embrunais", letter, 1) == "embrunais.invitation-copil.mairie-embrun.v1"
