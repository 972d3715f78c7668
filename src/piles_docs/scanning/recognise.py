"""One scanned page: which issued page it is, and what lies in its signature boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from PIL import Image

from piles_docs.methodology.acts import Box, InkState
from piles_docs.methodology.page_codes import PageCode
from piles_docs.methodology.page_marks import POINTS_PER_MM, PageMarks, Rectangle
from piles_docs.scanning.alignment import IssuedPages, Region, align
from piles_docs.scanning.codes import FoundCode, Search, find_codes
from piles_docs.scanning.ink import MARGIN_MM, InkMeasures, place_in, read_boxes
from piles_docs.scanning.pages import ScanPage, is_blank
from piles_docs.scanning.registration import Registration, outside_frame, register, shows_marks

Lookup = Callable[[str], IssuedPages | None]
"""From what codes name a document by to what was issued; None where no such document was."""
_CROP_MARGIN_MM = 4.0
_AWAY = "la page n’a pas pu être superposée à celle qui a été émise"


class Problem(StrEnum):
    """Why a page is not recognised; or, with a document, why a person has to look at it."""

    NO_CODE = "no-code"
    BLANK = "blank"
    CODE_UNREADABLE = "code-unreadable"
    SEVERAL_PAGES = "several-pages"
    UNKNOWN_DOCUMENT = "unknown-document"
    NO_SUCH_PAGE = "no-such-page"

    @property
    def words(self) -> str:
        """In French, without final full stop."""
        return _WORDS[self]


_WORDS = {
    Problem.NO_CODE: "aucun code sur la page : autre document, ou page dont les deux codes sont coupés",
    Problem.BLANK: "page blanche",
    Problem.CODE_UNREADABLE: "ses codes sont coupés ou illisibles : numérisez la page entière, à plat",
    Problem.SEVERAL_PAGES: "les codes de plusieurs pages sur une seule image : numérisez une page à la fois",
    Problem.UNKNOWN_DOCUMENT: "le code est celui d’un document que ce registre ne connaît pas",
    Problem.NO_SUCH_PAGE: "le document n’a pas la page que le code indique",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxReading:
    """What is seen in one signature box."""

    box: Box
    state: InkState
    reason: str
    """In French, why a person has to look; empty where none has."""
    measures: InkMeasures | None
    """None where the page could not be laid over the issued one."""
    crop: Image.Image = field(compare=False, repr=False)
    """The box and a little around it, straightened, for a person to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedPage:
    """What a scanned page is, and holds."""

    number: int
    """In its file, from 1."""
    code: PageCode | None
    """Which page it is; None where that is not known. Of two marks, the one that was read first."""
    problem: Problem | None
    """None where the page is recognised."""
    is_cut: bool = False
    """Whether one of the two codes lies beyond the edge of the scan."""
    registration: Registration | None = None
    """None where the page is not recognised, or has no box."""
    boxes: tuple[BoxReading, ...] = ()


def recognise_page(page: ScanPage, lookup: Lookup) -> RecognisedPage:
    """Recognise a scanned page; the same page and documents give the same answer.

    Args:
        page: As `read_pages` gives it.
        lookup: Finds what was issued.
    """
    grey = page.image.convert("L")
    search = find_codes(grey)
    codes = search.codes
    if not codes:
        return RecognisedPage(number=page.number, code=None, problem=_without_code(grey, search))
    if len({(found.code.document, found.code.page, found.code.pages) for found in codes}) > 1:
        return RecognisedPage(number=page.number, code=None, problem=Problem.SEVERAL_PAGES)
    code = codes[0].code
    issued = lookup(code.document)
    if issued is None:
        return RecognisedPage(number=page.number, code=code, problem=Problem.UNKNOWN_DOCUMENT)
    size = issued.sizes[code.page - 1] if len(issued.sizes) == code.pages else None
    marks = PageMarks.of(*size) if size else None
    if size is None or marks is None:
        return RecognisedPage(number=page.number, code=code, problem=Problem.NO_SUCH_PAGE)
    is_cut = bool(outside_frame(grey, codes, marks))
    boxes = issued.boxes_on(code.page)
    if not boxes:
        return RecognisedPage(number=page.number, code=code, problem=None, is_cut=is_cut)
    registration = register(grey, codes, marks)
    return RecognisedPage(
        number=page.number,
        code=code,
        problem=None,
        is_cut=is_cut,
        registration=registration,
        boxes=_read(page, issued, codes, registration, size),
    )


def _without_code(grey: Image.Image, search: Search) -> Problem:
    """What a page is on which none of our codes was read."""
    if search.unread or shows_marks(grey):
        return Problem.CODE_UNREADABLE
    return Problem.BLANK if is_blank(grey) else Problem.NO_CODE


def _read(
    page: ScanPage,
    issued: IssuedPages,
    codes: tuple[FoundCode, ...],
    registration: Registration,
    size: tuple[float, float],
) -> tuple[BoxReading, ...]:
    number = codes[0].code.page
    boxes = issued.boxes_on(number)
    region = align(page.image, issued, number, size, _around(boxes), registration.to_pixels)
    reasons = _doubts(registration, region)
    return tuple(
        BoxReading(
            box=ink.box,
            state=InkState.UNCERTAIN if reasons else ink.state,
            reason=reasons or ink.reason,
            measures=ink.measures,
            crop=_shown(region, ink.box),
        )
        for ink in read_boxes(region, boxes, is_bilevel=page.is_bilevel)
    )


def _doubts(registration: Registration, region: Region) -> str:
    """Why nothing is told of any box; empty where the page lies safely over the issued one."""
    if registration.is_exact or (registration.is_safe and region.is_safe):
        return ""
    return _AWAY


def _around(boxes: tuple[Box, ...]) -> Rectangle:
    """All boxes, with a margin."""
    margin = MARGIN_MM * POINTS_PER_MM
    left, bottom, right, top = zip(*(box.rect for box in boxes), strict=True)
    return min(left) - margin, min(bottom) - margin, max(right) + margin, max(top) + margin


def _shown(region: Region, box: Box) -> Image.Image:
    rows, columns = place_in(region, box.rect, (_CROP_MARGIN_MM, _CROP_MARGIN_MM))
    right, lower = min(columns.stop, region.piece.width), min(rows.stop, region.piece.height)
    return region.piece.crop((columns.start, rows.start, right, lower))
