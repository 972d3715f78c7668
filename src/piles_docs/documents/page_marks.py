"""Draw the marks by which the pages of a signed original are recognised when they come back as a scan.

They are decoration to a screen reader (ISO 14289-1, 7.1), and painted with nothing that would have to be
embedded: rectangles, and the outlines of letters. Where they stand is `methodology/page_marks.py`'s to say.
"""

from __future__ import annotations

import functools
import io
import re
from importlib import resources
from typing import Any

import zxingcpp
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from pikepdf import Pdf

from piles_docs.methodology.page_codes import PageCode
from piles_docs.methodology.page_marks import MODULES, QUIET_MODULES, REFERENCE_SIZE, PageMarks, Rectangle

_BLACK = re.compile(rb"\0+")  # modules side by side, as zxing-cpp gives their grey


def add_marks(document: Pdf, code: str) -> None:
    """Draw codes, squares and the short reference on every page of an open PDF.

    The text, the tags and what the file claims stay as they are; so do the bytes of the pages' own contents.

    Args:
        document: In its pages nothing is in the way (`obstacles.obstacles_on`).
        code: What its codes name it by (`page_codes.code_of`).
    """
    opening = document.make_stream(b"q\n")  # so that the marks meet the page's own measures
    for number, page in enumerate(document.pages, 1):
        left, bottom, right, top = map(float, page.mediabox)
        marks = PageMarks.of(right - left, top - bottom)
        if marks is None:
            raise AssertionError("whoever draws marks has looked for obstacles")
        drawn = _drawn(marks, code, number, len(document.pages))
        page.contents_add(opening, prepend=True)
        page.contents_add(f"Q\n/Artifact BMC\n{drawn}\nEMC\n".encode())


def _drawn(marks: PageMarks, document: str, page: int, pages: int) -> str:
    codes = {mark: PageCode(document, page, pages, mark) for mark in marks.codes}
    squares = "".join(
        _rectangle(left, bottom, right - left, top - bottom) for left, bottom, right, top in marks.squares
    )
    return "\n".join(
        [
            *(_code(codes[mark].text, place) for mark, place in marks.codes.items()),
            f"q 0 g\n{squares}f Q",
            _line(next(iter(codes.values())).short, marks.reference),
        ]
    )


def _code(text: str, place: Rectangle) -> str:
    """A QR code; its modules are one path, for painted one by one they would show seams."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    # With the white around it: so no run of black goes on in the next row.
    grey = bytes(code.to_image(add_quiet_zones=True))  # type: ignore[call-overload]  # it is a buffer
    left, bottom, right, _ = place
    scale = _number((right - left) / MODULES)
    modules = "".join([_modules(*run.span()) for run in _BLACK.finditer(grey)])
    return f"q 0 g {scale} 0 0 {scale} {_number(left)} {_number(bottom)} cm\n{modules}f Q"


@functools.cache
def _modules(begin: int, end: int) -> str:
    """Black modules side by side, by their places in the picture of a code, row after row from the top."""
    row, column = divmod(begin, MODULES + 2 * QUIET_MODULES)
    return _rectangle(column - QUIET_MODULES, MODULES - 1 - (row - QUIET_MODULES), end - begin, 1)


def _line(text: str, place: Rectangle) -> str:
    """A line of text as outlines, from the lower left corner of its place."""
    scale = _number(REFERENCE_SIZE / _font()["head"].unitsPerEm)
    left, bottom = map(_number, place[:2])
    return f"q 0 g {scale} 0 0 {scale} {left} {bottom} cm\n{''.join(map(_letter, text))}Q"


@functools.cache
def _letter(character: str) -> str:
    """A letter as a painted path, and the way to where the next one begins."""
    glyphs = _font().getGlyphSet()
    glyph, pen = glyphs[_font().getBestCmap()[ord(character)]], _Outline(glyphs)
    glyph.draw(pen)
    path = f"{' '.join(pen.operators)} f\n" if pen.operators else ""
    return f"{path}1 0 0 1 {glyph.width} 0 cm\n"


class _Outline(BasePen):  # type: ignore[misc]  # it ships no types
    """Writes a glyph as path operators of PDF; fontTools names the methods."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{_written(point)} m")

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{_written(point)} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{' '.join(map(_written, points))} c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")


def _written(point: tuple[float, float]) -> str:
    return f"{round(point[0])} {round(point[1])}"


@functools.cache
def _font() -> TTFont:
    file = resources.files("piles_docs").joinpath("fonts/LiberationSans-Regular.ttf")
    return TTFont(io.BytesIO(file.read_bytes()))


def _rectangle(left: float, bottom: float, width: float, height: float) -> str:
    return f"{_number(left)} {_number(bottom)} {_number(width)} {_number(height)} re\n"


def _number(value: float) -> str:
    """As PDF writes numbers: no exponent."""
    return f"{value:.5f}".rstrip("0").rstrip(".")
