"""The codes of a scanned page: which page it is, by its own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

from piles_docs.methodology.page_codes import Mark, PageCode
from piles_docs.scanning.arrays import Points

_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_ENLARGED = 1.5
_BLUR_PIXELS = 1.0
_SAME_PLACE_PIXELS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCode:
    """One of our codes, read on a scanned page."""

    code: PageCode
    corners: Points
    """Shape (3, 2), x and y in pixels: the code's upper left, upper right and lower left corner, as it is
    printed. The fourth is not told: the smallest QR code has no pattern there, it would be a guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What codes a page holds."""

    codes: tuple[FoundCode, ...]
    """Ours, at most one for each document, page and mark."""
    unread: int
    """Codes that are seen and cannot be read: cut off, crumpled, or of someone else and damaged."""


def find_codes(image: Image.Image) -> Search:
    """Find our codes on a page; codes of others are left aside.

    Args:
        image: Grey (mode L), in any of the four directions.
    """
    found: dict[PageCode, FoundCode] = {}
    unread: list[tuple[float, float]] = []
    for scale, variant in _variants(image):
        for barcode in zxingcpp.read_barcodes(
            np.asarray(variant), formats=_QR, try_invert=False, return_errors=True
        ):
            place = barcode.position
            corners = (
                np.array([(p.x, p.y) for p in (place.top_left, place.top_right, place.bottom_left)]) / scale
            )
            code = PageCode.read(barcode.text) if barcode.valid else None
            if code:
                found.setdefault(code, FoundCode(code=code, corners=corners))
            elif not barcode.valid:
                unread.append((float(corners[:, 0].mean()), float(corners[:, 1].mean())))
        if {code.mark for code in found} == set(Mark):
            break
    return Search(codes=tuple(found.values()), unread=_elsewhere(unread, list(found.values())))


def _variants(image: Image.Image) -> Iterator[tuple[float, Image.Image]]:
    """The page as it is, larger, and softer: what is missed in one is often read in another."""
    yield 1.0, image
    size = (round(image.width * _ENLARGED), round(image.height * _ENLARGED))
    yield _ENLARGED, image.resize(size, Image.Resampling.BICUBIC)
    yield 1.0, image.filter(ImageFilter.GaussianBlur(_BLUR_PIXELS))


def _elsewhere(places: list[tuple[float, float]], codes: list[FoundCode]) -> int:
    """How many places there are where no code was read in any variant."""
    taken = [tuple(code.corners.mean(axis=0)) for code in codes]
    count = 0
    for x, y in places:
        if all(abs(x - a) + abs(y - b) > _SAME_PLACE_PIXELS for a, b in taken):
            taken.append((x, y))
            count += 1
    return count
