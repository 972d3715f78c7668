"""What measures of a box allow to say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from piles_docs.methodology.acts import Box, InkState
from piles_docs.methodology.page_marks import POINTS_PER_MM
from piles_docs.scanning.alignment import PIXELS_PER_MM, Region
from piles_docs.scanning.arrays import Plane
from piles_docs.scanning.ink import InkMeasures, judge, read_boxes

BARE = InkMeasures(
    area_mm2=0.0,
    core_mm2=0.0,
    extent_mm=0.0,
    inside=0.0,
    contrast=0.0,
    steepness=0.0,
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
    BARE,
    area_mm2=60.0,
    core_mm2=50.0,
    extent_mm=35.0,
    inside=1.0,
    contrast=0.5,
    steepness=1.2,
    free_mm2=40.0,
    joined=0.6,
)
HAIR = replace(
    BARE, area_mm2=3.0, core_mm2=3.0, extent_mm=9.0, inside=1.0, contrast=0.1, steepness=0.5, free_mm2=3.0
)
OF_A_STAMP = replace(SIGNATURE, area_mm2=30.0, free_mm2=15.0, joined=0.4)


@pytest.mark.parametrize(
    ("measures", "is_bilevel", "state"),
    [
        (BARE, False, InkState.EMPTY),
        (HAIR, False, InkState.EMPTY),
        (SIGNATURE, False, InkState.SIGNED),
        (SIGNATURE, True, InkState.SIGNED),
        (replace(SIGNATURE, contrast=0.14, steepness=0.4), False, InkState.SIGNED),
        (OF_A_STAMP, False, InkState.SIGNED),
        (replace(OF_A_STAMP, joined=1.0), True, InkState.SIGNED),
    ],
    ids=["bare", "hair", "signed", "signed, black and white", "pale", "small", "one stroke, black and white"],
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
        (replace(SIGNATURE, steepness=0.3), False, "bords flous"),
        (replace(SIGNATURE, steepness=0.3, is_stamp=True), False, "bords flous"),
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


# Two boxes of 70 by 26 mm, one over the other, 14 mm from each other and from all sides.
WIDE, HIGH = 98, 94
BOXES = tuple(
    Box(
        party=f"party-{rank}",
        page=1,
        rect=(
            14 * POINTS_PER_MM,
            (HIGH - top - 26) * POINTS_PER_MM,
            84 * POINTS_PER_MM,
            (HIGH - top) * POINTS_PER_MM,
        ),
    )
    for rank, top in enumerate((14, 54))
)


def _read(gone: Plane, printed: Plane | None = None) -> list[tuple[InkState, str]]:
    """What is said of the two boxes, with nothing printed around if nothing is given."""
    region = Region(
        around=(0, 0, WIDE * POINTS_PER_MM, HIGH * POINTS_PER_MM),
        piece=Image.new("L", (gone.shape[1], gone.shape[0])),
        gone=gone,
        printed=np.zeros_like(gone) if printed is None else printed,
        tiles=1,
        disagreement_mm=0.0,
    )
    return [(box.state, box.reason) for box in read_boxes(region, BOXES, is_bilevel=False)]


def _ring(down: float, *, radius: float, width: float, depth: float) -> Plane:
    """A ring around a point in the middle of the page's width: to a stroke's edge, or a stain's, it grows as a bell."""
    rows, columns = np.indices((round(HIGH * PIXELS_PER_MM), round(WIDE * PIXELS_PER_MM))) / PIXELS_PER_MM
    away = np.hypot((columns - WIDE / 2) / 1.6, rows - down) - radius
    return np.asarray(depth * np.exp(-((away / width) ** 2)), np.float32)


def test_a_stain_however_dark_is_no_ink_and_a_pale_stroke_of_the_same_shape_is() -> None:
    stain = _read(_ring(27, radius=9, width=0.8, depth=0.25))
    assert stain[0][0] is InkState.UNCERTAIN
    assert "bords flous" in stain[0][1]
    assert stain[1] == (InkState.EMPTY, "")
    stroke = _read(_ring(27, radius=9, width=0.25, depth=0.2))
    assert stroke == [(InkState.SIGNED, ""), (InkState.EMPTY, "")]


def test_a_stain_that_enters_a_box_is_not_ink_from_elsewhere() -> None:
    assert [state for state, _ in _read(_ring(47, radius=12, width=0.8, depth=0.2))] == [InkState.EMPTY] * 2
    entered = _read(_ring(47, radius=12, width=0.25, depth=0.2))
    assert [state for state, _ in entered] == [InkState.UNCERTAIN] * 2


def test_what_is_written_on_a_stain_that_is_in_both_boxes_is_not_taken_for_the_stain() -> None:
    stain = _ring(47, radius=22, width=2.5, depth=0.2)
    written = _ring(22, radius=3, width=0.25, depth=0.2) + _ring(72, radius=3, width=0.25, depth=0.2)
    assert [state for state, _ in _read(stain)] == [InkState.EMPTY] * 2
    assert InkState.EMPTY not in [state for state, _ in _read(np.maximum(stain, written))]


@pytest.mark.parametrize(("seen", "state"), [(0.07, InkState.EMPTY), (0.03, InkState.UNCERTAIN)])
def test_the_faint_line_around_a_box_is_seen_where_it_is_paler_than_ink(seen: float, state: InkState) -> None:
    printed = np.zeros((round(HIGH * PIXELS_PER_MM), round(WIDE * PIXELS_PER_MM)), np.float32)
    for row in (12, 42, 52, 82):
        printed[round(row * PIXELS_PER_MM) : round(row * PIXELS_PER_MM) + 2] = 0.2
    assert [said for said, _ in _read(printed * np.float32(seen / 0.15), printed)] == [state, state]
