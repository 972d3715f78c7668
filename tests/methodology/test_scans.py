"""Scans: what came back, what a program saw, and what only a person decides."""

from __future__ import annotations

import pytest

from piles_docs.methodology.acts import (
    FoundEmpty,
    InkState,
    Issued,
    Means,
    Scanned,
    ScannedBox,
    ScannedPage,
    Signed,
)
from piles_docs.methodology.guard import RefusalKind
from piles_docs.methodology.states import DocumentStatus, Key
from piles_docs.methodology.threads import Sighting, Thread, history

from .road import TODAY, Road, sample

SEEDING = Key("convention-amorcage")
SCAN = "a" * 64


@pytest.fixture
def road() -> Road:
    """A case at its third step, its seeding convention issued on paper, of one page."""
    road = Road(sample("embrunais"))
    road.walk_to(3)
    road.do(road.issue(SEEDING))
    return road


@pytest.fixture
def issued(road: Road) -> Issued:
    (found,) = [act for act in road.acts if isinstance(act, Issued) and act.document == SEEDING.document]
    return found


def thread(road: Road, issued: Issued) -> Thread:
    return history(road.acts).threads[issued.reference]


def scan(issued: Issued, *boxes: ScannedBox, original: int = 1, page: int = 1) -> Scanned:
    seen = ScannedPage(scan_page=4, reference=issued.reference, original=original, page=page, boxes=boxes)
    return Scanned(on=TODAY, scan_sha256=SCAN, file_pages=9, pages=(seen,), process="essai")


def box(state: InkState, party: str = "porteuse") -> ScannedBox:
    return ScannedBox(party=party, state=state, measures={"aire_mm2": 3.0})


def empty(issued: Issued, party: str = "porteuse", original: int = 1) -> FoundEmpty:
    return FoundEmpty(on=TODAY, reference=issued.reference, party=party, original=original)


def signed(issued: Issued, party: str = "porteuse", original: int = 1) -> Signed:
    return Signed(
        on=TODAY, reference=issued.reference, party=party, original=original, means=Means.PAPER,
        evidence=(SCAN,),
    )  # fmt: skip


def states(road: Road) -> dict[tuple[str, int], str]:
    return {
        (one.party, one.original): str(one.state) for one in road.document("convention-amorcage").signatures
    }


def test_a_box_that_may_be_ink_waits_for_a_person(road: Road, issued: Issued) -> None:
    road.do(scan(issued, box(InkState.UNCERTAIN)))
    assert states(road)["porteuse", 1] == "uncertain"
    assert thread(road, issued).uncertain == {("porteuse", 1): Sighting(SCAN, 4, 1)}
    assert road.document("convention-amorcage").state is DocumentStatus.ISSUED


@pytest.mark.parametrize("state", [InkState.EMPTY, InkState.SIGNED])
def test_what_a_program_sees_signs_nothing_by_itself(road: Road, issued: Issued, state: InkState) -> None:
    """A scan says what was seen; a signature is an act of its own."""
    road.do(scan(issued, box(state)))
    assert states(road)["porteuse", 1] == "missing"


def test_a_person_who_looked_says_signed_or_not(road: Road, issued: Issued) -> None:
    road.do(scan(issued, box(InkState.UNCERTAIN), box(InkState.UNCERTAIN, "tete-de-reseau")))
    road.do(signed(issued), empty(issued, "tete-de-reseau"))
    assert states(road)["porteuse", 1] == "received"
    assert states(road)["tete-de-reseau", 1] == "missing"
    assert thread(road, issued).uncertain == {}


def test_what_is_signed_is_not_asked_again(road: Road, issued: Issued) -> None:
    road.do(signed(issued), scan(issued, box(InkState.UNCERTAIN)))
    assert states(road)["porteuse", 1] == "received"
    assert thread(road, issued).uncertain == {}


def test_the_pages_that_came_back_are_known_by_original(road: Road, issued: Issued) -> None:
    road.do(scan(issued), scan(issued, original=2))
    assert thread(road, issued).pages_seen == {1: {1}, 2: {1}}


def test_a_scan_of_an_ended_version_is_recorded_all_the_same(road: Road, issued: Issued) -> None:
    road.do(road.void(issued), scan(issued))
    assert thread(road, issued).pages_seen == {1: {1}}


def test_a_scan_of_what_was_never_issued_is_refused(road: Road, issued: Issued) -> None:
    unknown = issued.model_copy(update={"reference": "embrunais.rien.v1"})
    for act in (scan(unknown), scan(issued, original=9), scan(issued, page=2), scan(issued, page=0)):
        found = road.refusal(act)
        assert found
        assert found.kind is RefusalKind.MISMATCH


def test_nobody_finds_empty_what_was_not_asked(road: Road, issued: Issued) -> None:
    found = road.refusal(empty(issued))
    assert found
    assert "--review" in found.remedy
    stranger = road.refusal(empty(issued, "animateur"))
    assert stranger
    assert stranger.kind is RefusalKind.USAGE


def test_what_a_person_found_empty_by_mistake_is_asked_again(road: Road, issued: Issued) -> None:
    road.do(scan(issued, box(InkState.UNCERTAIN)), empty(issued))
    road.take_back(len(road.acts))
    assert states(road)["porteuse", 1] == "uncertain"
