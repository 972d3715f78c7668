"""What measures of a box allow to say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from piles_docs.methodology.acts import InkState
from piles_docs.scanning.ink import InkMeasures, judge

BARE = InkMeasures(
    area_mm2=0.0,
    core_mm2=0.0,
    extent_mm=0.0,
    inside=0.0,
    contrast=0.0,
    foreign_mm2=0.0,
    stray_mm2=0.0,
    dust_mm2=0.0,
    free_mm2=0.0,
    joined=0.0,
    is_stamp=False,
    noise=0.005,
    faint_seen=1.0,
)
SIGNATURE = replace(
    BARE, area_mm2=60.0, core_mm2=50.0, extent_mm=35.0, inside=1.0, contrast=0.5, free_mm2=40.0, joined=0.6
)
HAIR = replace(BARE, area_mm2=3.0, core_mm2=3.0, extent_mm=9.0, inside=1.0, contrast=0.1, free_mm2=3.0)
OF_A_STAMP = replace(SIGNATURE, area_mm2=30.0, free_mm2=15.0, joined=0.4)


@pytest.mark.parametrize(
    ("measures", "is_bilevel", "state"),
    [
        (BARE, False, InkState.EMPTY),
        (HAIR, False, InkState.EMPTY),
        (SIGNATURE, False, InkState.SIGNED),
        (SIGNATURE, True, InkState.SIGNED),
        (OF_A_STAMP, False, InkState.SIGNED),
        (replace(OF_A_STAMP, joined=1.0), True, InkState.SIGNED),
    ],
    ids=["bare", "hair", "signed", "signed, black and white", "small", "one stroke, black and white"],
)
def test_what_is_certain_is_said(measures: InkMeasures, is_bilevel: bool, state: InkState) -> None:
    assert judge(measures, is_bilevel=is_bilevel) == (state, "")


@pytest.mark.parametrize(
    ("measures", "is_bilevel", "word"),
    [
        (replace(HAIR, area_mm2=6.0), False, "trop petite"),
        (replace(HAIR, contrast=0.3), False, "trop petite"),
        (replace(HAIR, foreign_mm2=2.0), False, "venue d’ailleurs"),
        (replace(BARE, stray_mm2=20.0), False, "à côté"),
        (replace(BARE, dust_mm2=5.0), False, "points"),
        (replace(BARE, faint_seen=0.2), False, "contrastée"),
        (replace(BARE, faint_seen=None), True, "contrastée"),
        (replace(SIGNATURE, is_stamp=True), False, "tampon"),
        (replace(SIGNATURE, contrast=0.12), False, "pâle"),
        (replace(SIGNATURE, free_mm2=6.0), False, "traits droits"),
        (replace(SIGNATURE, inside=0.55), False, "d’une case à l’autre"),
        (replace(SIGNATURE, foreign_mm2=20.0), False, "d’une case à l’autre"),
        (OF_A_STAMP, True, "traits droits"),
    ],
)
def test_what_is_not_is_asked_with_its_reason(measures: InkMeasures, is_bilevel: bool, word: str) -> None:
    state, reason = judge(measures, is_bilevel=is_bilevel)
    assert state is InkState.UNCERTAIN
    assert word in reason


def test_an_empty_black_and_white_box_whose_faint_lines_are_seen_is_empty() -> None:
    assert judge(BARE, is_bilevel=True) == (InkState.EMPTY, "")
