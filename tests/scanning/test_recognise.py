"""A scanned page: which one it is, where its boxes are, what lies in them."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
import segno
from PIL import Image, ImageDraw

from piles_docs.methodology.acts import InkState
from piles_docs.scanning.pages import ScanPage, read_pages
from piles_docs.scanning.recognise import Problem, RecognisedPage, recognise_page

from .campaign import issued_documents
from .generator import Sheet

PIXELS_PER_POINT = 200 / 72


def _scan(sheet: Sheet) -> Image.Image:
    """The page as a perfect scanner would see it."""
    document = pypdfium2.PdfDocument(sheet.pdf)
    try:
        image: Image.Image = document[sheet.page - 1].render(scale=PIXELS_PER_POINT).to_pil()
        return image.convert("RGB")
    finally:
        document.close()


def _recognise(image: Image.Image, sheets: list[Sheet]) -> RecognisedPage:
    out = io.BytesIO()
    image.save(out, "PNG")
    [page] = read_pages(out.getvalue())
    assert isinstance(page, ScanPage)
    return recognise_page(page, issued_documents(sheets).get)


def _box(image: Image.Image, sheet: Sheet, index: int = 0) -> tuple[float, float, float, float]:
    left, bottom, right, top = (side * PIXELS_PER_POINT for side in sheet.boxes[index].rect)
    return left, image.height - top, right, image.height - bottom


def _sign(image: Image.Image, box: tuple[float, float, float, float], *, down: float = 0.0) -> None:
    """A scrawl over the middle of the box, moved down by so much of its height."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    t = np.linspace(0, 1, 200)
    x = left + wide * (0.2 + 0.5 * t + 0.05 * np.cos(40 * t))
    y = top + high * (0.5 + down + 0.25 * np.sin(40 * t) * (1 - 0.6 * t))
    ImageDraw.Draw(image).line(
        list(zip(x.tolist(), y.tolist(), strict=True)), fill=(30, 40, 120), width=4, joint="curve"
    )


@pytest.fixture
def two(sheets: list[Sheet]) -> Sheet:
    """A page with two boxes, one under the other."""
    return next(
        sheet
        for sheet in sheets
        if len(sheet.boxes) == 2 and abs(sheet.boxes[0].rect[0] - sheet.boxes[1].rect[0]) < 1
    )


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_page_and_the_signed_box_are_found_however_it_lay(
    two: Sheet, sheets: list[Sheet], turn: int
) -> None:
    image = _scan(two)
    _sign(image, _box(image, two, 1))
    found = _recognise(image.rotate(turn, expand=True), sheets)
    assert found.code
    assert (found.code.document, found.code.page) == (two.document, two.page)
    assert [box.state for box in found.boxes] == [InkState.EMPTY, InkState.SIGNED]
    assert [box.box for box in found.boxes] == list(two.boxes)
    assert found.registration
    assert found.registration.is_exact
    assert found.registration.residual_mm < 0.15


def test_the_crop_shows_the_box_upright(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two)
    _sign(image, _box(image, two))
    upright, turned = (_recognise(image.rotate(turn, expand=True), sheets).boxes[0].crop for turn in (0, 180))
    away = np.abs(np.asarray(upright, float) - np.asarray(turned, float))
    assert upright.size == turned.size
    assert away.mean() < 8


def test_every_page_is_told_from_every_other(sheets: list[Sheet]) -> None:
    for sheet in sheets:
        found = _recognise(_scan(sheet), sheets)
        assert found.problem is None
        assert found.code
        assert (found.code.document, found.code.page) == (sheet.document, sheet.page)
        assert all(box.state is InkState.EMPTY for box in found.boxes)


def test_a_page_without_code_is_told(sheets: list[Sheet]) -> None:
    image = Image.new("RGB", (1654, 2339), (244, 244, 240))
    assert _recognise(image, sheets).problem is Problem.BLANK
    ImageDraw.Draw(image).text((300, 900), "Facture\nn° 12", fill=(90, 90, 90), font_size=60)
    assert _recognise(image, sheets).problem is Problem.NO_CODE


def test_the_code_of_another_is_left_aside(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two)
    out = io.BytesIO()
    segno.make("https://example.org/facture/12").save(out, kind="png", scale=6)
    image.paste(Image.open(out).convert("RGB"), (700, 1500))
    found = _recognise(image, sheets)
    assert found.problem is None
    assert found.code
    assert found.code.document == two.document


def test_only_the_code_of_another_is_no_code(sheets: list[Sheet]) -> None:
    image = Image.new("RGB", (1654, 2339), "white")
    out = io.BytesIO()
    segno.make("https://example.org/facture/12").save(out, kind="png", scale=6)
    image.paste(Image.open(out).convert("RGB"), (700, 1500))
    assert _recognise(image, sheets).problem is Problem.NO_CODE


def test_two_pages_on_one_picture_are_for_a_person(sheets: list[Sheet]) -> None:
    one, other = sheets[0], next(sheet for sheet in sheets if sheet.document != sheets[0].document)
    both = Image.new("RGB", (3308, 2339), "white")
    both.paste(_scan(one), (0, 0))
    both.paste(_scan(other), (1654, 0))
    assert _recognise(both, sheets).problem is Problem.SEVERAL_PAGES


def test_an_unknown_document_is_told_by_its_name(two: Sheet) -> None:
    found = _recognise(_scan(two), [])
    assert found.problem is Problem.UNKNOWN_DOCUMENT
    assert found.code
    assert found.code.document == two.document


def test_a_document_with_other_pages_than_the_code_says_is_told(two: Sheet, sheets: list[Sheet]) -> None:
    other = next(sheet for sheet in sheets if sheet.document != two.document)
    image = _scan(two)
    out = io.BytesIO()
    image.save(out, "PNG")
    [page] = read_pages(out.getvalue())
    assert isinstance(page, ScanPage)
    issued = issued_documents(sheets)[other.document]
    assert recognise_page(page, lambda _: issued).problem is Problem.NO_SUCH_PAGE


def test_a_code_that_is_cut_off_is_told(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two)
    found = _recognise(image.crop((0, 0, image.width - 130, image.height)), sheets)
    assert found.problem is None
    assert found.is_cut


@pytest.mark.parametrize(
    ("left", "top", "right", "bottom"),
    [(0, 0, 28, 28), (28, 28, 0, 0), (18, 0, 18, 0), (0, 18, 0, 18), (16, 16, 16, 16)],
    ids=["one square is left", "the other is left", "sides", "top and foot", "all around"],
)
def test_two_codes_that_are_cut_off_are_told(
    two: Sheet, sheets: list[Sheet], left: int, top: int, right: int, bottom: int
) -> None:
    image = _scan(two)
    cut = [round(side * 200 / 25.4) for side in (left, top, right, bottom)]
    part = image.crop((cut[0], cut[1], image.width - cut[2], image.height - cut[3]))
    assert _recognise(part, sheets).problem is Problem.CODE_UNREADABLE


def test_where_nothing_of_the_marks_is_left_none_is_made_up(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two)
    cut = round(28 * 200 / 25.4)
    part = image.crop((cut, cut, image.width - cut, image.height - cut))
    assert _recognise(part, sheets).problem is Problem.NO_CODE


def test_one_code_and_one_square_are_not_enough(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two)
    draw = ImageDraw.Draw(image)
    draw.rectangle((1400, 0, 1654, 300), fill="white")
    draw.rectangle((0, 0, 300, 300), fill="white")
    _sign(image, _box(image, two))
    found = _recognise(image, sheets)
    assert found.registration
    assert (found.registration.codes, found.registration.squares) == (1, 1)
    assert [box.state for box in found.boxes] == [InkState.UNCERTAIN, InkState.UNCERTAIN]


def test_the_signature_of_a_neighbour_does_not_sign(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two)
    _sign(image, _box(image, two, 0), down=0.4)
    upper, lower = _recognise(image, sheets).boxes
    assert lower.state is InkState.UNCERTAIN
    assert "case" in lower.reason
    assert upper.state is not InkState.EMPTY


def test_a_straight_line_does_not_sign(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two)
    left, top, right, bottom = _box(image, two)
    ImageDraw.Draw(image).line([(left + 30, bottom - 20), (right - 30, top + 20)], fill=(20, 20, 20), width=5)
    assert _recognise(image, sheets).boxes[0].state is InkState.UNCERTAIN


def test_the_same_page_gives_the_same_answer(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two)
    _sign(image, _box(image, two))
    assert _recognise(image, sheets) == _recognise(image, sheets)


def test_where_light_lines_have_vanished_nothing_is_called_empty(two: Sheet, sheets: list[Sheet]) -> None:
    image = _scan(two).convert("L").point(lambda value: 0 if value < 100 else 255)
    for box in _recognise(image.convert("RGB"), sheets).boxes:
        assert box.state is InkState.UNCERTAIN
        assert "contrastée" in box.reason
