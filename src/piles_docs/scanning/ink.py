"""What lies in the signature boxes of a page: ink, nothing, or what a person has to look at.

Strokes that are near each other are one group, for a signature is more than its strokes; a group belongs to
the box that holds most of it. What is certain is said. A stroke that comes from elsewhere, a stamp, a line
across the box, a faint trace are left to a person: a signature believed that was never given is the worst
that can happen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from piles_docs.methodology.acts import Box, InkState
from piles_docs.methodology.page_marks import POINTS_PER_MM, Rectangle
from piles_docs.scanning.alignment import PIXELS_PER_MM, Region
from piles_docs.scanning.arrays import Mask, Plane, grown, label
from piles_docs.scanning.figures import NOTHING, read_figures, without_crossing_lines

MARGIN_MM = 14.0
"""Around the boxes, what is looked at too."""
_PRINTED_MM = 0.5
"""Around printed matter, where nothing is told: print is never exactly where it should be."""
_CORE_SIDE_MM, _CORE_HEIGHT_MM = 3.0, 1.8
"""From the border of a box to its core."""
_REACH_MM = 0.75
"""Strokes nearer than twice this are of one group: what is printed, and hidden, is bridged."""
_SPECK_MM = 1.5
"""What is smaller in each direction is dust, or noise."""
_FRINGE_MM = 0.4
_LEAST_AWAY = 0.25
"""Of a group's ink, further from print than that."""
_FAR_MM = 1.0
_LEAST_FAR = 0.4
"""The same, for ink outside the boxes, where print is near, and may be moved by a sheet that is bent."""
_LARGE_MM, _LARGE_MM2, _LARGE_FAR = 10.0, 15.0, 0.03
"""So large a group is ink, even if most of it was written over print."""
_FAINTEST = 0.08
_SOFT, _LEAST_EDGE, _LEAST_EDGE_MM2 = 0.25, 0.2, 2.0
"""A pen's ink grows faster than that, in contrast a millimetre, in so large a share of it, or, where it lies
on a stain that is far larger, in so much."""
_NOISE_TIMES = 5.0
_AROUND_MM = 12.0
_FAINT_PRINT, _DARK_PRINT = 0.12, 0.6
"""Between these, print is as faint as the lines around a box: where they are seen, light ink would be too."""
_LINE_SEEN = 0.05
"""As dark as this: half of what the lightest ink is."""
_LINE_NEAR_MM = 5.0
"""From a box to the lines around it."""

# What is called empty has no ink of its own, and no more than this:
_MOST_FOREIGN_MM2 = 0.5
_MOST_STRAY_MM2 = 4.0
_MOST_DUST_MM2 = 3.0
_MOST_HAIR_MM2, _HAIR_CONTRAST = 5.0, 0.16
"""Of its own, if it is as pale as a hair."""
_LEAST_FAINT_SEEN = 0.4

# What is called ink has at least this:
_LEAST_INK_MM2 = (6.0, 4.0)
"""All of it, and what is not long lines."""
_LEAST_INK_BILEVEL_MM2 = (12.0, 10.0)
"""The same in black and white."""
_LEAST_SCATTERED_MM2 = (20.0, 20.0)
"""The same there, where it is not one piece: a faint stamp leaves some."""
_LEAST_JOINED = 0.9
_LEAST_CORE_MM2 = 4.0
_LEAST_EXTENT_MM = 4.0
_LEAST_STEEPNESS = 0.35
"""Stains, and what shows through from the other side of the sheet, have less."""
_LEAST_FREE = 0.12
"""Of the ink, what is not long lines."""
_LEAST_INSIDE = 0.6
_MOST_FOREIGN = 0.25
"""Of the box's own ink."""

_PIXEL_MM2 = 1 / PIXELS_PER_MM**2


@dataclass(frozen=True, slots=True, kw_only=True)
class InkMeasures:
    """What was measured in and around a box."""

    area_mm2: float
    """Of the groups of strokes that belong to the box, within it."""
    core_mm2: float
    """Of it, away from the border."""
    extent_mm: float
    """The longer side of the largest such group."""
    inside: float
    """Which share of that group is in the box."""
    contrast: float
    """How dark they are where they are dark: from 0 (paper) to 1 (black), the 80th percentile."""
    steepness: float
    """How fast that grows at the edges of strokes, in contrast a millimetre: the 80th percentile."""
    foreign_mm2: float
    """Of groups that lie mostly elsewhere, within the box."""
    stray_mm2: float
    """Of groups around the box that belong to no box."""
    dust_mm2: float
    """Of specks in the box."""
    free_mm2: float
    """Of the box's own ink, what is not a long line."""
    joined: float
    """Which share of that ink is one piece."""
    is_stamp: bool
    """Whether that ink looks like a stamp's."""
    noise: float
    """Of the paper, in the unit of the contrast."""
    faint_seen: float | None
    """Which share of the faint printed lines around the box is seen; None where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxInk:
    """What is seen in one box."""

    box: Box
    state: InkState
    reason: str
    """In French, why a person has to look; empty where none has."""
    measures: InkMeasures


@dataclass(frozen=True, slots=True)
class _Group:
    """Strokes that are together; areas are in square millimetres."""

    number: int
    """In the plane of labels."""
    area: float
    extent_mm: float
    is_fringe: bool
    """Whether it only follows what is printed: the edge of print that does not lie quite where it should."""
    far: float
    """Which share of it is well away from print."""
    is_soft: bool
    """Whether its edges are softer than any pen's: a stain."""
    inside: tuple[float, ...]
    """Its area within each box, by rank."""

    @property
    def is_away(self) -> bool:
        """Whether it is surely no print that was moved."""
        is_large = self.extent_mm >= _LARGE_MM and self.area >= _LARGE_MM2
        return self.far >= (_LARGE_FAR if is_large else _LEAST_FAR)

    def owner(self) -> int | None:
        """The box that holds most of it; None where most is in no box."""
        rank = int(np.argmax(self.inside))
        return rank if self.inside[rank] >= self.area / 2 else None


@dataclass(frozen=True, slots=True)
class _Seen:
    """The ink of a region."""

    gone: Plane
    steepness: Plane
    """By how much it changes, a millimetre."""
    ink: Mask
    labels: np.ndarray
    groups: list[_Group]
    noise: float


def read_boxes(region: Region, boxes: Sequence[Box], *, is_bilevel: bool) -> list[BoxInk]:
    """Tell what lies in each box of a page.

    Args:
        region: The part of the page that holds them all, with `MARGIN_MM` around.
        boxes: In it.
        is_bilevel: Whether the scan is only black and white.
    """
    seen = _see(region, [place_in(region, box.rect) for box in boxes])
    made = []
    for rank, box in enumerate(boxes):
        measures = _measure(region, seen, box, rank)
        state, reason = judge(measures, is_bilevel=is_bilevel)
        made.append(BoxInk(box=box, state=state, reason=reason, measures=measures))
    return made


def judge(ink: InkMeasures, *, is_bilevel: bool) -> tuple[InkState, str]:
    """What the measures of a box allow to say, and why a person has to look where they do not."""
    doubt = _doubt(ink, is_bilevel=is_bilevel)
    if doubt:
        return InkState.UNCERTAIN, doubt
    return (InkState.EMPTY if _is_bare(ink) else InkState.SIGNED), ""


def _is_bare(ink: InkMeasures) -> bool:
    """Whether nothing is the box's own, but a hair."""
    return ink.area_mm2 == 0 or (ink.area_mm2 <= _MOST_HAIR_MM2 and ink.contrast < _HAIR_CONTRAST)


def _doubt(ink: InkMeasures, *, is_bilevel: bool) -> str:
    """Why a person has to look; empty where none has."""
    if _is_bare(ink):
        if ink.foreign_mm2 > _MOST_FOREIGN_MM2:
            return "de l’encre venue d’ailleurs entre dans la case"
        if ink.stray_mm2 > _MOST_STRAY_MM2:
            return "de l’encre est à côté de la case"
        if ink.dust_mm2 > _MOST_DUST_MM2:
            return "des points sont dans la case"
        if is_bilevel if ink.faint_seen is None else ink.faint_seen < _LEAST_FAINT_SEEN:
            return "numérisation trop contrastée : une encre claire aurait disparu"
        return ""
    if ink.steepness < _LEAST_STEEPNESS:
        return "une trace aux bords flous : une tache, ou l’encre du verso, plutôt que celle d’un stylo"
    if ink.is_stamp:
        return "un tampon, semble-t-il : la signature est-elle là aussi ?"
    least_mm2, free_mm2 = _LEAST_INK_MM2
    if is_bilevel:
        is_scattered = ink.joined < _LEAST_JOINED
        least_mm2, free_mm2 = _LEAST_SCATTERED_MM2 if is_scattered else _LEAST_INK_BILEVEL_MM2
    if ink.area_mm2 < least_mm2 or ink.core_mm2 < _LEAST_CORE_MM2 or ink.extent_mm < _LEAST_EXTENT_MM:
        return "une trace trop petite pour être sûrement une signature"
    if ink.free_mm2 < max(free_mm2, _LEAST_FREE * ink.area_mm2):
        return "des traits droits : un pli, une rature, ou une case barrée"
    if ink.inside < _LEAST_INSIDE or ink.foreign_mm2 > _MOST_FOREIGN * ink.area_mm2:
        return "de l’encre passe d’une case à l’autre"
    return ""


def place_in(region: Region, rect: Rectangle, by_mm: tuple[float, float] = (0, 0)) -> tuple[slice, slice]:
    """The rows and columns of a rectangle of the page, made larger at the sides, and at top and foot."""
    left, _, _, top = region.around
    scale = PIXELS_PER_MM / POINTS_PER_MM
    wide, high = (POINTS_PER_MM * by for by in by_mm)
    sides = [rect[0] - wide - left, rect[2] + wide - left, top - rect[3] - high, top - rect[1] + high]
    low, right, upper, under = (max(0, round(side * scale)) for side in sides)
    return slice(upper, under), slice(low, right)


def _see(region: Region, places: Sequence[tuple[slice, slice]]) -> _Seen:
    """Find the ink, and put it together to groups."""
    printed = grown(region.printed > _FAINT_PRINT, round(_PRINTED_MM * PIXELS_PER_MM))
    gone, noise = _levelled(region.gone, printed)
    ink = (gone > max(_FAINTEST, _NOISE_TIMES * noise)) & ~printed
    ink = without_crossing_lines(ink, gone, printed)
    reach = round(_REACH_MM * PIXELS_PER_MM)
    labels, components = label(grown(ink, reach))
    labels = labels * ink
    count = len(components) + 1
    away = ink & ~grown(printed, round(_FRINGE_MM * PIXELS_PER_MM))
    free = np.bincount(labels[away], minlength=count) * _PIXEL_MM2
    far = ink & ~grown(printed, round(_FAR_MM * PIXELS_PER_MM))
    well_away = np.bincount(labels[far], minlength=count) * _PIXEL_MM2
    steepness = np.hypot(*np.gradient(gone)) * PIXELS_PER_MM
    edges = np.bincount(labels[steepness > _SOFT], minlength=count) * _PIXEL_MM2
    areas = np.bincount(labels.ravel(), minlength=count) * _PIXEL_MM2
    inside = [np.bincount(labels[place].ravel(), minlength=count) * _PIXEL_MM2 for place in places]
    groups = [
        _Group(
            number=number,
            area=float(areas[number]),
            extent_mm=(max(one.right - one.left, one.bottom - one.top) - 2 * reach) / PIXELS_PER_MM,
            is_fringe=float(free[number]) < _LEAST_AWAY * float(areas[number]),
            is_soft=float(edges[number]) < min(_LEAST_EDGE * float(areas[number]), _LEAST_EDGE_MM2),
            far=float(well_away[number] / areas[number]),
            inside=tuple(float(areas[number]) for areas in inside),
        )
        for number, one in enumerate(components, 1)
    ]
    return _Seen(gone, steepness, ink, labels, groups, noise)


def _levelled(gone: Plane, printed: Mask) -> tuple[Plane, float]:
    """Smooth, and let the paper be at nil; and how much it varies (a standard deviation)."""
    for axis in (0, 1):
        gone = (np.roll(gone, 1, axis) + 2 * gone + np.roll(gone, -1, axis)) / 4
    paper = gone[~printed][::7]
    middle = float(np.median(paper))
    return gone - middle, 1.4826 * float(np.median(np.abs(paper - middle)))


def _measure(region: Region, seen: _Seen, box: Box, rank: int) -> InkMeasures:
    place = place_in(region, box.rect)
    core = place_in(region, box.rect, (-_CORE_SIDE_MM, -_CORE_HEIGHT_MM))
    near = place_in(region, box.rect, (_AROUND_MM, _AROUND_MM))
    groups = [group for group in seen.groups if not group.is_fringe]
    large = [group for group in groups if group.extent_mm >= _SPECK_MM]
    own = [group for group in large if group.owner() == rank]
    main = max(own, key=lambda group: group.area, default=None)
    mine = np.isin(seen.labels, [group.number for group in own]) if own else np.zeros_like(seen.ink)
    others = [group for group in large if group.owner() != rank and not group.is_soft]
    stray = [group.number for group in others if group.owner() is None and group.is_away]
    around = np.bincount(seen.labels[near].ravel(), minlength=len(seen.groups) + 1)
    within = mine[place]
    figures = read_figures(mine, seen.gone) if own else NOTHING
    return InkMeasures(
        area_mm2=float(within.sum()) * _PIXEL_MM2,
        core_mm2=float(mine[core].sum()) * _PIXEL_MM2,
        extent_mm=main.extent_mm if main else 0.0,
        inside=main.inside[rank] / main.area if main else 0.0,
        contrast=float(np.percentile(seen.gone[mine], 80)) if own else 0.0,
        steepness=float(np.percentile(seen.steepness[mine], 80)) if own else 0.0,
        foreign_mm2=sum(group.inside[rank] for group in others),
        stray_mm2=float(around[stray].sum()) * _PIXEL_MM2,
        dust_mm2=sum(group.inside[rank] for group in groups if group.extent_mm < _SPECK_MM),
        free_mm2=figures.free_mm2,
        joined=figures.joined,
        is_stamp=figures.is_stamp,
        noise=seen.noise,
        faint_seen=_faint_seen(region, seen, place_in(region, box.rect, (_LINE_NEAR_MM, _LINE_NEAR_MM))),
    )


def _faint_seen(region: Region, seen: _Seen, near: tuple[slice, slice]) -> float | None:
    """Which share of the faint lines printed around a box the scan still shows."""
    printed = region.printed[near]
    faint = (printed > _FAINT_PRINT) & ~grown(printed > _DARK_PRINT, 2)
    if faint.sum() < 20 * PIXELS_PER_MM:
        return None
    dark = grown(seen.gone[near] > max(_LINE_SEEN, 3 * seen.noise), 1)
    return float(dark[faint].mean())
