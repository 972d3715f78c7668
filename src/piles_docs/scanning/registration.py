"""Where each point of the issued page is on the scanned one, by its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from piles_docs.methodology.page_codes import Mark
from piles_docs.methodology.page_marks import (
    CODE_MM,
    MODULES,
    POINTS_PER_MM,
    SQUARE_MM,
    PageMarks,
    Rectangle,
)
from piles_docs.scanning.arrays import (
    Component,
    Matrix,
    Plane,
    Points,
    affinity,
    label,
    paper_level,
    project,
    projection,
    warp,
)
from piles_docs.scanning.codes import FoundCode

_SEARCH_MM = 16.0
"""How far from where the codes alone would have it a square is looked for, in each direction."""
_PIXELS_PER_MM = 4.0
_DARK = 0.45  # of the paper's lightness is gone
_SQUARE_TOLERANCE = 0.3  # of its side
_LONG_SIDE_MM = 297.0  # of A4, where nothing on a page tells its size
_CORNER = 0.22  # of the sides of a picture
_FINDER, _FINDER_CORE = 7, 3  # modules: the square ring in three corners of a QR code, and the square in it
_LEAST_FILLED = 0.75
_FLAT_RESIDUAL_MM = 0.2
_MOST_RESIDUAL_MM = 0.9
_MOST_RESIDUAL_ONE_CODE_MM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The way from the issued page to its scan, and how far it can be trusted."""

    to_pixels: Matrix = field(compare=False, repr=False)
    """From points of the page (from its lower left corner) to pixels of the scan."""
    codes: int
    squares: int
    """How many marks were used."""
    residual_mm: float
    """How far the marks are from where this puts them, as a root mean square on the page."""

    @property
    def is_exact(self) -> bool:
        """Whether all marks agree so well that the sheet lay flat: nothing else has to be found on it."""
        return self.codes == 2 and self.squares == 2 and self.residual_mm <= _FLAT_RESIDUAL_MM

    @property
    def is_safe(self) -> bool:
        """Whether enough marks agree; a sheet that lay flat agrees to some tenths of a millimetre."""
        if self.codes == 2:
            return self.squares >= 1 and self.residual_mm <= _MOST_RESIDUAL_MM
        return self.squares == 2 and self.residual_mm <= _MOST_RESIDUAL_ONE_CODE_MM


def register(image: Image.Image, codes: Sequence[FoundCode], marks: PageMarks) -> Registration:
    """Find the way from the page to its scan.

    Args:
        image: The scan, grey (mode L).
        codes: One or two, of the same page.
        marks: Where they stand on it.
    """
    page = np.vstack([_printed_corners(marks.codes[code.code.mark]) for code in codes])
    seen = np.vstack([code.corners for code in codes])
    rough = affinity(page, seen) if len(codes) > 1 else _similarity(page, seen)
    squares: dict[Rectangle, Points] = {}
    # In perspective the codes lead to one square at best; with that one, the other is where it should be.
    for _ in range(2):
        for square in marks.squares:
            if square not in squares and (place := _find_square(image, square, rough)) is not None:
                squares[square] = place
        if len(squares) == 2 or len(codes) == 1:
            break
        rough = projection(np.vstack([page, *map(_middle, squares)]), np.vstack([seen, *squares.values()]))
    page = np.vstack([page, *map(_middle, squares)])
    seen = np.vstack([seen, *squares.values()])
    if len(codes) == 2 and squares:
        to_pixels = projection(page, seen)
    elif squares:
        to_pixels = affinity(page, seen)
    else:
        to_pixels = rough
    return Registration(
        to_pixels=to_pixels,
        codes=len(codes),
        squares=len(squares),
        residual_mm=_residual_mm(to_pixels, page, seen),
    )


def outside_frame(image: Image.Image, codes: Sequence[FoundCode], marks: PageMarks) -> frozenset[Mark]:
    """Which codes were cut off: by where one code is, the other lies beyond the edge of the picture.

    Args:
        image: The scan.
        codes: Those that were read, of one page.
        marks: Where they stand on it.
    """
    if len(codes) != 1:
        return frozenset()
    [code] = codes
    mark = next(mark for mark in Mark if mark is not code.code.mark)
    way = _similarity(_printed_corners(marks.codes[code.code.mark]), code.corners)
    x, y = project(way, _printed_corners(marks.codes[mark])).T
    inside = (x > 0) & (x < image.width) & (y > 0) & (y < image.height)
    return frozenset() if inside.all() else frozenset({mark})


def shows_marks(image: Image.Image) -> bool:
    """Tell whether near a corner of a picture stands one of our squares, or a corner of a code.

    Where no code can be read, it is a page of ours whose codes were cut off, or hidden.

    Args:
        image: Grey (mode L), of a page that fills it more or less.
    """
    scale = _PIXELS_PER_MM * _LONG_SIDE_MM / max(image.size)
    small = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BOX)
    wide, high = round(small.width * _CORNER), round(small.height * _CORNER)
    for left in (0, small.width - wide):
        for top in (0, small.height - high):
            dark = _gone(np.asarray(small.crop((left, top, left + wide, top + high)), np.float32)) > _DARK
            components = label(dark)[1]
            if any(map(_is_square, components)) or _has_finder(components):
                return True
    return False


def _has_finder(components: Sequence[Component]) -> bool:
    """Whether one of the three patterns by which a QR code is found is there: a square in a square ring."""
    module = CODE_MM / MODULES
    rings = [one for one in components if _is_square(one, _FINDER * module, least_filled=0.35)]
    cores = [one for one in components if _is_square(one, _FINDER_CORE * module)]
    return any(
        max(
            abs(ring.left + ring.right - core.left - core.right),
            abs(ring.top + ring.bottom - core.top - core.bottom),
        )
        <= module * _PIXELS_PER_MM
        for ring in rings
        for core in cores
    )


def crop(image: Image.Image, to_pixels: Matrix, around: Rectangle, pixels_per_mm: float) -> Image.Image:
    """Cut a rectangle of the page out of the scan, straightened.

    Args:
        image: The scan, RGB or L.
        to_pixels: From points of the page to its pixels.
        around: The rectangle, in points of the page.
        pixels_per_mm: Of the piece that is made.
    """
    return warp(image, to_pixels @ from_piece(around, pixels_per_mm), piece_size(around, pixels_per_mm))


def piece_size(around: Rectangle, pixels_per_mm: float) -> tuple[int, int]:
    """Width and height, in pixels, of a piece cut out by `crop`."""
    left, bottom, right, top = around
    scale = pixels_per_mm / POINTS_PER_MM
    return max(1, round((right - left) * scale)), max(1, round((top - bottom) * scale))


def from_piece(around: Rectangle, pixels_per_mm: float) -> Matrix:
    """From the pixels of a piece cut out by `crop` to points of the page."""
    left, _, _, top = around
    step = POINTS_PER_MM / pixels_per_mm
    return np.array([[step, 0, left], [0, -step, top], [0, 0, 1.0]])


def _printed_corners(code: Rectangle) -> Points:
    """Upper left, upper right, lower left."""
    left, bottom, right, top = code
    return np.array([(left, top), (right, top), (left, bottom)])


def _middle(rectangle: Rectangle) -> Points:
    left, bottom, right, top = rectangle
    return np.array([((left + right) / 2, (bottom + top) / 2)])


def _similarity(page: Points, seen: Points) -> Matrix:
    """The turn, size and shift that bring the points nearest; pages count upwards, pixels downwards."""
    rows, right = [], []
    for (x, y), (u, v) in zip(page, seen, strict=True):
        rows += [[x, y, 1, 0], [-y, x, 0, 1]]
        right += [u, v]
    a, b, c, d = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0]
    return np.array([[a, b, c], [b, -a, d], [0, 0, 1.0]])


def _find_square(image: Image.Image, square: Rectangle, rough: Matrix) -> Points | None:
    """The middle of a printed square, in pixels; None where none is seen."""
    [(x, y)] = _middle(square)
    reach = _SEARCH_MM * POINTS_PER_MM
    around = (x - reach, y - reach, x + reach, y + reach)
    piece = np.asarray(crop(image, rough, around, _PIXELS_PER_MM), np.float32)
    gone = _gone(piece)
    _, components = label(gone > _DARK)
    middle = np.array(piece.shape[::-1]) / 2
    best: tuple[float, Points] | None = None
    for component in components:
        if _is_square(component):
            place = _weighted_middle(gone, component)
            distance = float(np.hypot(*(place - middle)))
            if best is None or distance < best[0]:
                best = distance, place
    if best is None:
        return None
    return project(rough @ from_piece(around, _PIXELS_PER_MM), best[1].reshape(1, 2))


def _gone(piece: Plane) -> Plane:
    """How much of the paper's light is gone."""
    return np.asarray(1 - piece / np.maximum(paper_level(piece, round(3 * SQUARE_MM * _PIXELS_PER_MM)), 1))


def _is_square(
    component: Component, side_mm: float = SQUARE_MM, *, least_filled: float = _LEAST_FILLED
) -> bool:
    side = side_mm * _PIXELS_PER_MM
    least, most = side * (1 - _SQUARE_TOLERANCE), side * (1 + _SQUARE_TOLERANCE)
    width, height = component.right - component.left, component.bottom - component.top
    return (
        least <= width <= most and least <= height <= most and component.area >= least_filled * width * height
    )


def _weighted_middle(gone: Plane, component: Component) -> Points:
    """Where the square's middle is, to a fraction of a pixel, from the corner of the first one."""
    rows = slice(max(component.top - 1, 0), component.bottom + 1)
    columns = slice(max(component.left - 1, 0), component.right + 1)
    weight = np.clip(gone[rows, columns], 0, 1) * (gone[rows, columns] > 0.1)
    y, x = np.indices(weight.shape)
    total = float(weight.sum())
    return np.array(
        [
            (x * weight).sum() / total + columns.start + 0.5,
            (y * weight).sum() / total + rows.start + 0.5,
        ]
    )


def _residual_mm(to_pixels: Matrix, page: Points, seen: Points) -> float:
    back = project(np.linalg.inv(to_pixels), seen)
    return float(np.sqrt(((back - page) ** 2).sum(axis=1).mean())) / POINTS_PER_MM
