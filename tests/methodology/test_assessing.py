"""Where a case stands: the states of its steps and documents, and who is waited for."""

from __future__ import annotations

import datetime as dt

import pytest

from piles_docs.methodology.acts import Means
from piles_docs.methodology.states import (
    CaseStatus,
    DocumentStatus,
    Key,
    MissingSignature,
    SignatureState,
    SignatureStatus,
    StepStatus,
    WaitingFor,
    WaitingKind,
)

from .road import TODAY, Road, sample

CHARTER, SEEDING, FRAMEWORK = Key("charte"), Key("convention-amorcage"), Key("convention-cadre")
YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def road() -> Road:
    return Road(sample("embrunais"))


def status(road: Road, key: Key) -> DocumentStatus:
    return road.document(key.document, key.recipient, key.period).state


def test_the_status_is_the_example_of_the_design() -> None:
    road = Road(sample("haut-verdon"), dt.date(2026, 11, 22))
    road.reach("rencontre-faite", "validation-ca", on=dt.date(2026, 10, 12))
    charter = road.issue(CHARTER, on=dt.date(2026, 10, 13))
    road.do(charter, *road.sign(charter, on=dt.date(2026, 10, 15)))
    seeding = road.issue(SEEDING, on=dt.date(2026, 11, 10))
    road.do(seeding, *road.sign(seeding, "tete-de-reseau"), *road.sign(seeding, "porteuse", originals=[2]))

    state = road.state
    assert (state.dossier, state.piles, state.state) == ("haut-verdon", "PILES du Haut-Verdon", "active")
    assert state.current_step == 3
    step = state.steps[2]
    assert (step.number, step.id, step.state, step.ahead) == (3, "diagnostic", "open", None)
    assert step.waiting_for == (
        WaitingFor(kind=WaitingKind.SIGNATURE, document="convention-amorcage", party="porteuse"),
        WaitingFor(kind=WaitingKind.MILESTONE, milestone="besoin-confirme"),
    )
    document = road.document("charte")
    assert (document.step, document.state, document.unlocks) == (2, "signed", ("diagnostic",))
    assert document.issued == charter
    assert document.signed_on == dt.date(2026, 10, 15)
    assert (document.stale, document.lacks) == ((), ())
    assert document.signatures == (
        SignatureState(
            party="porteuse",
            signatory="Mme Lise Exemple",
            original=1,
            state=SignatureStatus.RECEIVED,
            means=Means.PAPER,
            on=dt.date(2026, 10, 15),
        ),
    )
    assert state.missing == (
        MissingSignature(
            key=SEEDING,
            party="porteuse",
            signatory="Mme Lise Exemple",
            original=1,
            means=Means.PAPER,
            since_days=12,
            due_on=None,
            is_turn=True,
            mailed_on=None,
        ),
    )


def test_a_new_case_opens_at_the_first_step_and_all_others_are_locked(road: Road) -> None:
    state = road.state
    assert [step.state for step in state.steps] == [StepStatus.OPEN, *[StepStatus.LOCKED] * 6]
    assert (state.current_step, state.state, state.missing) == (1, CaseStatus.ACTIVE, ())


def test_a_complete_case_file_lacks_nothing_for_any_document(road: Road) -> None:
    assert {document.state for document in road.state.documents} == {DocumentStatus.DRAFT}
    assert [document.key.name for document in road.state.documents] == [
        "invitation-reseau.porteuse",
        "presentation-ca.porteuse",
        "deliberation",
        "charte",
        "cahier-des-charges-diagnostic",
        "convention-amorcage",
        "invitation-copil.mairie-embrun",
        "invitation-copil.departement-05",
        "invitation-copil.france-travail-embrun",
        "invitation-copil.cma-05",
        "emargement-copil",
        "compte-rendu-copil",
        "invitation-financeurs.mairie-embrun",
        "invitation-financeurs.departement-05",
        "convention-cadre",
        "profil-de-poste",
        "plan-formation",
        "emargement-formation",
        "invitation-inauguration.mairie-embrun",
        "invitation-inauguration.departement-05",
        "invitation-inauguration.france-travail-embrun",
        "invitation-partenaires.france-travail-embrun",
        "invitation-partenaires.cma-05",
        "invitation-porteurs-de-projet",
        "convention-annuelle.2026",
        "renouvellement.porteuse.2026",
    ]


def test_a_step_is_open_until_all_that_it_waits_for_has_come(road: Road) -> None:
    road.reach("rencontre-faite")
    assert road.state.current_step == 2
    road.signed(CHARTER)
    assert road.state.steps[1].waiting_for == (
        WaitingFor(kind=WaitingKind.MILESTONE, milestone="validation-ca"),
    )
    road.reach("validation-ca")
    assert [step.state for step in road.state.steps[:4]] == ["done", "done", "open", "locked"]


def test_what_comes_before_its_step_counts_once_its_step_is_reached(road: Road) -> None:
    road.reach("copil-favorable", "besoin-confirme")
    road.signed(SEEDING, ahead="la mairie l’attend")
    road.signed(CHARTER, ahead="signée le même jour")
    road.reach("validation-ca")
    assert road.state.current_step == 1
    assert [step.state for step in road.state.steps] == [StepStatus.OPEN, *[StepStatus.LOCKED] * 6]
    road.reach("rencontre-faite")
    assert road.state.current_step == 5


def test_a_whole_honest_road_ends_in_the_network_through_each_step_in_turn(road: Road) -> None:
    seen = [road.state.current_step]
    while road.state.state is CaseStatus.ACTIVE:
        road.walk()
        seen.append(road.state.current_step)
    assert sorted(set(seen)) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert seen == sorted(seen)
    state = road.state
    assert state.state is CaseStatus.IN_NETWORK
    assert {step.state for step in state.steps} == {StepStatus.DONE}
    assert state.missing == ()
    assert state.ended_by is None


def test_a_step_says_why_a_document_was_issued_ahead_of_it(road: Road) -> None:
    framework = road.issue(FRAMEWORK, ahead="la Région demande l’acte avant juin")
    road.do(framework)
    assert [step.ahead for step in road.state.steps] == [
        *[None] * 5,
        "la Région demande l’acte avant juin",
        None,
    ]
    road.do(road.issue(Key("plan-formation"), ahead="la formatrice part en congé"))
    assert road.state.steps[5].ahead == "la Région demande l’acte avant juin ; la formatrice part en congé"
    road.do(road.void(framework))
    assert road.state.steps[5].ahead == "la formatrice part en congé"


def test_that_a_document_went_ahead_is_still_shown_when_the_reason_was_erased(road: Road) -> None:
    framework = road.issue(FRAMEWORK, ahead="la Région demande l’acte avant juin")
    road.acts.append(framework.model_copy(update={"ahead": None}))
    assert road.state.steps[5].ahead == "raison effacée"


def test_an_ending_milestone_closes_the_case_and_nothing_is_waited_for_from_anyone(road: Road) -> None:
    road.do(road.issue(Key("deliberation"), ahead="à la demande du bureau"))
    assert len(road.state.missing) == 1
    road.end("abandon")
    state = road.state
    assert (state.state, state.ended_by, state.missing) == (CaseStatus.ENDED, "abandon", ())
    assert state.milestones == {"abandon": TODAY}


def test_a_case_in_the_network_can_still_be_ended(road: Road) -> None:
    road.walk_to(8)
    road.end("abandon")
    state = road.state
    assert (state.state, state.current_step) == (CaseStatus.ENDED, 8)


def test_a_document_that_lacks_data_is_incomplete_and_names_each_path() -> None:
    road = Road(sample("luberon"))
    assert road.document("charte").state is DocumentStatus.DRAFT
    deliberation = road.document("deliberation")
    assert deliberation.state is DocumentStatus.INCOMPLETE
    assert deliberation.lacks == tuple(
        f"porteuse.deliberation.{name}"
        for name in ("organe", "convoque_le", "date", "membres", "presents", "quorum", "pour")
    )
    assert road.document("invitation-copil").lacks == (
        "rencontres.copil.date",
        "rencontres.copil.heure",
        "rencontres.copil.lieu",
        "partenaires.invite_a (copil)",
    )


def test_who_must_sign_is_not_named_twice_among_what_is_lacking() -> None:
    lacks = Road(sample("luberon")).document("emargement-formation").lacks
    assert lacks == (
        "animateur.nom",
        "animateur.prenom",
        "animateur.profil",
        "formation.dates",
        "formation.lieu",
        "formation.mode",
        "formation.formateur",
    )


def test_a_yearly_document_without_its_year_is_incomplete() -> None:
    road = Road(sample("luberon"))
    assert "conventions.annuelle.annee" in road.document("convention-annuelle").lacks


def test_a_document_goes_from_draft_to_issued_partly_signed_and_signed(road: Road) -> None:
    road.walk_to(3)
    assert status(road, SEEDING) is DocumentStatus.DRAFT
    issued = road.issue(SEEDING)
    road.do(issued)
    assert status(road, SEEDING) is DocumentStatus.ISSUED
    signatures = road.sign(issued)
    assert [(act.party, act.original) for act in signatures] == [
        ("porteuse", 1),
        ("porteuse", 2),
        ("tete-de-reseau", 1),
        ("tete-de-reseau", 2),
    ]
    for act in signatures[:-1]:
        road.do(act)
        assert status(road, SEEDING) is DocumentStatus.PARTLY_SIGNED
        assert road.document("convention-amorcage").signed_on is None
    road.do(signatures[-1])
    assert status(road, SEEDING) is DocumentStatus.SIGNED
    assert road.document("convention-amorcage").signed_on == TODAY


def test_a_party_is_waited_for_until_it_has_signed_every_original(road: Road) -> None:
    road.walk_to(3)
    issued = road.issue(SEEDING)
    road.do(issued, *road.sign(issued, "porteuse", originals=[1]))
    assert [found.party for found in road.state.steps[2].waiting_for] == ["porteuse", "tete-de-reseau", None]
    road.do(*road.sign(issued, "porteuse", originals=[2]))
    assert [found.party for found in road.state.steps[2].waiting_for] == ["tete-de-reseau", None]
    assert [(found.party, found.original) for found in road.state.missing] == [
        ("tete-de-reseau", 1),
        ("tete-de-reseau", 2),
    ]


def test_a_document_is_signed_on_the_day_of_its_last_signature_whichever_was_recorded_last(
    road: Road,
) -> None:
    issued = road.issue(SEEDING, on=YESTERDAY - dt.timedelta(days=9), ahead="un accord ancien")
    road.do(issued, *road.sign(issued, "porteuse"), *road.sign(issued, "tete-de-reseau", on=YESTERDAY))
    assert road.document("convention-amorcage").signed_on == TODAY


def test_a_refusal_declines_the_document_and_all_are_waited_for_again(road: Road) -> None:
    road.walk_to(3)
    issued = road.issue(SEEDING)
    road.do(issued, *road.sign(issued, "tete-de-reseau"), road.decline(issued, "porteuse"))
    document = road.document("convention-amorcage")
    assert document.state is DocumentStatus.DECLINED
    assert {(found.party, found.state) for found in document.signatures} == {
        ("porteuse", SignatureStatus.REFUSED),
        ("tete-de-reseau", SignatureStatus.RECEIVED),
    }
    assert road.state.missing == ()
    assert [found.party for found in road.state.steps[2].waiting_for] == ["porteuse", "tete-de-reseau", None]


def test_a_void_document_counts_no_more_and_its_next_version_starts_from_nothing(road: Road) -> None:
    road.walk_to(3)
    first = road.issue(SEEDING)
    road.do(first, *road.sign(first, "tete-de-reseau"), road.void(first))
    assert status(road, SEEDING) is DocumentStatus.VOID
    assert [found.party for found in road.state.steps[2].waiting_for] == ["porteuse", "tete-de-reseau", None]
    second = road.issue(SEEDING, version=2)
    road.do(second)
    document = road.document("convention-amorcage")
    assert (document.state, document.issued) == (DocumentStatus.ISSUED, second)
    assert {found.state for found in document.signatures} == {SignatureStatus.MISSING}


def test_a_void_document_does_not_count_even_in_a_ledger_that_has_it_signed_by_all(road: Road) -> None:
    charter = road.signed(CHARTER, ahead="vite")
    road.acts.append(road.void(charter))
    assert status(road, CHARTER) is DocumentStatus.VOID
    assert [found.party for found in road.state.steps[1].waiting_for] == ["porteuse", None]


def test_a_convention_whose_term_ends_unsigned_expires_the_day_after_and_is_issued_anew(road: Road) -> None:
    road.walk_to(3)
    issued = road.issue(SEEDING, ends_on=TODAY)
    road.do(issued, *road.sign(issued, "porteuse"))
    assert status(road, SEEDING) is DocumentStatus.PARTLY_SIGNED
    road.today += dt.timedelta(days=1)
    assert status(road, SEEDING) is DocumentStatus.EXPIRED
    assert road.state.missing == ()
    road.do(road.issue(SEEDING, version=2))
    assert status(road, SEEDING) is DocumentStatus.ISSUED


def test_a_convention_that_was_signed_in_its_term_stays_signed_after_it(road: Road) -> None:
    road.walk_to(3)
    issued = road.issue(SEEDING, ends_on=TODAY)
    road.do(issued, *road.sign(issued))
    road.today += dt.timedelta(days=400)
    assert status(road, SEEDING) is DocumentStatus.SIGNED


def test_a_draft_names_those_who_will_sign(road: Road) -> None:
    assert [(found.party, found.signatory, found.state) for found in road.document("charte").signatures] == [
        ("porteuse", "Mme Inès Vraisemblable-Durand", SignatureStatus.MISSING)
    ]


def test_what_is_missing_is_counted_in_days_since_the_issue(road: Road) -> None:
    road.walk_to(2)
    charter = road.issue(CHARTER, on=TODAY - dt.timedelta(days=30))
    road.do(charter)
    assert [(found.key, found.since_days) for found in road.state.missing] == [(CHARTER, 30)]


def test_a_document_that_nobody_signs_is_never_missing(road: Road) -> None:
    road.walk_to(3)
    road.do(road.issue(Key("cahier-des-charges-diagnostic")))
    assert road.document("cahier-des-charges-diagnostic").state is DocumentStatus.ISSUED
    assert road.state.missing == ()


def test_an_issued_document_does_not_lack_what_the_case_has_lost_since_but_a_void_one_does(
    road: Road,
) -> None:
    road.walk_to(3)
    seeding = road.issue(SEEDING)
    road.do(seeding)
    road.case = sample("embrunais", ("{debut: 2025-04-07, fin: 2025-07-31, ", "{debut: 2025-04-07, "))
    assert road.document("convention-amorcage").lacks == ()
    road.do(road.void(seeding))
    assert road.document("convention-amorcage").lacks == ("diagnostic.fin",)
