"""Draw the marks by which the pages of a signed original are recognised when they come back as a scan.

They are decoration to a screen reader (ISO 14289-1, 7.1), and painted with nothing that would have to be
embedded: rectangles, and the outlines of letters. Where they stand is `methodology/page_marks.py`'s to say.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pikepdf
import pypdfium2
import segno
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from pypdfium2 import raw

from piles_docs.methodology.page_codes import MOST_PAGES, PageCode
from piles_docs.methodology.page_marks import MODULES, REFERENCE_SIZE, PageMarks, Rectangle

# In the order of `PageMarks.clear`.
_PLACES = (
    "le code en haut à droite",
    "le code en bas à gauche",
    "le carré en haut à gauche",
    "le carré en bas à droite",
    "la référence courte en bas à gauche",
)
_LONGEST_QUOTATION = 40


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a page from being marked; the words are French."""

    page: int
    """From 1."""
    words: str
    """« le texte « Association » passe sous le code en haut à droite »."""

    def __str__(self) -> str:
        return f"page {self.page}, {self.words}"


def obstacles(pdf: bytes) -> tuple[Obstacle, ...]:
    """Find what stands where the marks would go; of several things at one place of a page, the first.

    What is under a mark would be hidden, and what is in the white around a code keeps it from being read. A
    picture counts even where it is transparent: it may be the place of a signature.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        if len(document) > MOST_PAGES:
            return (Obstacle(MOST_PAGES + 1, f"le document a plus de {MOST_PAGES} pages"),)
        return tuple(
            Obstacle(number, words) for number, page in enumerate(document, 1) for words in _in_the_way(page)
        )
    finally:
        document.close()


def _in_the_way(page: pypdfium2.PdfPage) -> Iterator[str]:
    marks = PageMarks.of(*page.get_size())
    if marks is None:
        yield "la page est trop petite"
        return
    # What is drawn inside another object counts by the bounds of the whole: those are the page's.
    found = page.get_objects(max_depth=1, textpage=page.get_textpage())
    painted = [(item, item.get_bounds()) for item in found if _is_seen(item)]
    for place, area in zip(_PLACES, marks.clear, strict=True):
        under = next((item for item, bounds in painted if _overlap(bounds, area)), None)
        if under is not None:
            yield f"{_described(under)} passe sous {place}"


def _is_seen(item: pypdfium2.PdfObject) -> bool:
    return item.type != raw.FPDF_PAGEOBJ_TEXT or bool(item.extract().strip())


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _described(item: pypdfium2.PdfObject) -> str:
    if item.type == raw.FPDF_PAGEOBJ_TEXT:
        text = item.extract().strip()
        short = text if len(text) <= _LONGEST_QUOTATION else f"{text[:_LONGEST_QUOTATION].rstrip()}…"
        return f"le texte « {short} »"
    return "une image" if item.type == raw.FPDF_PAGEOBJ_IMAGE else "un trait ou un fond"


def add_marks(pdf: bytes, document: str) -> bytes:
    """Draw codes, squares and the short reference on every page; the same file in gives the same bytes out.

    The text, the tags and what the file claims stay as they are.

    Args:
        pdf: A file in whose pages nothing is in the way (`obstacles`).
        document: What its codes name it by (`page_codes.code_of`).
    """
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for number, page in enumerate(file.pages, 1):
            left, bottom, right, top = map(float, page.mediabox)
            marks = PageMarks.of(right - left, top - bottom)
            if marks is None:
                raise AssertionError("whoever draws marks has looked for obstacles")
            drawn = _drawn(marks, document, number, len(file.pages))
            page.contents_add(b"q\n", prepend=True)  # so that the marks meet the page's own measures
            page.contents_add(f"Q\n/Artifact BMC\n{drawn}\nEMC\n".encode())
        output = io.BytesIO()
        file.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


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
    code = segno.make(text, error="q", version=1, mode="alphanumeric", boost_error=False, micro=False)
    left, bottom, right, _ = place
    scale = _number((right - left) / MODULES)
    modules = "".join(
        _rectangle(start, MODULES - 1 - row, length, 1)
        for row, line in enumerate(code.matrix)
        for start, length in _runs(line)
    )
    return f"q 0 g {scale} 0 0 {scale} {_number(left)} {_number(bottom)} cm\n{modules}f Q"


def _runs(line: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where black begins in a line of modules, and for how many."""
    start = 0
    for place in range(len(line) + 1):
        if place == len(line) or not line[place]:
            if place > start:
                yield start, place - start
            start = place + 1


def _line(text: str, place: Rectangle) -> str:
    """A line of text as outlines, from the lower left corner of its place."""
    font = _font()
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    outlines, advance = [], 0
    for character in text:
        glyph, pen = glyphs[names[ord(character)]], _Outline(glyphs, advance)
        glyph.draw(pen)
        outlines += pen.operators
        advance += glyph.width
    scale = _number(REFERENCE_SIZE / font["head"].unitsPerEm)
    left, bottom = map(_number, place[:2])
    return f"q 0 g {scale} 0 0 {scale} {left} {bottom} cm\n{' '.join(outlines)} f Q"


class _Outline(BasePen):  # type: ignore[misc]  # it ships no types
    """Writes a glyph as path operators of PDF, moved to the right; fontTools names the methods."""

    def __init__(self, glyphs: Any, advance: int) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []
        self._advance = advance

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{self._written(point)} m")

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{self._written(point)} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{' '.join(map(self._written, points))} c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")

    def _written(self, point: tuple[float, float]) -> str:
        return f"{round(point[0]) + self._advance} {round(point[1])}"


@functools.cache
def _font() -> TTFont:
    file = resources.files("piles_docs").joinpath("fonts/LiberationSans-Regular.ttf")
    return TTFont(io.BytesIO(file.read_bytes()))


def _rectangle(left: float, bottom: float, width: float, height: float) -> str:
    return f"{_number(left)} {_number(bottom)} {_number(width)} {_number(height)} re\n"


def _number(value: float) -> str:
    """As PDF writes numbers: no exponent."""
    return f"{value:.5f}".rstrip("0").rstrip(".")
