"""Lines, stamps and folds are told from what a hand signs with."""

from __future__ import annotations

import random

import numpy as np
import pytest

from piles_docs.scanning.alignment import PIXELS_PER_MM
from piles_docs.scanning.arrays import Mask
from piles_docs.scanning.figures import Figures, read_figures, without_crossing_lines

from . import handwriting
from .handwriting import PENS, Patch, across, stamp, strokes_of, write

SIZE = (round(55 * PIXELS_PER_MM), round(100 * PIXELS_PER_MM))


def _drawn(*patches: Patch) -> np.ndarray:
    """How much of the paper's light the patches take."""
    gone = np.zeros(SIZE, np.float32)
    for patch in patches:
        rows = slice(max(0, patch.top), patch.top + patch.cover.shape[0])
        columns = slice(max(0, patch.left), patch.left + patch.cover.shape[1])
        part = gone[rows, columns]
        cover = patch.cover[max(0, -patch.top) :, max(0, -patch.left) :][: part.shape[0], : part.shape[1]]
        np.maximum(part, cover, out=part)
    return gone


def _figures(gone: np.ndarray) -> tuple[Mask, Figures]:
    mine = gone > 0.2
    return mine, read_figures(mine, gone)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # the same ink each time


@pytest.mark.parametrize("seed", range(20))
def test_a_stamp_alone_is_told(seed: int) -> None:
    _, figures = _figures(_drawn(stamp((50, 27), PIXELS_PER_MM, _chance(seed))))
    assert figures.is_stamp or figures.free_mm2 < 4


def test_a_stamp_whose_letters_run_into_each_other_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handwriting, "_STAMP_LINES", (("LA PRÉSIDENTE",),))
    for seed in range(40):  # alone, in a frame or in a ring
        gone = _drawn(stamp((50, 27), PIXELS_PER_MM, _chance(seed)))
        for axis in (0, 1):
            gone = (np.roll(gone, 1, axis) + gone + np.roll(gone, -1, axis)) / 3
        assert _figures(gone)[1].is_stamp, seed


def test_what_a_black_and_white_scan_leaves_of_a_frame_is_a_stamp() -> None:
    gone = np.zeros(SIZE, np.float32)
    for rows, columns in (
        (slice(60, 62), slice(100, 330)),
        (slice(200, 202), slice(100, 260)),
        (slice(60, 202), slice(100, 102)),
        (slice(120, 202), slice(398, 400)),
        (slice(150, 153), slice(210, 214)),
    ):
        gone[rows, columns] = 1
    assert _figures(gone)[1].is_stamp


def test_a_ring_of_which_a_fold_hides_a_part_is_a_stamp() -> None:
    turns = np.radians([*range(-45, 46), *range(135, 226)])
    gone = np.zeros(SIZE, np.float32)
    for away in np.arange(-0.3, 0.3, 0.05):
        rows, columns = 27 + (17 + away) * np.sin(turns), 50 + (17 + away) * np.cos(turns)
        gone[(rows * PIXELS_PER_MM).astype(int), (columns * PIXELS_PER_MM).astype(int)] = 0.6
    gone[155:170, 280:320] = 0.6
    assert _figures(gone)[1].is_stamp


def test_peaks_of_many_straight_strokes_are_no_box_struck_out() -> None:
    peaks = [(0.0, 0.9), (0.25, 0.1), (0.5, 0.9), (0.75, 0.1), (1.0, 0.9)]
    mine, figures = _figures(_drawn(write([peaks], PENS[1], (25, 18, 50, 16), PIXELS_PER_MM, _chance(1))))
    assert figures.free_mm2 >= 0.12 * mine.sum() / PIXELS_PER_MM**2


def test_few_signatures_are_taken_for_stamps() -> None:
    taken = 0
    for seed in range(20):
        chance = _chance(seed)
        patch = write(strokes_of("usual", chance), PENS[1], (30, 20, 40, 14), PIXELS_PER_MM, chance)
        mine, figures = _figures(_drawn(patch))
        taken += figures.is_stamp
        assert figures.free_mm2 <= mine.sum() / PIXELS_PER_MM**2
    assert taken <= 2


@pytest.mark.parametrize("seed", range(10))
def test_a_box_struck_out_holds_lines_alone(seed: int) -> None:
    chance = _chance(seed)
    lines = [across(chance, 1.0, 0.0), across(chance, 0.0, 1.0)]
    mine, figures = _figures(_drawn(write(lines, PENS[0], (20, 18, 50, 18), PIXELS_PER_MM, chance)))
    assert figures.free_mm2 < max(4, 0.12 * mine.sum() / PIXELS_PER_MM**2)


@pytest.mark.parametrize("seed", range(10))
def test_noise_around_thin_lines_does_not_hide_that_they_are_lines(seed: int) -> None:
    chance = _chance(seed)
    lines = [across(chance, 1.0, 0.0), across(chance, 0.0, 1.0)]
    gone = _drawn(write(lines, PENS[0], (20, 22, 60, 8), PIXELS_PER_MM, chance))
    noise = np.random.default_rng(seed).random(SIZE) < 0.08
    near = gone > 0.2
    for _ in range(12):  # two millimetres around
        near[1:-1, 1:-1] |= near[:-2, 1:-1] | near[2:, 1:-1] | near[1:-1, :-2] | near[1:-1, 2:]
    gone = np.where(near & noise, np.maximum(gone, 0.22), gone)
    mine, figures = _figures(gone)
    assert figures.free_mm2 < max(4, 0.12 * mine.sum() / PIXELS_PER_MM**2)


def test_a_flat_loop_in_one_stroke_is_no_stamp() -> None:
    turns = np.linspace(0, 4 * np.pi, 200)
    loop = [(0.5 + 0.4 * np.cos(turn) + 0.01 * turn, 0.5 + 0.4 * np.sin(turn)) for turn in turns]
    _, figures = _figures(_drawn(write([loop], PENS[0], (30, 20, 22, 5), PIXELS_PER_MM, _chance(1))))
    assert not figures.is_stamp
    assert figures.joined == 1.0


def test_a_frame_with_letters_is_a_stamp_however_crooked() -> None:
    told = 0
    for seed in range(40):
        patch = stamp((50, 27), PIXELS_PER_MM, _chance(seed))
        told += _figures(_drawn(patch))[1].is_stamp
    assert told >= 38


def test_a_large_full_signature_over_a_stamp_is_seen() -> None:
    seen = 0
    for seed in range(20):
        chance = _chance(seed)
        over = write(strokes_of("usual", chance), PENS[3], (25, 16, 50, 20), PIXELS_PER_MM, chance)
        seen += not _figures(_drawn(stamp((50, 27), PIXELS_PER_MM, chance), over))[1].is_stamp
    assert seen >= 5


def test_a_fold_is_taken_away_and_what_is_written_beside_it_stays() -> None:
    written, gone = _folded(0.1, written_from=10)
    left = without_crossing_lines(gone > 0.05, gone, CLEAR)
    assert not left[238:245].any()
    assert left[:230].tolist() == written[:230].tolist()


def test_a_stroke_that_crosses_a_fold_stays_whole() -> None:
    written, gone = _folded(0.1, written_from=35)
    left = without_crossing_lines(gone > 0.05, gone, CLEAR)
    assert left[240:243].tolist() == (written[240:243] & (gone[240:243] > 0.25)).tolist()
    assert left[240:243].any()


def test_a_fold_is_seen_though_print_hides_much_of_it() -> None:
    _, gone = _folded(0.1, written_from=10)
    hidden = CLEAR.copy()
    hidden[:, 200:400] = True
    left = without_crossing_lines((gone > 0.05) & ~hidden, gone, hidden)
    assert not left[238:245].any()


def test_a_fold_is_seen_though_a_stroke_holds_more_ink() -> None:
    _, gone = _folded(0.1, written_from=10)
    gone[100:112, 20:420] = 0.6
    left = without_crossing_lines(gone > 0.05, gone, CLEAR)
    assert not left[238:245].any()
    assert left[100:112, 20:420].all()


def test_a_faint_streak_is_seen_on_a_page_full_of_stamps() -> None:
    gone = np.concatenate([_drawn(stamp((30, 27), PIXELS_PER_MM, _chance(seed))) for seed in range(6)])
    gone[:, 450:452] = 0.1
    hidden = np.zeros(gone.shape, np.bool_)
    assert not without_crossing_lines(gone > 0.05, gone, hidden)[:, 450:452].any()


def test_a_line_that_ends_within_the_box_stays() -> None:
    ink = np.zeros(SIZE, np.bool_)
    ink[150:153, 100:500] = True
    assert without_crossing_lines(ink, ink * 0.5, CLEAR).tolist() == ink.tolist()


def test_a_stroke_from_border_to_border_stays_though_print_hides_what_is_beyond() -> None:
    ink = np.zeros(SIZE, np.bool_)
    ink[150:153, 90:510] = True
    hidden = CLEAR.copy()
    hidden[:, 515:580] = True
    assert without_crossing_lines(ink, ink * 0.5, hidden).tolist() == ink.tolist()


CLEAR: Mask = np.zeros(SIZE, np.bool_)
"""Nothing is printed there."""


def _folded(depth: float, *, written_from: float) -> tuple[Mask, np.ndarray]:
    """Where a signature is that begins so many millimetres from the top, and how dark it and a fold are."""
    chance = _chance(3)
    place = (30, written_from, 40, 12)
    gone = _drawn(write(strokes_of("usual", chance), PENS[1], place, PIXELS_PER_MM, chance))
    written = gone > 0.05
    gone[240:243] = np.maximum(gone[240:243], depth)
    return written, gone
