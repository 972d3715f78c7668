"""What stands on a page where its marks would go: they are drawn nowhere else, and cover nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from piles_docs.methodology.page_codes import MOST_PAGES
from piles_docs.methodology.page_marks import PageMarks, Rectangle

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


def obstacles_on(pages: Sequence[pypdfium2.PdfPage]) -> tuple[Obstacle, ...]:
    """Find what stands where the marks would go; of several things at one place of a page, the first.

    What is under a mark would be hidden, and what is in the white around a code keeps it from being read. A
    picture counts even where it is transparent: it may be the place of a signature.

    Args:
        pages: All of an open PDF, in their order.
    """
    if len(pages) > MOST_PAGES:
        return (Obstacle(MOST_PAGES + 1, f"le document a plus de {MOST_PAGES} pages"),)
    return tuple(
        Obstacle(number, words) for number, page in enumerate(pages, 1) for words in _in_the_way(page)
    )


def _in_the_way(page: pypdfium2.PdfPage) -> Iterator[str]:
    marks = PageMarks.of(*page.get_size())
    if marks is None:
        yield "la page est trop petite"
        return
    # What is drawn inside another object counts by the bounds of the whole: those are the page's.
    painted = [(item, item.get_bounds()) for item in page.get_objects(max_depth=1)]
    for place, area in zip(_PLACES, marks.clear, strict=True):
        under = (_described(page, item) for item, bounds in painted if _overlap(bounds, area))
        seen = next(filter(None, under), None)
        if seen:
            yield f"{seen} passe sous {place}"


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _described(page: pypdfium2.PdfPage, item: pypdfium2.PdfObject) -> str | None:
    """Name what is drawn; None for a text of spaces, which nobody sees."""
    if item.type == raw.FPDF_PAGEOBJ_TEXT:
        item.textpage = page.get_textpage()
        text = item.extract().strip()
        short = text if len(text) <= _LONGEST_QUOTATION else f"{text[:_LONGEST_QUOTATION].rstrip()}…"
        return f"le texte « {short} »" if text else None
    return "une image" if item.type == raw.FPDF_PAGEOBJ_IMAGE else "un trait ou un fond"
