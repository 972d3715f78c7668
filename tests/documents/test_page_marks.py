"""The marks on issued pages: they are read, they cover nothing, and the file stays what it claims."""

from __future__ import annotations

import io
import re

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.shared import Mm
from numpy.typing import NDArray
from pikepdf import Name

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import Converter, LibreOffice
from piles_docs.documents.letterhead import dress
from piles_docs.documents.making import make
from piles_docs.documents.obstacles import Obstacle
from piles_docs.documents.originals import complete, survey
from piles_docs.documents.structure import elements
from piles_docs.methodology.page_codes import Mark, PageCode
from piles_docs.methodology.page_marks import PageMarks, Rectangle
from piles_docs.usecases.workspace import Workspace

from . import test_every_template as every
from .verapdf import VeraPdf

DOCUMENT = "7F3K9X2M"
CONVENTION = "convention-cadre"
SEEN = (CONVENTION, "charte", "plan-formation")
Pixels = NDArray[np.uint8]


def add_marks(pdf: bytes, code: str) -> bytes:
    return complete(pdf, code=code, labels={}, name="essai")


def obstacles(pdf: bytes) -> tuple[Obstacle, ...]:
    return survey(pdf, (), name="essai").obstacles


@pytest.fixture(scope="module")
def pdfs(repository: Workspace, converter: Converter) -> dict[str, bytes]:
    case, network = repository.case(every.COMPLETE), repository.network()
    words = {
        order.key.name: make(order, case, network, repository.template(order.document.id)).docx
        for order in every._orders(repository, every.COMPLETE)
        if order.key.name in SEEN
    }
    return converter.convert(words)


@pytest.fixture(scope="module")
def marked(pdfs: dict[str, bytes]) -> dict[str, bytes]:
    return {name: add_marks(pdf, DOCUMENT) for name, pdf in pdfs.items()}


def grey_pages(pdf: bytes, dots_an_inch: float) -> list[Pixels]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [
            page.render(scale=dots_an_inch / 72, grayscale=True).to_numpy().squeeze() for page in document
        ]


def codes_of(page: Pixels) -> dict[Mark, tuple[PageCode, zxingcpp.Barcode]]:
    found = {}
    for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        read = PageCode.read(code.text)
        assert read, code.text
        assert read.mark not in found
        found[read.mark] = (read, code)
    return found


def part(page: Pixels, area: Rectangle, scale: float) -> Pixels:
    """The pixels of an area in points, those that it only touches too."""
    left, bottom, right, top = (side * scale for side in area)
    height = page.shape[0]
    return page[int(height - top) : int(height - bottom) + 1, int(left) : int(right) + 1]


# ---------------------------------------------------------------- the documents of the repository


def test_signature_boxes_stay(pdfs: dict[str, bytes], marked: dict[str, bytes]) -> None:
    parties = ["porteuse", "tete-de-reseau"]
    before, after = (find_boxes(files[CONVENTION], parties, name="essai") for files in (pdfs, marked))
    assert before == after


@pytest.mark.parametrize("dots_an_inch", [150, 200])
@pytest.mark.parametrize("name", SEEN)
def test_both_codes_of_every_page_are_read(marked: dict[str, bytes], name: str, dots_an_inch: float) -> None:
    pages = grey_pages(marked[name], dots_an_inch)
    for number, page in enumerate(pages, 1):
        found = codes_of(page)
        assert set(found) == set(Mark)
        for mark, (code, _) in found.items():
            assert code == PageCode(DOCUMENT, number, len(pages), mark)


def test_codes_are_where_they_are_said_to_be_and_upright(marked: dict[str, bytes]) -> None:
    scale = 200 / 72
    page = grey_pages(marked[CONVENTION], 200)[0]
    height, width = page.shape
    marks = PageMarks.of(width / scale, height / scale)
    assert marks
    for mark, (_, code) in codes_of(page).items():
        left, bottom, right, top = marks.codes[mark]
        corners = code.position
        assert (corners.top_left.x / scale, corners.top_left.y / scale) == pytest.approx(
            (left, height / scale - top), abs=1
        )
        assert (corners.bottom_left.x / scale, corners.top_right.x / scale) == pytest.approx(
            (left, right), abs=1
        )
        assert corners.bottom_left.y / scale == pytest.approx(height / scale - bottom, abs=1)


def test_nothing_is_painted_but_the_marks(pdfs: dict[str, bytes], marked: dict[str, bytes]) -> None:
    """Outside of what has to be clear no dot changes, and inside nothing was."""
    scale = 150 / 72
    for before, after in zip(
        grey_pages(pdfs[CONVENTION], 150), grey_pages(marked[CONVENTION], 150), strict=True
    ):
        height, width = after.shape
        marks = PageMarks.of(width / scale, height / scale)
        assert marks
        changed = before != after
        for area in marks.clear:
            assert part(before, area, scale).min() == 255
            part(changed.view(np.uint8), area, scale)[:] = 0
        assert not changed.any()
        for left, bottom, right, top in marks.squares:
            assert part(after, (left + 1, bottom + 1, right - 1, top - 1), scale).max() == 0


def test_the_marked_documents_conform(marked: dict[str, bytes], converter: Converter, vera: VeraPdf) -> None:
    if not isinstance(converter, LibreOffice):
        pytest.skip("the other converter claims nothing")
    for name in SEEN:
        for standard in ("PDF/A-2a", "PDF/UA-1"):
            assert vera.broken_rules(marked[name], standard) == [], name


def test_marks_are_decoration_and_need_no_font(pdfs: dict[str, bytes], marked: dict[str, bytes]) -> None:
    with (
        pikepdf.open(io.BytesIO(pdfs[CONVENTION])) as before,
        pikepdf.open(io.BytesIO(marked[CONVENTION])) as after,
    ):
        for one, other in zip(before.pages, after.pages, strict=True):
            assert set(one.resources.get(Name.Font, {}).keys()) == set(
                other.resources.get(Name.Font, {}).keys()
            )
            last = other.Contents[-1].read_bytes()
            assert re.fullmatch(rb"Q\n/Artifact BMC\n.*\nEMC\n", last, re.DOTALL)
            assert b"Tj" not in last
        if Name.StructTreeRoot in before.Root:
            assert len(list(elements(before))) == len(list(elements(after)))


def test_the_same_file_in_gives_the_same_bytes_out(pdfs: dict[str, bytes], marked: dict[str, bytes]) -> None:
    for name in SEEN:
        assert add_marks(pdfs[name], DOCUMENT) == marked[name]
        assert add_marks(pdfs[name], "7F3K9X2N") != marked[name]


# ---------------------------------------------------------------- other pages


def blank(width: float, height: float, content: bytes = b"", pages: int = 1) -> bytes:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            page = pdf.add_blank_page(page_size=(width, height))
            page.Contents = pdf.make_stream(content)
            page.Resources = pikepdf.Dictionary(
                Font=pikepdf.Dictionary(
                    F1=pikepdf.Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
                )
            )
        output = io.BytesIO()
        pdf.save(output)
    return output.getvalue()


@pytest.mark.parametrize("size", [(595.3, 841.9), (841.9, 595.3), (419.5, 595.3), (1190.6, 841.9)])
def test_pages_of_other_sizes(size: tuple[float, float]) -> None:
    (page,) = grey_pages(add_marks(blank(*size), DOCUMENT), 150)
    assert set(codes_of(page)) == set(Mark)


def test_a_section_turned_to_landscape(
    word: WordDocument, repository: Workspace, converter: Converter
) -> None:
    word.add_paragraph("Un tableau large")
    section = word.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    content = io.BytesIO()
    word.save(content)
    letterhead = (repository.root / "templates" / "papier-en-tete.docx").read_bytes()
    pdf = converter.convert({"paysage": dress(content.getvalue(), letterhead)})["paysage"]
    assert obstacles(pdf) == ()
    (page,) = grey_pages(add_marks(pdf, DOCUMENT), 150)
    assert page.shape[1] > page.shape[0]
    assert set(codes_of(page)) == set(Mark)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"BT /F1 12 Tf 540 790 Td (Une association au nom tres long, et son adresse complete) Tj ET",
         "le texte « Une association au nom tres long, et son… » passe sous le code en haut à droite"),
        (b"BT /F1 12 Tf 50 45 Td (ref) Tj ET", "le texte « ref » passe sous le code en bas à gauche"),
        (b"0.5 w 100 806 m 530 806 l S", "un trait ou un fond passe sous le code en haut à droite"),
        (b"40 800 5 5 re f", "un trait ou un fond passe sous le carré en haut à gauche"),
        (b"560 40 5 5 re f", "un trait ou un fond passe sous le carré en bas à droite"),
        (b"q 9 0 0 9 120 35 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xff EI Q", "une image passe sous la référence courte en bas à gauche"),
    ],
)  # fmt: skip
def test_what_is_in_the_way_is_named(content: bytes, words: str) -> None:
    (found,) = obstacles(blank(595.3, 841.9, content))
    assert str(found) == f"page 1, {words}"


@pytest.mark.parametrize("content", [b"BT /F1 12 Tf 540 790 Td (   ) Tj ET", b"300 400 50 50 re f"])
def test_what_is_in_no_ones_way(content: bytes) -> None:
    assert obstacles(blank(595.3, 841.9, content)) == ()


def test_a_page_too_small_and_a_document_too_long() -> None:
    (small,) = obstacles(blank(200, 841.9))
    assert str(small) == "page 1, la page est trop petite"
    (long,) = obstacles(blank(595.3, 841.9, pages=100))
    assert "plus de 99 pages" in str(long)


def test_what_a_page_leaves_turned_does_not_turn_its_marks() -> None:
    (page,) = grey_pages(add_marks(blank(595.3, 841.9, b"0.5 0 0 -0.5 30 70 cm 1 0 0 rg\n"), DOCUMENT), 150)
    assert set(codes_of(page)) == set(Mark)
