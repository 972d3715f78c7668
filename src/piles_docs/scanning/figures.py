"""Ink that no hand signs with: long lines alone, the ring of a stamp, rows of small letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from piles_docs.scanning.alignment import PIXELS_PER_MM
from piles_docs.scanning.arrays import Component, Mask, Plane, Points, grown, label

_SEED = 1
_MOST_POINTS = 1500
"""Figures are looked for among so many pixels, drawn by chance: always the same ones of the same page."""
_FEWEST_POINTS = 60
_SHARP, _SHARP_AT = 0.5, 80
"""Of how dark the ink is, at this percentile: what is lighter is its fringe, or noise."""

_TURNS = 90
"""Directions of lines that are tried, two degrees apart."""
_LINE_MM = 0.6
"""A pixel no further from a line belongs to it."""
_BESIDE_MM = 1.6
_MOST_BESIDE = 0.35
"""Of its ink, what there may be close by: a line stands alone, a row of letters does not."""
_SHORTEST_LINE_MM = 11.0
_LEAST_COVERED = 0.75
_MOST_LINES = 4
_MOST_TRIED = 8
"""The fullest lines, of which some may cross all that is looked at."""
_MOST_STRIKES = 3
"""Of lines that strike out a box; what has more is a signature of straight strokes."""
_FOLD_MM = 1.0
"""Half the width of a fold."""
_SQUARE_PIXELS = 3
_STEP_MM = 2.0
"""A line across all is seen in so long a part of it if any of its ink is."""
_END_STEPS, _LEAST_END = 5, 0.5
"""At either end, beyond the boxes, so much is seen of it: no stroke from border to border goes so far."""
_FAR_DARKER = 2.5
"""Than a fold in its middle part: that is a stroke which crosses it."""

_RADII_MM = (11.0, 26.0)
"""Of the rings of stamps."""
_RING_MM = 0.5
_CIRCLES = 300
_TURN_STEPS = 48
_LEAST_RING = 0.6
"""Of its circumference, seen."""
_CUT_RING, _CUT_RING_SHARE = 0.45, 0.5
"""The same, where so large a share of all ink is on it: a fold, and what is printed, hide much of a ring."""

_STEEPEST = 15
"""In degrees: how crookedly a stamp is set."""
_NEAR_DEGREES = 12
"""An edge is upright or level if it is no further from it."""
_LEAST_SQUARE = 0.05
"""Of the edges, those that are upright, and those that are level: a stamp's letters and frame have both."""
_SQUARE_WORD = 0.12
"""The same where letters run into each other: what is left is told from a pen's stroke by nothing else."""
_SQUARE_FRAME = 0.075
"""One multiplied by the other: a frame, or what a scan leaves of it, has that, and hardly any signature."""
_ROW_STEP_MM = 0.2
_WHITE = 0.15
"""Of the ink of a full row, what there may be between rows: a frame's sides."""
_ROW_MM = (0.7, 5.0)
_LOW_ROW_MM = 3.4
"""Of a single row, which a hand may have written too."""
_SHORTEST_ROW_MM = 6.0
_LEAST_ALONG = 0.25
_LEAST_SHARE = 0.04
_NEARLY_ALL = 0.7

_LETTER_MM = (0.6, 5.0)
_LEAST_PIECE_MM2 = 0.15
_MOST_LETTERS = 11
_FEW_LETTERS = 4
_ONE_STROKE = 0.97
"""Of the ink: if so much is one piece, it is not letters."""
_LARGEST_WORD = 0.75
"""Of the ink in rows: what is larger is no word, but a stroke of a pen."""
_STROKE_MM = 20.0
"""The greater side of a stroke that only a pen makes."""
_STROKE_CORE = 0.3
"""Of it, what is in the middle of the rectangle around it: a frame has nothing there."""
_STROKES = ((0.55, 0.16, 10.0), (0.35, 0.22, 8.0))
"""Its least share of all ink and of the rectangle around it, and its lesser side in millimetres."""
_SCATTERED = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the ink of a box is made of."""

    free_mm2: float
    """What is not one of the few long lines that hold most."""
    joined: float
    """Which share of it is one piece."""
    is_stamp: bool
    """Whether it has a stamp's ring or frame, rows of small letters, or small pieces and no large one."""


NOTHING = Figures(free_mm2=0.0, joined=0.0, is_stamp=False)


def read_figures(mine: Mask, gone: Plane) -> Figures:
    """Look for figures in ink.

    Args:
        mine: Where the ink is.
        gone: How dark each point is.
    """
    sharp = mine & (gone > _SHARP * float(np.percentile(gone[mine], _SHARP_AT)))
    rows, columns = np.nonzero(sharp)
    every = np.column_stack([columns, rows]) / PIXELS_PER_MM
    chance = np.random.default_rng(_SEED)
    points = every[chance.choice(len(every), min(len(every), _MOST_POINTS), replace=False)]
    lines = list(_long_lines(points))
    held = np.array([line.holds(every) for line in lines], np.bool_).reshape(len(lines), len(every))
    free, rest = points, sharp.copy()
    rest[rows[held.any(axis=0)], columns[held.any(axis=0)]] = False
    for line in lines:
        free = free[~line.holds(free)]
    labels, pieces = label(sharp)
    joined = max(piece.area for piece in pieces) / len(every)
    written = rest if len(free) >= _FEWEST_POINTS else sharp
    square = _square_edges(sharp, gone)
    is_stamp = not _has_stroke(labels, pieces) and (
        _has_ring(points, chance)
        or square[0] * square[1] >= _SQUARE_FRAME
        or (joined < _ONE_STROKE and _is_pieces(written, (points, free), min(square)))
    )
    struck = held[:_MOST_STRIKES].any(axis=0)
    return Figures(free_mm2=float((~struck).sum()) / PIXELS_PER_MM**2, joined=joined, is_stamp=is_stamp)


@dataclass(frozen=True, slots=True)
class _Line:
    """A long line, a little bent."""

    turn: float
    """Its direction, in radians."""
    bend: np.polynomial.Polynomial
    """From the way along it to the distance across, in millimetres."""

    def across(self, points: Points) -> tuple[Points, Points]:
        """How far along each point is, and how far from the line."""
        along = points @ np.array([np.cos(self.turn), np.sin(self.turn)])
        return along, points @ np.array([-np.sin(self.turn), np.cos(self.turn)]) - self.bend(along)

    def holds(self, points: Points) -> Mask:
        """Which points are on it."""
        return np.asarray(np.abs(self.across(points)[1]) < _LINE_MM)


def _long_lines(points: Points) -> Iterator[_Line]:
    """The lines that stand alone, those that hold most points first."""
    for _ in range(_MOST_LINES):
        if len(points) < _FEWEST_POINTS:
            return
        line = _longest_line(points)
        if line is None:
            return
        yield line
        points = points[~line.holds(points)]


def _longest_line(points: Points) -> _Line | None:
    """The line that holds most points; None where it is short, full of gaps, or not alone."""
    line = _fullest_line(points)
    if line is None:
        return None
    along, gap = line.across(points)
    near = np.abs(gap) < _LINE_MM
    steps = np.unique(np.round(along[near]))
    if len(steps) < 2 or not _SHORTEST_LINE_MM <= np.ptp(steps) <= len(steps) / _LEAST_COVERED:
        return None
    beside = ~near & (np.abs(gap) < _BESIDE_MM) & (along >= steps[0]) & (along <= steps[-1])
    return line if beside.sum() <= _MOST_BESIDE * near.sum() else None


def _fullest_line(points: Points) -> _Line | None:
    """The line, a little bent, that holds most points; None where it has few, or is short."""
    angles = np.arange(_TURNS) * np.pi / _TURNS
    away = points @ np.vstack([-np.sin(angles), np.cos(angles)])
    bins = np.round(away / _LINE_MM).astype(int)
    low = int(bins.min())
    width = int(bins.max()) - low + 3
    counts = np.bincount(((bins - low) + np.arange(_TURNS) * width).ravel(), minlength=_TURNS * width)
    counts = counts.reshape(_TURNS, width)
    counts = counts + np.roll(counts, 1, axis=1)  # a line may lie between two bins
    turn, offset = np.unravel_index(int(counts.argmax()), counts.shape)
    line = _Line(float(angles[turn]), np.polynomial.Polynomial([(offset + low - 0.5) * _LINE_MM]))
    for bound in (3 * _LINE_MM, 2 * _LINE_MM):
        along, gap = line.across(points)
        near = np.abs(gap) < bound
        if near.sum() < _FEWEST_POINTS / 2 or np.ptp(along[near]) < _SHORTEST_LINE_MM:
            return None
        bend = np.polynomial.Polynomial.fit(along[near], gap[near] + line.bend(along[near]), 2)
        line = _Line(line.turn, bend)
    return line


def without_crossing_lines(ink: Mask, gone: Plane, hidden: Mask) -> Mask:
    """The ink without lines that run from edge to edge of what is looked at: folds, and streaks of a scanner.

    No hand draws so far: from beyond one side of the boxes to beyond the other.

    Args:
        ink: What was seen.
        gone: How dark each point is: what is far darker than the line is a stroke that crosses it.
        hidden: Where none can be, for something is printed there: a line may run through.
    """
    rows, columns = np.nonzero(ink)
    every = np.column_stack([columns, rows]) / PIXELS_PER_MM
    # Each square that holds ink counts once, or thin lines would be lost among thick ones.
    squares = np.unique(np.column_stack([columns, rows]) // _SQUARE_PIXELS, axis=0)
    if len(squares) < _FEWEST_POINTS:
        return ink
    chance = np.random.default_rng(_SEED)
    points = chance.permutation(squares)[: 2 * _MOST_POINTS] * (_SQUARE_PIXELS / PIXELS_PER_MM)
    left = ink.copy()
    for _ in range(_MOST_TRIED):
        line = _fullest_line(points) if len(points) >= _FEWEST_POINTS else None
        if line is None:
            break
        if _crosses(line, points, hidden):
            on_line = np.abs(line.across(every)[1]) < _FOLD_MM
            darkness = gone[rows[on_line], columns[on_line]]
            left[rows[on_line], columns[on_line]] &= darkness > _FAR_DARKER * np.median(darkness)
        points = points[np.abs(line.across(points)[1]) >= _FOLD_MM]
    return left


def _crosses(line: _Line, points: Points, hidden: Mask) -> bool:
    """Whether a line runs through all of the plane, nearly without gaps where it can be seen."""
    high, wide = (side / PIXELS_PER_MM for side in hidden.shape)
    way = (np.arange(-np.hypot(high, wide) // _STEP_MM, np.hypot(high, wide) // _STEP_MM) + 0.5) * _STEP_MM
    x = way * np.cos(line.turn) - line.bend(way) * np.sin(line.turn)
    y = way * np.sin(line.turn) + line.bend(way) * np.cos(line.turn)
    inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
    clear = ~hidden[(y[inside] * PIXELS_PER_MM).astype(int), (x[inside] * PIXELS_PER_MM).astype(int)]
    along, gap = line.across(points)
    seen = np.isin(way[inside][clear] // _STEP_MM, along[np.abs(gap) < _LINE_MM] // _STEP_MM)
    return bool(
        inside.sum() * _STEP_MM >= 0.9 * min(high, wide)
        and clear.sum() >= inside.sum() / 2
        and seen.sum() >= _LEAST_COVERED * clear.sum()
        and min(seen[:_END_STEPS].mean(), seen[-_END_STEPS:].mean()) >= _LEAST_END
    )


def _has_ring(points: Points, chance: np.random.Generator) -> bool:
    """Whether the ink holds a circle of the size of a stamp: by circles through three of its points."""
    if len(points) < _FEWEST_POINTS:
        return False
    a, b, c = (points[chance.integers(0, len(points), _CIRCLES)] for _ in range(3))
    ab, ac = b - a, c - a
    cross = 2 * (ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    cross[np.abs(cross) < 1e-6] = 1e-6
    ab2, ac2 = (ab**2).sum(axis=1), (ac**2).sum(axis=1)
    right = (ac[:, 1] * ab2 - ab[:, 1] * ac2) / cross
    down = (ab[:, 0] * ac2 - ac[:, 0] * ab2) / cross
    radius = np.hypot(right, down)
    fits = (radius > _RADII_MM[0]) & (radius < _RADII_MM[1])
    if not fits.any():
        return False
    away = points[None, :, :] - (a + np.column_stack([right, down]))[fits][:, None, :]
    on = np.abs(np.hypot(away[..., 0], away[..., 1]) - radius[fits][:, None]) < _RING_MM
    best = int(on.sum(axis=1).argmax())
    turns = np.arctan2(away[best, on[best], 1], away[best, on[best], 0])
    seen = len(np.unique(np.round(turns / (2 * np.pi) * _TURN_STEPS))) / _TURN_STEPS
    return seen >= (_CUT_RING if on[best].mean() >= _CUT_RING_SHARE else _LEAST_RING)


def _square_edges(sharp: Mask, gone: Plane) -> tuple[float, float]:
    """Which shares of the edges of ink are upright, and level, as crookedly as both are most.

    Letters and frames of a stamp have both; a hand writes aslant, and seldom both.
    """
    rows, columns = (
        slice(max(0, int(places.min()) - 1), int(places.max()) + 2) for places in np.nonzero(sharp)
    )
    down, right = (np.asarray(slope) for slope in np.gradient(gone[rows, columns]))
    edges = grown(sharp[rows, columns], 1)
    turns = np.degrees(np.arctan2(down[edges], right[edges])) % 180
    weights = down[edges] ** 2 + right[edges] ** 2
    counts = np.bincount(turns.astype(int) % 180, weights, 180) / max(float(weights.sum()), 1e-9)
    near = np.arange(-_NEAR_DEGREES, _NEAR_DEGREES)
    return max(
        (
            (float(counts[(crooked + near) % 180].sum()), float(counts[(crooked + 90 + near) % 180].sum()))
            for crooked in range(-_STEEPEST, _STEEPEST + 1)
        ),
        key=sum,
    )


def _is_pieces(sharp: Mask, views: tuple[Points, ...], square: float) -> bool:
    """Whether the ink is in small pieces, as printed letters are, and not in the strokes of a pen.

    Args:
        sharp: The ink, without long lines.
        views: The same ink as points, with and without the lines: rows are looked for in each.
        square: Which share of its edges is upright, or level, whichever is less.
    """
    least = _LEAST_PIECE_MM2 * PIXELS_PER_MM**2
    pieces = [piece for piece in label(sharp)[1] if piece.area >= least]
    if not pieces:
        return False
    sides = [max(piece.right - piece.left, piece.bottom - piece.top) / PIXELS_PER_MM for piece in pieces]
    letters = sum(_LETTER_MM[0] <= side <= _LETTER_MM[1] for side in sides)
    if square < (_LEAST_SQUARE if letters >= _FEW_LETTERS else _SQUARE_WORD):
        return False
    if letters > _MOST_LETTERS:
        return True
    largest = max(piece.area for piece in pieces) / float(sharp.sum())
    if largest < _SCATTERED and len(pieces) > _MOST_LETTERS:
        return True
    rows = max(map(_rows_of_small_writing, views))
    return rows == 1 or (rows > 1 and largest < _LARGEST_WORD)


def _has_stroke(labels: np.ndarray, pieces: list[Component]) -> bool:
    """Whether the largest piece is full, and not along its edges alone: a pen made it, over a stamp."""
    whole = sum(piece.area for piece in pieces)
    largest = max(range(len(pieces)), key=lambda rank: pieces[rank].area)
    piece = pieces[largest]
    wide, high = piece.right - piece.left, piece.bottom - piece.top
    core = labels[
        piece.top + high // 4 : piece.bottom - high // 4, piece.left + wide // 4 : piece.right - wide // 4
    ]
    return (
        max(wide, high) >= _STROKE_MM * PIXELS_PER_MM
        and float((core == largest + 1).sum()) >= _STROKE_CORE * piece.area
        and any(
            piece.area >= max(share * whole, full * wide * high) and min(wide, high) >= low * PIXELS_PER_MM
            for share, full, low in _STROKES
        )
    )


def _rows_of_small_writing(points: Points) -> int:
    """In how many rows of small writing nearly all is, in the direction in which they are seen best.

    None where much is elsewhere, and where a single row may as well be a name that a hand wrote.
    """
    if len(points) < _FEWEST_POINTS:
        return 0
    angles = np.radians(np.arange(-_STEEPEST, _STEEPEST + 1))
    heights = points @ np.vstack([-np.sin(angles), np.cos(angles)])
    bins = np.floor((heights - heights.min(axis=0)) / _ROW_STEP_MM).astype(int)
    tall = int(bins.max()) + 1
    counts = np.stack([np.bincount(column, minlength=tall) for column in bins.T])
    best = int((counts.astype(float) ** 2).sum(axis=1).argmax())
    full = np.percentile(counts[best][counts[best] > 0], 90)
    edges = np.flatnonzero(np.diff(counts[best] > _WHITE * full, prepend=False, append=False))
    along = points @ np.array([np.cos(angles[best]), np.sin(angles[best])])
    rows = []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        there = along[(bins[:, best] >= begin) & (bins[:, best] < end)]
        row = _Row((end - begin) * _ROW_STEP_MM, float(np.ptp(there)), len(there) / len(points))
        if row.is_small(there):
            rows.append(row)
    if sum(row.share for row in rows) < _NEARLY_ALL:
        return 0
    if len(rows) == 1 and not (rows[0].height <= _LOW_ROW_MM and rows[0].length >= 4 * rows[0].height):
        return 0
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of writing, in millimetres."""

    height: float
    length: float
    share: float
    """Of all ink."""

    def is_small(self, along: Points) -> bool:
        """Whether it is of a size that stamps have, with ink all along."""
        covered = len(np.unique(np.floor(along * 2))) / (2 * self.length + 1)
        return (
            _ROW_MM[0] <= self.height <= _ROW_MM[1]
            and self.length >= _SHORTEST_ROW_MM
            and covered >= _LEAST_ALONG
            and self.share >= _LEAST_SHARE
        )
