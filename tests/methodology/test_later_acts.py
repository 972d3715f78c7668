"""What comes after an issue: corrections, other ways of signing, mail, erasure, terms that end."""

from __future__ import annotations

import datetime as dt

import pytest

from piles_docs.methodology.acts import (
    Act,
    Box,
    Channel,
    Forgotten,
    Mailed,
    MailEnded,
    Means,
    MeansChanged,
    MilestoneReached,
    Purpose,
    Signed,
    Withdrawn,
)
from piles_docs.methodology.explain import explain_document
from piles_docs.methodology.guard import RefusalKind
from piles_docs.methodology.states import CaseStatus, DocumentStatus, Key, MissingSignature
from piles_docs.methodology.threads import history

from .road import NETWORK, NEXT_YEAR, TODAY, Road, sample

CHARTER, SEEDING, FRAMEWORK = Key("charte"), Key("convention-amorcage"), Key("convention-cadre")
ANNUAL = Key("convention-annuelle", None, "2026")
BEFORE = TODAY - dt.timedelta(days=20)


@pytest.fixture
def road() -> Road:
    """A case at its third step."""
    road = Road(sample("embrunais"))
    road.walk_to(3)
    return road


def take_back(road: Road, event: int, reason: str | None = "erreur de saisie") -> Withdrawn:
    return Withdrawn(on=road.today, event=event, reason=reason)


def refusal(road: Road, act: Act) -> tuple[RefusalKind, str]:
    found = road.refusal(act)
    assert found is not None, f"accepted: {act}"
    assert found.remedy
    return found.kind, found.message


def mail(road: Road, *references: str, message: str = "<1@x.example>", party: str = "porteuse") -> Mailed:
    return Mailed(
        on=road.today,
        message=message,
        purpose=Purpose.SENDING,
        party=party,
        references=references,
        channel=Channel.SMTP,
        address="presidence@haute-durance.example",
    )


# Corrections


def test_a_signature_recorded_by_mistake_no_longer_counts_and_can_be_recorded_again(road: Road) -> None:
    signature = next(number for number, act in enumerate(road.acts, 1) if isinstance(act, Signed))
    assert road.document("charte").state is DocumentStatus.SIGNED
    road.do(take_back(road, signature))
    assert road.document("charte").state is DocumentStatus.ISSUED
    assert road.state.current_step == 2
    road.do(road.acts[signature - 1])
    assert road.state.current_step == 3


def test_a_milestone_recorded_by_mistake_locks_again_what_it_opened(road: Road) -> None:
    road.do(take_back(road, 1))
    assert isinstance(road.acts[0], MilestoneReached)
    assert road.state.current_step == 1


def test_a_case_closed_by_mistake_opens_again(road: Road) -> None:
    road.end("abandon")
    road.do(take_back(road, len(road.acts)))
    assert road.state.state is CaseStatus.ACTIVE


def test_what_cannot_be_taken_back_is_refused_with_what_to_do(road: Road) -> None:
    issued = next(number for number, act in enumerate(road.acts, 1) if act.kind == "issued")
    assert refusal(road, take_back(road, issued))[0] is RefusalKind.MISMATCH
    assert "piles void" in str(road.refusal(take_back(road, issued)))
    assert refusal(road, take_back(road, 0))[0] is RefusalKind.USAGE
    assert refusal(road, take_back(road, len(road.acts) + 1))[0] is RefusalKind.USAGE
    assert refusal(road, take_back(road, 1, reason=None))[0] is RefusalKind.USAGE
    road.do(take_back(road, 1))
    assert "déjà retiré" in refusal(road, take_back(road, 1))[1]
    assert "ne se retire pas" in refusal(road, take_back(road, len(road.acts)))[1]


def test_a_voiding_is_taken_back_only_while_no_later_version_stands(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued, road.void(issued))
    voided = len(road.acts)
    again = road.issue(SEEDING, version=2)
    road.do(again)
    assert "remplacé" in refusal(road, take_back(road, voided))[1]
    road.acts.pop()
    road.do(take_back(road, voided))
    assert road.document("convention-amorcage").state is DocumentStatus.ISSUED


# Other ways of signing


def test_who_changes_path_half_way_keeps_what_was_signed(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued, *road.sign(issued, "porteuse", originals=[1]))
    changed = MeansChanged(
        on=TODAY, reference=issued.reference, party="porteuse", means=Means.ELECTRONIC, note="en déplacement"
    )
    road.do(changed)
    shown = {
        (one.party, one.original): (one.state, one.means)
        for one in road.document("convention-amorcage").signatures
    }
    assert shown["porteuse", 1] == ("received", Means.PAPER)
    assert shown["porteuse", 2] == ("missing", Means.ELECTRONIC)
    assert shown["tete-de-reseau", 2] == ("missing", Means.PAPER)
    assert "déjà" in refusal(road, changed)[1]
    road.do(*road.sign(issued, "porteuse", originals=[2]))
    back = changed.model_copy(update={"means": Means.PAPER})
    assert "déjà tout signé" in refusal(road, back)[1]
    assert refusal(road, back.model_copy(update={"party": "animateur"}))[0] is RefusalKind.USAGE


# Whose turn it is, and who was written to


def missing(road: Road, party: str) -> MissingSignature:
    return next(found for found in road.state.missing if found.party == party)


def test_the_head_signs_last_and_its_turn_comes_when_the_host_has_signed_every_original(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued, *road.sign(issued, "porteuse", originals=[1]))
    assert [(one.party, one.original, one.is_turn) for one in road.state.missing] == [
        ("tete-de-reseau", 1, False),
        ("porteuse", 2, True),
        ("tete-de-reseau", 2, False),
    ]
    road.do(*road.sign(issued, "porteuse", originals=[2]))
    assert all(one.is_turn for one in road.state.missing)


def test_a_message_counts_from_the_moment_it_may_have_left_until_the_server_refuses_it(road: Road) -> None:
    issued = road.issue(SEEDING)
    road.do(issued)
    assert missing(road, "porteuse").mailed_on is None
    road.do(mail(road, issued.reference))
    assert missing(road, "porteuse").mailed_on == TODAY
    assert missing(road, "tete-de-reseau").mailed_on is None
    ended = MailEnded(on=TODAY, message="<1@x.example>", is_accepted=False, detail="550 inconnu")
    road.do(ended)
    assert missing(road, "porteuse").mailed_on is None
    assert "n’attend" in refusal(road, ended)[1]
    assert "déjà enregistré" in refusal(road, mail(road, issued.reference))[1]
    road.do(mail(road, issued.reference, message="<2@x.example>"))
    road.do(MailEnded(on=TODAY, message="<2@x.example>", is_accepted=True))
    assert missing(road, "porteuse").mailed_on == TODAY


def test_a_message_is_about_issued_documents_that_its_reader_signs(road: Road) -> None:
    assert "aucun document" in refusal(road, mail(road))[1]
    assert "aucun document" in refusal(road, mail(road, "embrunais.nulle-part.v1"))[1]
    charter = road.document("charte").issued
    assert charter
    kind, message = refusal(road, mail(road, charter.reference, party="tete-de-reseau"))
    assert (kind, message) == (RefusalKind.USAGE, "tete-de-reseau ne signe pas embrunais.charte.v1")


# Erasure


def test_a_case_is_forgotten_for_a_reason_and_then_nothing_more_is_recorded(road: Road) -> None:
    forgotten = Forgotten(on=TODAY, files=("a" * 64,), reason="demande du 3 novembre 2026")
    assert refusal(road, forgotten.model_copy(update={"reason": None}))[0] is RefusalKind.USAGE
    road.do(forgotten)
    assert road.state.is_forgotten
    for act in (forgotten, take_back(road, 1), road.issue(SEEDING)):
        assert "effacées" in refusal(road, act)[1]


def test_a_case_that_has_ended_can_be_forgotten(road: Road) -> None:
    road.end("abandon")
    road.do(Forgotten(on=TODAY, reason="durée de conservation écoulée"))


# Terms that end


def in_network(end: dt.date, today: dt.date) -> Road:
    road = Road(sample("embrunais"), today)
    road.walk_to(7)
    annual = road.issue(ANNUAL, ends_on=end)
    road.do(annual, *road.sign(annual))
    road.reach("lancement-fait")
    return road


@pytest.mark.parametrize(("days", "is_told"), [(91, False), (90, True), (0, True), (-12, True)])
def test_a_convention_near_its_end_is_told_with_what_to_do(days: int, is_told: bool) -> None:
    assert NETWORK.envoi.alerte_fin_jours == 90
    road = in_network(TODAY, TODAY)
    road.today = TODAY - dt.timedelta(days=days)
    found = {(ending.key, ending.days_left) for ending in road.state.endings}
    assert found == ({(ANNUAL, days)} if is_told else set())


def lines(road: Road, key: Key) -> str:
    return "\n".join(explain_document(road.state, road.document(key.document, None, key.period)))


def test_an_annual_convention_that_ends_is_proposed_anew_then_written_then_over() -> None:
    road = in_network(TODAY, TODAY)
    road.today = TODAY - dt.timedelta(days=1)
    assert "prend fin le 22 novembre 2026, dans 1 jour" in lines(road, ANNUAL)
    assert "piles pack embrunais -d renouvellement.porteuse.2026, pour proposer" in lines(road, ANNUAL)
    road.today = TODAY
    assert "prend fin le 22 novembre 2026, aujourd’hui" in lines(road, ANNUAL)
    road.do(road.issue(Key("renouvellement", "porteuse", "2026")))
    assert "écrire la nouvelle année" in lines(road, ANNUAL)
    road.today = TODAY + dt.timedelta(days=2)
    assert "a pris fin le 22 novembre 2026, il y a 2 jours" in lines(road, ANNUAL)


def test_next_year_s_signature_puts_an_end_to_the_warning() -> None:
    road = in_network(TODAY, TODAY)
    road.case = sample("embrunais", *NEXT_YEAR)
    issued = road.issue(Key("convention-annuelle", None, "2027"), ends_on=dt.date(2027, 12, 31))
    road.do(issued)
    assert [ending.key for ending in road.state.endings] == [ANNUAL]
    road.do(*road.sign(issued))
    assert road.state.endings == ()


def test_the_seeding_s_end_matters_until_the_framework_is_signed() -> None:
    road = Road(sample("embrunais"))
    road.walk_to(3)
    seeding = road.issue(SEEDING, ends_on=TODAY + dt.timedelta(days=5))
    road.do(seeding, *road.sign(seeding))
    assert [ending.reference for ending in road.state.endings] == [seeding.reference]
    assert "changer sa fin" in lines(road, SEEDING)
    road.today = TODAY + dt.timedelta(days=6)
    assert "ne se prolonge plus" in lines(road, SEEDING)
    road.today = TODAY
    road.walk_to(7)
    assert road.state.endings == ()


def test_two_conventions_near_their_end_are_each_explained_apart() -> None:
    road = Road(sample("embrunais"))
    road.walk_to(6)
    framework = road.issue(FRAMEWORK, ends_on=TODAY + dt.timedelta(days=3))
    road.do(framework, *road.sign(framework))
    road.walk_to(7)
    annual = road.issue(ANNUAL, ends_on=TODAY + dt.timedelta(days=8))
    road.do(annual, *road.sign(annual))
    assert "dans 3 jours" in lines(road, FRAMEWORK)
    assert "dans 8 jours" in lines(road, ANNUAL)
    assert "dans 8 jours" not in lines(road, FRAMEWORK)


# Where things are on paper


@pytest.mark.parametrize(
    ("rect", "place"),
    [
        ((60.0, 700.0, 260.0, 760.0), "en haut à gauche"),
        ((320.0, 400.0, 520.0, 460.0), "au milieu à droite"),
        ((320.0, 60.0, 520.0, 120.0), "en bas à droite"),
    ],
)
def test_a_box_is_told_where_it_stands_on_the_page(
    rect: tuple[float, float, float, float], place: str
) -> None:
    assert Box(party="porteuse", page=1, rect=rect).place(595.3, 841.9) == place


def test_each_party_has_an_original_of_its_own_or_they_share_the_only_one(road: Road) -> None:
    road.do(road.issue(SEEDING))
    threads = history(road.acts).threads
    seeding, charter = threads["embrunais.convention-amorcage.v1"], threads["embrunais.charte.v1"]
    assert [seeding.holder_original(party) for party in ("porteuse", "tete-de-reseau")] == [1, 2]
    assert charter.holder_original("porteuse") == 1


def test_a_convention_without_end_never_ends() -> None:
    road = Road(sample("embrunais"))
    road.walk_to(4)
    assert road.state.endings == ()


def test_a_case_that_has_ended_warns_of_nothing() -> None:
    road = in_network(TODAY, TODAY)
    road.end("abandon")
    assert road.state.endings == ()
