"""Laying a part of the scan exactly over what was issued: by the printed matter around the boxes."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import pypdfium2
from PIL import Image, ImageChops

from piles_docs.methodology.acts import Box
from piles_docs.methodology.page_marks import POINTS_PER_MM, Rectangle
from piles_docs.scanning.arrays import Matrix, Plane, affinity, paper_level, project
from piles_docs.scanning.registration import crop, from_piece, piece_size

PIXELS_PER_MM = 6.0
"""Of the pieces that are looked at: 152 dots per inch."""
_TILE_MM = 42.0
_TILE_STEP = 2
_TILE_PIXELS_PER_MM = PIXELS_PER_MM / _TILE_STEP
_TEXT_MM = 12.0
"""Above and below, what is looked at for this purpose only."""
_CLEARLY_PRINTED = 0.3
"""What is fainter may have vanished from the scan."""
_MOST_SHIFT_MM = 4.0
_LEAST_PRINTED_MM2 = 4.0
"""Of black: a tile with less printed matter than this tells nothing."""
_LEAST_LIKENESS = 0.2
"""Of the scan's print to the issued one: 1 where it is as black."""
_MOST_GONE = 0.8
"""So that a black pen weighs no more than print."""
_MOST_DISAGREEMENT_MM = 0.5
_PAPER_MM = 4.0
"""The widest stroke of ink that is not taken for the paper's own shade."""


@dataclass(frozen=True, slots=True)
class IssuedPages:
    """A document as it was issued on paper."""

    pdf: bytes
    """With its marks: the bytes in the archive."""
    boxes: tuple[Box, ...]

    @property
    def sizes(self) -> tuple[tuple[float, float], ...]:
        """Width and height of each page, in points."""
        return _sizes(self)

    def boxes_on(self, page: int) -> tuple[Box, ...]:
        """The boxes of a page (from 1)."""
        return tuple(box for box in self.boxes if box.page == page)

    def printed(self, page: int) -> Image.Image:
        """The page as pixels, grey, `PIXELS_PER_MM` fine; its last pixels may be partly beyond the page."""
        return _printed(self, page)


@functools.lru_cache(maxsize=16)
def _printed(issued: IssuedPages, page: int) -> Image.Image:
    document = pypdfium2.PdfDocument(issued.pdf)
    try:
        bitmap = document[page - 1].render(scale=PIXELS_PER_MM / POINTS_PER_MM, grayscale=True)
        image: Image.Image = bitmap.to_pil()
        return image.convert("L")
    finally:
        document.close()


@functools.lru_cache(maxsize=64)
def _sizes(issued: IssuedPages) -> tuple[tuple[float, float], ...]:
    document = pypdfium2.PdfDocument(issued.pdf)
    try:
        return tuple(document.get_page_size(index) for index in range(len(document)))
    finally:
        document.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the page, in the scan and as issued, one over the other."""

    around: Rectangle
    """In points of the page."""
    piece: Image.Image
    """As it was scanned, straightened, `PIXELS_PER_MM` fine."""
    gone: Plane
    """How much of the paper's light is gone at each point of the scan, from about 0 (paper) to 1 (black),
    by the colour that is darkest; shape (height, width)."""
    printed: Plane
    """The same for the page as issued."""
    tiles: int
    """How many places agreed on it."""
    disagreement_mm: float
    """How far these are from what was made of them, as a root mean square."""

    @property
    def is_safe(self) -> bool:
        """Whether what is printed around the boxes was found again."""
        return self.tiles >= 1 and self.disagreement_mm <= _MOST_DISAGREEMENT_MM


def align(
    image: Image.Image,
    issued: IssuedPages,
    page: int,
    size: tuple[float, float],
    around: Rectangle,
    to_pixels: Matrix,
) -> Region:
    """Cut a part of the page out of the scan, and correct where it is by what is printed there.

    Args:
        image: The scan.
        issued: What was issued.
        page: Which page, from 1.
        size: Its width and height, in points.
        around: The part, in points.
        to_pixels: From points of the page to pixels, by the marks: right to some millimetres.
    """
    around = _on_grid(around, size)
    wide = _on_grid(_widened(around, size), size)
    rough = _gone(crop(image.convert("L"), to_pixels, wide, _TILE_PIXELS_PER_MM), _TILE_PIXELS_PER_MM)
    tiles = _tiles(rough, _blackness(_as_issued(issued, page, wide, size).reduce(_TILE_STEP)))
    correction, used, disagreement = _agreed(tiles)
    # The correction is in pixels of the piece; points of the page are moved before they go to the scan.
    to_points = from_piece(wide, _TILE_PIXELS_PER_MM)
    to_pixels = to_pixels @ to_points @ correction @ np.linalg.inv(to_points)
    piece = crop(image, to_pixels, around, PIXELS_PER_MM)
    return Region(
        around=around,
        piece=piece,
        gone=_gone(piece, PIXELS_PER_MM),
        printed=_blackness(_as_issued(issued, page, around, size)),
        tiles=used,
        disagreement_mm=disagreement / _TILE_PIXELS_PER_MM,
    )


def _widened(around: Rectangle, size: tuple[float, float]) -> Rectangle:
    """All the width of the page, and some more of its height: boxes stand in white, and text beside them."""
    more = _TEXT_MM * POINTS_PER_MM
    return 0.0, around[1] - more, size[0], around[3] + more


def _on_grid(around: Rectangle, size: tuple[float, float]) -> Rectangle:
    """The rectangle, within the page, with its sides on whole pixels of the issued page."""
    step = POINTS_PER_MM / _TILE_PIXELS_PER_MM
    left, bottom, right, top = around
    return (
        max(0, math.floor(left / step)) * step,
        size[1] - min(math.floor(size[1] / step), math.ceil((size[1] - bottom) / step)) * step,
        min(math.floor(size[0] / step), math.ceil(right / step)) * step,
        size[1] - max(0, math.floor((size[1] - top) / step)) * step,
    )


def _as_issued(issued: IssuedPages, page: int, around: Rectangle, size: tuple[float, float]) -> Image.Image:
    """What is printed in a rectangle that is on the grid, `PIXELS_PER_MM` fine."""
    scale = PIXELS_PER_MM / POINTS_PER_MM
    left, top = round(around[0] * scale), round((size[1] - around[3]) * scale)
    width, height = piece_size(around, PIXELS_PER_MM)
    return issued.printed(page).crop((left, top, left + width, top + height))


def _blackness(print_: Image.Image) -> Plane:
    return 1 - np.asarray(print_, np.float32) / 255


def _gone(piece: Image.Image, pixels_per_mm: float) -> Plane:
    """How much of the paper's light is gone, whatever the light was."""
    darkest = functools.reduce(ImageChops.darker, piece.split())
    values = np.asarray(darkest, np.float32)
    return 1 - values / np.maximum(paper_level(values, round(_PAPER_MM * pixels_per_mm)), 1)


@dataclass(frozen=True, slots=True)
class _Tile:
    x: float
    y: float
    """Its middle, in pixels of the piece."""
    right: float
    down: float
    """By how many pixels the scan lies away from what was issued."""


def _tiles(gone: Plane, printed: Plane) -> list[_Tile]:
    """How far the scan lies away in each tile that has enough printed matter to tell."""
    height, width = gone.shape
    side = round(_TILE_MM * _TILE_PIXELS_PER_MM)
    found = []
    for top in _begins(height, side):
        for left in _begins(width, side):
            place = slice(top, min(top + side, height)), slice(left, min(left + side, width))
            expected = printed[place]
            if (
                float(expected[expected > _CLEARLY_PRINTED].sum())
                < _LEAST_PRINTED_MM2 * _TILE_PIXELS_PER_MM**2
            ):
                continue
            shift = displacement(gone[place], expected)
            if shift:
                middle = left + expected.shape[1] / 2, top + expected.shape[0] / 2
                found.append(_Tile(*middle, *shift))
    return found


def _begins(length: int, side: int) -> list[int]:
    """Where tiles begin that cover a length, overlapping no more than they must."""
    count = -(-length // side)
    return [round(index * (length - side) / (count - 1)) for index in range(count)] if count > 1 else [0]


def displacement(gone: Plane, printed: Plane) -> tuple[float, float] | None:
    """By how many pixels to the right and down the scan lies away; None where nothing fits well.

    Both are correlated by Fourier transform. What a pen wrote is in one of them only, and fits nowhere.

    Args:
        gone: Of the scan, `_TILE_PIXELS_PER_MM` fine.
        printed: As issued.
    """
    reach = round(_MOST_SHIFT_MM * _TILE_PIXELS_PER_MM)
    shape = tuple(_quick(side + reach) for side in printed.shape)
    one = np.clip(gone, 0, _MOST_GONE)
    one, two = one - float(one.mean()), printed - float(printed.mean())
    spectrum = np.fft.rfft2(one, shape) * np.conj(np.fft.rfft2(two, shape))
    fits = np.fft.irfft2(spectrum, shape)
    near = np.roll(fits, (reach, reach), axis=(0, 1))[: 2 * reach + 1, : 2 * reach + 1]
    row, column = (int(value) for value in np.unravel_index(int(near.argmax()), near.shape))
    if not (0 < row < 2 * reach and 0 < column < 2 * reach):
        return None
    likeness = float(near[row, column]) / max(float((two**2).sum()), 1e-6)
    if likeness < _LEAST_LIKENESS or not _is_sharp(near, row, column):
        return None
    return (
        column - reach + _peak(near[row, column - 1 : column + 2]),
        row - reach + _peak(near[row - 1 : row + 2, column]),
    )


def _is_sharp(near: Plane, row: int, column: int) -> bool:
    """Whether nothing two millimetres away fits nearly as well: lines alone fit all along themselves."""
    away = round(1.5 * _TILE_PIXELS_PER_MM)
    rest = near.copy()
    rest[max(0, row - away) : row + away + 1, max(0, column - away) : column + away + 1] = -np.inf
    return float(rest.max()) < 0.9 * float(near[row, column])


def _peak(three: Plane) -> float:
    """Where the top of a parabola through three values is, from the middle one."""
    low, middle, high = (float(value) for value in three)
    bend = low - 2 * middle + high
    return 0.5 * (low - high) / bend if bend < 0 else 0.0


def _quick(length: int) -> int:
    """The next length that is quickly transformed: 2ⁿ or 3·2ⁿ."""
    size = 16
    while size < length:
        size = size * 3 // 2 if size & (size - 1) == 0 else size * 4 // 3
    return size


def _agreed(tiles: list[_Tile]) -> tuple[Matrix, int, float]:
    """What most tiles say, as one affine map of pixels; how many tiles, and how far they are from it."""
    nothing = np.eye(3), 0, 0.0
    if not tiles:
        return nothing
    places = np.array([(tile.x, tile.y) for tile in tiles])
    shifts = np.array([(tile.right, tile.down) for tile in tiles])
    keep = np.hypot(*(shifts - np.median(shifts, axis=0)).T) < 2 * _TILE_PIXELS_PER_MM
    for _ in range(3):
        if not keep.any():
            return nothing
        matrix = _fitted(places[keep], shifts[keep])
        away = np.hypot(*(project(matrix, places) - places - shifts).T)
        keep = away < _MOST_DISAGREEMENT_MM * _TILE_PIXELS_PER_MM
    if not keep.any():
        return nothing
    return matrix, int(keep.sum()), float(np.sqrt((away[keep] ** 2).mean()))


def _fitted(places: np.ndarray, shifts: np.ndarray) -> Matrix:
    """A shift where there are few tiles or they are in a line, else an affine map."""
    spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    if len(places) >= 4 and spread[1] > 10 * _TILE_PIXELS_PER_MM:
        return affinity(places, places + shifts)
    matrix = np.eye(3)
    matrix[:2, 2] = shifts.mean(axis=0)
    return matrix
