"""One file gives styles, header and footer to all documents; a template keeps its text and its lists."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor

from piles_docs.documents.rendering import Rendered
from piles_docs.documents.template import Template, text_of_document
from piles_docs.errors import TemplateInvalid

Render = Callable[..., Rendered]
LETTERHEAD = Path(__file__).parents[2] / "templates" / "papier-en-tete.docx"


def _opened(made: Rendered) -> WordDocument:
    return Document(io.BytesIO(made.docx))


def test_styles_are_those_of_the_letterhead(word: WordDocument, rendered: Render) -> None:
    word.styles["Normal"].font.color.rgb = RGBColor(255, 0, 0)
    word.add_paragraph("{{ porteuse.nom }}")
    ours, theirs = _opened(rendered(word)).styles, Document(str(LETTERHEAD)).styles
    assert {style.style_id for style in ours} == {style.style_id for style in theirs}
    assert "FF0000" not in ours["Normal"].element.xml


def test_header_and_footer_are_those_of_the_letterhead_in_every_section(
    word: WordDocument, rendered: Render
) -> None:
    word.sections[0].header.paragraphs[0].text = "Ancien en-tête"
    word.sections[0].footer.paragraphs[0].text = "Ancien pied"
    word.add_section()
    word.add_paragraph("{{ porteuse.nom }}")
    document = _opened(rendered(word))
    assert len(document.sections) == 2
    for section in document.sections:
        header = "".join(paragraph.text for paragraph in section.header.paragraphs)
        footer = "".join(paragraph.text for paragraph in section.footer.paragraphs)
        assert "APEAS" in header + "".join(
            cell.text for table in section.header.tables for cell in table._cells
        )
        assert "embrunais.charte.v1" in footer + "".join(
            cell.text for t in section.footer.tables for cell in t._cells
        )
    assert "Ancien" not in text_of_document(rendered(word).docx)


def test_margins_are_those_of_the_letterhead_and_a_landscape_section_stays_so(
    word: WordDocument, rendered: Render
) -> None:
    section = word.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = Mm(70)
    word.add_paragraph("{{ porteuse.nom }}")
    made, model = _opened(rendered(word)).sections[0], Document(str(LETTERHEAD)).sections[-1]
    assert made.left_margin == model.left_margin
    assert made.orientation == WD_ORIENT.LANDSCAPE
    assert made.page_width is not None
    assert abs(made.page_width - Mm(297)) < Mm(1)


def test_lists_of_a_template_keep_working(word: WordDocument, rendered: Render) -> None:
    numbering = word.part.numbering_part.element
    own = numbering.findall(qn("w:num"))[0].get(qn("w:numId"))
    paragraph = word.add_paragraph("{{ porteuse.nom }}")
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = int(own)
    before = _abstract_of(word, own)
    document = _opened(rendered(word))
    (made,) = [p for p in document.paragraphs if p.text == "Collectif Haute-Durance Solidaire"]
    (used,) = made._p.iter(qn("w:numId"))
    assert _abstract_of(document, used.get(qn("w:val"))) == before
    numbers = [
        number.get(qn("w:numId")) for number in document.part.numbering_part.element.findall(qn("w:num"))
    ]
    assert len(numbers) == len(set(numbers))


def _abstract_of(document: WordDocument, number: str) -> list[tuple[str | None, str | None]]:
    """Format and text of each level of a list."""
    root = document.part.numbering_part.element
    (num,) = [found for found in root.findall(qn("w:num")) if found.get(qn("w:numId")) == number]
    wanted = num.find(qn("w:abstractNumId")).get(qn("w:val"))
    (abstract,) = [
        found for found in root.findall(qn("w:abstractNum")) if found.get(qn("w:abstractNumId")) == wanted
    ]
    return [
        (level.find(qn("w:numFmt")).get(qn("w:val")), level.find(qn("w:lvlText")).get(qn("w:val")))
        for level in abstract.findall(qn("w:lvl"))
    ]


def test_a_draft_says_so_on_every_page(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("{{ porteuse.nom }}")
    assert "PROJET" in text_of_document(rendered(word).docx)


def test_a_letterhead_that_is_not_word_is_named(
    word: WordDocument, as_template: Callable[[WordDocument], Template]
) -> None:
    good = as_template(word)
    bad = Template(name=good.name, content=good.content, letterhead=b"pas du Word")
    with pytest.raises(TemplateInvalid, match="papier-en-tete"):
        bad.dressed()
