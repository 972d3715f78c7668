"""Generated scans are read: nothing empty is called signed, no ink is called nothing, and few are left to a person."""

from __future__ import annotations

import pytest

from piles_docs.methodology.acts import InkState

from .campaign import campaign, is_wrong
from .generator import EMPTY, HARD, OFFICE, SIGNED, STAMP, Mix, Sheet, make_scan

SEED = "ci-"


@pytest.mark.parametrize(("mix", "most_asked"), [(OFFICE, 0.2), (HARD, 0.45)], ids=["office", "hard"])
def test_the_two_errors_do_not_happen(sheets: list[Sheet], mix: Mix, most_asked: float) -> None:
    tally = campaign(sheets, mix, SEED, range(12))
    assert not tally.faults
    known = sum(count for (_, said), count in tally.pages.items() if said.startswith("recognised"))
    assert known == 12
    assert tally.asked <= most_asked * tally.answerable  # few boxes: the page of figures tells it finely


def test_a_seed_makes_the_same_scan(sheets: list[Sheet]) -> None:
    sheet = next(sheet for sheet in sheets if sheet.boxes)
    assert make_scan(sheet, HARD, "a") == make_scan(sheet, HARD, "a")
    assert make_scan(sheet, HARD, "a").content != make_scan(sheet, HARD, "b").content


def test_what_counts_as_wrong() -> None:
    assert is_wrong(EMPTY, str(InkState.SIGNED))
    assert is_wrong(STAMP, str(InkState.SIGNED))
    assert is_wrong(STAMP, str(InkState.EMPTY))
    assert is_wrong(SIGNED["light"], str(InkState.EMPTY))
    assert not is_wrong(EMPTY, str(InkState.EMPTY))
    assert not is_wrong(SIGNED["usual"], str(InkState.SIGNED))
