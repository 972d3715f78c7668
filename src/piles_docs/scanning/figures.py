"""Ink that no hand signs with: long lines, the ring of a stamp, rows of printed letters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piles_docs.scanning.alignment import PIXELS_PER_MM
from piles_docs.scanning.arrays import Mask, Plane, Points, label

_MOST_POINTS = 1500
_SEED = 1
_TURNS = 90
"""Directions of lines that are tried, two degrees apart."""
_LINE_MM = 0.9
"""A pixel no further from a line belongs to it."""
_SHORTEST_LINE_MM = 11.0
_LEAST_COVERED = 0.75
_MOST_LINES = 3
_RADII_MM = (8.0, 26.0)
"""Of the rings of stamps."""
_RING_MM = 0.5
_TRIES = 300
_LEAST_RING = 0.5
"""Of its circumference, seen."""
_LETTER_MM = (0.6, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the ink of a box is made of."""

    free_mm2: float
    """What is neither a long line nor a ring."""
    is_ringed: bool
    letters: int
    """Separate marks of the size of printed letters."""


def read_figures(mine: Mask, gone: Plane) -> Figures:
    """Look for figures in ink.

    Args:
        mine: Where the ink is.
        gone: How dark each point is.
    """
    rows, columns = np.nonzero(mine)
    every = np.column_stack([columns, rows]) / PIXELS_PER_MM
    chance = np.random.default_rng(_SEED)  # the same page, the same answer
    points = every[chance.choice(len(every), min(len(every), _MOST_POINTS), replace=False)]
    each_mm2 = len(every) / PIXELS_PER_MM**2 / max(len(points), 1)
    is_ringed = _has_ring(points, chance)
    for _ in range(_MOST_LINES):
        if len(points) < 10:
            break
        on_line = _on_longest_line(points)
        if on_line is None:
            break
        points = points[~on_line]
    return Figures(free_mm2=len(points) * each_mm2, is_ringed=is_ringed, letters=_letters(mine, gone))


def _on_longest_line(points: Points) -> np.ndarray | None:
    """Which points are on the line that holds most of them; None where it is short or full of gaps."""
    angles = np.arange(_TURNS) * np.pi / _TURNS
    away = points @ np.vstack([-np.sin(angles), np.cos(angles)])
    bins = np.round(away / _LINE_MM).astype(int)
    low = int(bins.min())
    width = int(bins.max()) - low + 3
    counts = np.bincount(
        ((bins - low) + np.arange(_TURNS) * width).ravel(), minlength=_TURNS * width
    ).reshape(_TURNS, width)
    counts = counts + np.roll(counts, 1, axis=1)  # a line may lie between two bins
    turn, offset = np.unravel_index(int(counts.argmax()), counts.shape)
    along_way = np.array([np.cos(angles[turn]), np.sin(angles[turn])])
    along = points @ along_way
    distance = away[:, turn] - (offset + low - 0.5) * _LINE_MM
    near = np.abs(distance) < 2 * _LINE_MM
    for bound in (1.5 * _LINE_MM, _LINE_MM):  # a hand's line is bent a little
        bend = np.polynomial.Polynomial.fit(along[near], distance[near], 2 if near.sum() > 20 else 1)
        near = np.abs(distance - bend(along)) < bound
        if near.sum() < 10:
            return None
    steps = np.unique(np.round(along[near]))
    length = float(steps[-1] - steps[0])
    if length < _SHORTEST_LINE_MM or len(steps) < _LEAST_COVERED * length:
        return None
    return np.asarray(near)


def _has_ring(points: Points, chance: np.random.Generator) -> bool:
    """Whether the ink holds a circle of the size of a stamp: by circles through three of its points."""
    if len(points) < 60:
        return False
    a, b, c = (points[chance.integers(0, len(points), _TRIES)] for _ in range(3))
    ab, ac = b - a, c - a
    cross = 2 * (ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    cross[np.abs(cross) < 1e-6] = 1e-6
    squares = (ab**2).sum(axis=1), (ac**2).sum(axis=1)
    centre = a + np.column_stack(
        [
            (ac[:, 1] * squares[0] - ab[:, 1] * squares[1]) / cross,
            (ab[:, 0] * squares[1] - ac[:, 0] * squares[0]) / cross,
        ]
    )
    radius = np.hypot(*(a - centre).T)
    fits = (radius > _RADII_MM[0]) & (radius < _RADII_MM[1])
    centre, radius = centre[fits], radius[fits]
    if not len(radius):
        return False
    away = points[None, :, :] - centre[:, None, :]
    on = np.abs(np.hypot(away[..., 0], away[..., 1]) - radius[:, None]) < _RING_MM
    best = int(on.sum(axis=1).argmax())
    turns = np.arctan2(away[best, on[best], 1], away[best, on[best], 0])
    return len(np.unique(np.round(turns / (2 * np.pi) * 48))) >= _LEAST_RING * 48


def _letters(mine: Mask, gone: Plane) -> int:
    """How many separate marks are as small as printed letters, seen sharply."""
    dark = float(np.percentile(gone[mine], 70))
    _, components = label(mine & (gone > 0.5 * dark))
    least, most = (side * PIXELS_PER_MM for side in _LETTER_MM)
    return sum(
        least <= max(one.right - one.left, one.bottom - one.top) <= most
        and one.area >= 0.15 * PIXELS_PER_MM**2
        for one in components
    )
