"""Which acts are refused, with what kind, and what the refusal says."""

from __future__ import annotations

import datetime as dt

import pytest

from piles_docs.methodology.acts import Act, MilestoneReached, Original, Refused
from piles_docs.methodology.guard import Refusal, RefusalKind
from piles_docs.methodology.states import Key

from .road import TODAY, Road, sample

CHARTER, SEEDING, FRAMEWORK = Key("charte"), Key("convention-amorcage"), Key("convention-cadre")
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)


@pytest.fixture(scope="module")
def step_three() -> Road:
    road = Road(sample("embrunais"), YESTERDAY)
    road.walk_to(3)
    road.today = TODAY
    return road


@pytest.fixture
def road(step_three: Road) -> Road:
    """A case at its third step, whose documents were signed yesterday."""
    road = Road(step_three.case)
    road.acts = list(step_three.acts)
    return road


def refused(road: Road, act: Act) -> Refusal:
    refusal = road.refusal(act)
    assert refusal is not None, f"accepted: {act}"
    assert not refusal.message.endswith(".")
    assert refusal.remedy
    return refusal


def kind_of(road: Road, act: Act) -> RefusalKind:
    return refused(road, act).kind


def milestone(name: str, *, on: dt.date = TODAY, note: str | None = None) -> MilestoneReached:
    return MilestoneReached(milestone=name, on=on, note=note)


def test_nothing_is_recorded_as_done_in_the_future(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued)
    acts: list[Act] = [
        milestone("besoin-confirme", on=TOMORROW),
        road.issue(Key("cahier-des-charges-diagnostic"), on=TOMORROW),
        *road.sign(issued, "porteuse", on=TOMORROW, originals=[1]),
        road.decline(issued, "porteuse", on=TOMORROW),
        road.void(issued, on=TOMORROW),
    ]
    for act in acts:
        refusal = refused(road, act)
        assert refusal.kind is RefusalKind.MISMATCH
        assert refusal.message == "la date du 23 novembre 2026 est dans l’avenir"
        assert road.refusal(act.model_copy(update={"on": TODAY})) is None


def test_a_closed_case_accepts_nothing_more(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued)
    road.end("abandon")
    acts: list[Act] = [
        milestone("besoin-confirme"),
        milestone("abandon", note="encore"),
        road.issue(Key("cahier-des-charges-diagnostic")),
        *road.sign(issued, "porteuse", originals=[1]),
        road.decline(issued, "porteuse"),
        road.void(issued),
    ]
    for act in acts:
        refusal = refused(road, act)
        assert refusal.kind is RefusalKind.MISMATCH
        assert refusal.message == "ce dossier est clos (abandon)"


def test_an_unknown_milestone_is_a_wrong_word_and_the_known_ones_are_named(road: Road) -> None:
    refusal = refused(road, milestone("besoin-confirmé"))
    assert refusal.kind is RefusalKind.USAGE
    assert refusal.message == "il n’y a pas de jalon « besoin-confirmé »"
    assert "besoin-confirme, besoin-non-confirme" in refusal.remedy


def test_a_milestone_is_reached_once(road: Road) -> None:
    refusal = refused(road, milestone("rencontre-faite"))
    assert refusal.kind is RefusalKind.MISMATCH
    assert refusal.message == "le jalon rencontre-faite est déjà enregistré, au 21 novembre 2026"


@pytest.mark.parametrize(
    ("reached", "contrary"),
    [("besoin-confirme", "besoin-non-confirme"), ("copil-favorable", "copil-defavorable")],
)
def test_a_milestone_does_not_follow_its_contrary(road: Road, reached: str, contrary: str) -> None:
    assert road.refusal(milestone(contrary, note="non")) is None
    road.reach(reached)
    refusal = refused(road, milestone(contrary, note="non"))
    assert refusal.kind is RefusalKind.MISMATCH
    assert reached in refusal.message
    assert "abandon" in refusal.remedy


@pytest.mark.parametrize("ending", ["besoin-non-confirme", "copil-defavorable", "abandon"])
def test_a_milestone_that_ends_the_case_says_why(road: Road, ending: str) -> None:
    refusal = refused(road, milestone(ending))
    assert refusal.kind is RefusalKind.USAGE
    assert "--note" in refusal.remedy
    assert road.refusal(milestone(ending, note="faute de moyens")) is None


@pytest.mark.parametrize(
    "key",
    [
        Key("bail"),
        Key("charte", "mairie-embrun"),
        Key("invitation-copil", "mairie-de-nulle-part"),
        Key("convention-annuelle", None, "2031"),
        Key("avenant", "convention-amorcage"),
    ],
    ids=lambda key: key.name,
)
def test_a_document_that_the_case_does_not_have_cannot_be_issued(road: Road, key: Key) -> None:
    known = road.issue(SEEDING)
    act = known.model_copy(
        update={"document": key.document, "recipient": key.recipient, "period": key.period}
    )
    refusal = refused(road, act)
    assert refusal.kind is RefusalKind.USAGE
    assert refusal.message == f"ce dossier n’a pas de document {key.name}"


def test_a_document_of_a_locked_step_is_refused_with_what_is_missing(road: Road) -> None:
    refusal = refused(road, road.issue(FRAMEWORK))
    assert refusal.kind is RefusalKind.LOCKED
    assert refusal.message == "l’étape 6 est encore verrouillée : convention-cadre ne peut pas être émis"
    assert refusal.remedy == (
        "il manque d’abord : la signature de « Convention d’amorçage » par la structure porteuse, "
        "la signature de « Convention d’amorçage » par la tête de réseau, "
        "le diagnostic confirme le besoin (jalon besoin-confirme), "
        "le premier comité de pilotage est favorable (jalon copil-favorable), "
        "le premier tour de table financier s’est tenu (jalon tour-de-table-tenu) ; "
        'pour l’émettre quand même, dites pourquoi : --ahead "la raison"'
    )


def test_a_reason_lets_a_document_go_ahead_of_its_step(road: Road) -> None:
    assert road.refusal(road.issue(FRAMEWORK, ahead="la Région l’attend")) is None
    assert kind_of(road, road.issue(FRAMEWORK, ahead="")) is RefusalKind.LOCKED
    unmarked = road.issue(FRAMEWORK, ahead="la Région l’attend").model_copy(update={"is_ahead": False})
    assert kind_of(road, unmarked) is RefusalKind.LOCKED


def test_a_document_of_the_open_step_or_of_an_earlier_one_needs_no_reason(road: Road) -> None:
    assert road.refusal(road.issue(SEEDING)) is None
    assert road.refusal(road.issue(Key("deliberation"))) is None


def test_a_document_that_is_out_cannot_be_issued_again_until_it_is_void(road: Road) -> None:
    first = road.issue(SEEDING)
    road.do(first)
    again = road.issue(SEEDING, version=2)
    refusal = refused(road, again)
    assert refusal.kind is RefusalKind.MISMATCH
    assert refusal.message == "convention-amorcage est déjà émis"
    assert "piles void" in refusal.remedy
    road.do(road.void(first))
    assert road.refusal(again) is None


def test_a_signed_document_cannot_be_issued_again(road: Road) -> None:
    assert kind_of(road, road.issue(CHARTER, version=2)) is RefusalKind.MISMATCH


def test_a_declined_document_can_be_issued_anew(road: Road) -> None:
    first = road.issue(SEEDING)
    road.do(first, road.decline(first, "porteuse"))
    assert road.refusal(road.issue(SEEDING, version=2)) is None


def test_an_incomplete_document_cannot_be_issued() -> None:
    road = Road(sample("luberon"))
    refusal = refused(road, road.issue(Key("deliberation"), ahead="vite"))
    assert refusal.kind is RefusalKind.USAGE
    assert "porteuse.deliberation.date" in refusal.message
    assert refusal.remedy == "complétez le dossier, puis lancez piles check luberon"


def test_an_issue_that_does_not_fit_the_rules_is_refused(road: Road) -> None:
    fitting = road.issue(SEEDING)
    assert road.refusal(fitting) is None
    two = tuple(Original(number=2, docx_sha256="", pdf_sha256="", pages=1) for _ in range(2))
    for act in (
        road.issue(SEEDING, version=2),
        road.issue(SEEDING, version=0),
        road.issue(SEEDING, originals=0),
        fitting.model_copy(update={"originals": two}),
        road.issue(SEEDING, parties=["porteuse"]),
        road.issue(SEEDING, parties=[]),
        road.issue(SEEDING, parties=["porteuse", "tete-de-reseau", "animateur"]),
        road.issue(SEEDING, reference="embrunais.charte.v1"),
    ):
        assert kind_of(road, act) is RefusalKind.MISMATCH


def test_acts_about_an_unknown_reference_are_refused(road: Road) -> None:
    unknown = road.issue(SEEDING)
    for act in road.about(unknown, "porteuse"):
        refusal = refused(road, act)
        assert refusal.kind is RefusalKind.MISMATCH
        assert "embrunais.convention-amorcage.v1" in refusal.message


def test_acts_dated_before_the_issue_are_refused(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued)
    for act in road.about(issued, "porteuse", on=YESTERDAY):
        refusal = refused(road, act)
        assert refusal.kind is RefusalKind.MISMATCH
        assert "n’a été émis que le 22 novembre 2026" in refusal.message


def test_a_void_document_is_neither_signed_nor_declined_nor_voided_again(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued, road.void(issued))
    for act in road.about(issued, "porteuse"):
        refusal = refused(road, act)
        assert refusal.kind is RefusalKind.MISMATCH
        assert refusal.message == "embrunais.convention-amorcage.v1 a été annulé"


def test_a_version_that_was_followed_by_another_takes_no_more_acts(road: Road) -> None:
    first = road.issue(SEEDING, ends_on=TODAY)
    road.do(first, *road.sign(first, "porteuse"))
    road.today = TOMORROW
    road.do(road.issue(SEEDING, version=2))
    for act in road.about(first, "tete-de-reseau", on=TODAY):
        refusal = refused(road, act)
        assert refusal.kind is RefusalKind.MISMATCH
        assert "remplacé par embrunais.convention-amorcage.v2" in refusal.message


def test_a_signed_document_is_never_voided_nor_declined(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued, *road.sign(issued))
    refusal = refused(road, road.void(issued))
    assert refusal.kind is RefusalKind.MISMATCH
    assert "avenant" in refusal.remedy
    assert kind_of(road, road.decline(issued, "porteuse")) is RefusalKind.MISMATCH


def test_a_document_is_voided_for_a_reason(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued)
    refusal = refused(road, road.void(issued, reason=""))
    assert refusal.kind is RefusalKind.USAGE
    assert refusal.remedy == "ajoutez --reason"


def test_one_who_is_not_party_neither_signs_nor_declines(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued)
    for act in road.about(issued, "animateur")[:-1]:
        refusal = refused(road, act)
        assert refusal.kind is RefusalKind.USAGE
        assert refusal.message == "animateur ne signe pas embrunais.convention-amorcage.v1"
        assert refusal.remedy == "signent ce document : porteuse, tete-de-reseau"


def test_a_document_that_nobody_signs_takes_no_signature(road: Road) -> None:
    issued = road.issue(Key("cahier-des-charges-diagnostic"))
    road.do(issued)
    refusal = refused(road, road.sign(issued, "porteuse", originals=[1])[0])
    assert (refusal.kind, refusal.remedy) == (RefusalKind.USAGE, "signent ce document : personne")


def test_a_declined_document_takes_no_more_signature_nor_refusal(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued, road.decline(issued, "porteuse"))
    for act in road.about(issued, "tete-de-reseau")[:-1]:
        refusal = refused(road, act)
        assert refusal.kind is RefusalKind.MISMATCH
        assert refusal.message == "embrunais.convention-amorcage.v1 a déjà été refusé par porteuse"


def test_a_declined_document_can_still_be_voided(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued, road.decline(issued, "porteuse"))
    assert road.refusal(road.void(issued)) is None


def test_one_who_has_begun_to_sign_does_not_decline_and_the_other_still_may(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued, *road.sign(issued, "porteuse", originals=[1]))
    assert kind_of(road, road.decline(issued, "porteuse")) is RefusalKind.MISMATCH
    assert road.refusal(road.decline(issued, "tete-de-reseau")) is None


def test_a_refusal_says_why(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued)
    act = Refused(on=TODAY, reference=issued.reference, party="porteuse")
    refusal = refused(road, act)
    assert refusal.kind is RefusalKind.USAGE
    assert "--note" in refusal.remedy


def test_a_signature_is_on_an_original_that_was_made(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued)
    for number in (0, 3):
        refusal = refused(road, road.sign(issued, "porteuse", originals=[number])[0])
        assert (refusal.kind, refusal.remedy) == (RefusalKind.USAGE, "ses exemplaires : 1, 2")


def test_a_signature_is_recorded_once(road: Road) -> None:
    issued = road.issue(SEEDING)
    act = road.sign(issued, "porteuse", originals=[1])[0]
    road.do(issued, act)
    refusal = refused(road, act)
    assert refusal.kind is RefusalKind.MISMATCH
    assert "est déjà enregistrée" in refusal.message


def test_a_signature_given_in_the_term_is_accepted_later_and_one_given_after_it_is_not(road: Road) -> None:
    issued = road.issue(SEEDING, ends_on=TODAY)
    road.do(issued)
    road.today = TOMORROW
    late = road.sign(issued, "porteuse", on=TOMORROW, originals=[1])[0]
    refusal = refused(road, late)
    assert refusal.kind is RefusalKind.MISMATCH
    assert "a pris fin le 22 novembre 2026" in refusal.message
    road.do(*road.sign(issued, on=TODAY))
    assert road.document("convention-amorcage").state == "signed"


LONGER = ("fin: 2029-01-31", "fin: 2029-06-30")


def amended_case(ends_on: dt.date) -> Road:
    road = Road(sample("embrunais"))
    issued = road.issue(
        FRAMEWORK, values={"conventions.cadre.fin": "2029-01-31"}, ends_on=ends_on, ahead="un accord ancien"
    )
    road.do(issued, *road.sign(issued))
    road.case = sample("embrunais", LONGER)
    return road


def test_an_amendment_changes_a_convention_that_still_runs() -> None:
    road = amended_case(TODAY)
    amendment = road.issue(Key("avenant", "convention-cadre"))
    assert road.refusal(amendment) is None
    road.today = TOMORROW
    refusal = refused(road, amendment.model_copy(update={"on": TOMORROW}))
    assert refusal.kind is RefusalKind.MISMATCH
    assert "un acte échu ne se modifie plus" in refusal.remedy


def test_an_amendment_that_was_void_is_not_issued_again_for_nothing() -> None:
    road = amended_case(TODAY)
    first = road.issue(Key("avenant", "convention-cadre"))
    road.do(first, road.void(first))
    again = road.issue(Key("avenant", "convention-cadre"), version=2)
    assert road.refusal(again) is None
    road.case = sample("embrunais")
    refusal = refused(road, again)
    assert refusal.kind is RefusalKind.MISMATCH
    assert refusal.message == "avenant.convention-cadre n’aurait rien à modifier"


EVEN_LONGER = ("fin: 2029-01-31", "fin: 2030-06-30")


def amended_once(new_end: str) -> Road:
    """The convention ended today; a signed amendment moved its end."""
    road = amended_case(TODAY)
    first = road.issue(Key("avenant", "convention-cadre"), values={"conventions.cadre.fin": new_end})
    road.do(first, *road.sign(first))
    road.today = TOMORROW
    road.case = sample("embrunais", EVEN_LONGER)
    return road


def test_a_convention_that_an_amendment_prolonged_may_be_amended_again() -> None:
    road = amended_once("2029-06-30")
    second = road.issue(Key("avenant", "convention-cadre"), version=2)
    assert road.refusal(second.model_copy(update={"on": TOMORROW})) is None


def test_a_convention_that_an_amendment_shortened_is_over_on_its_new_last_day() -> None:
    road = amended_once(TODAY.isoformat())
    second = road.issue(Key("avenant", "convention-cadre"), version=2)
    refusal = refused(road, second.model_copy(update={"on": TOMORROW}))
    assert "un acte échu ne se modifie plus" in refusal.remedy
