from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from docx import Document

from piles_docs.documents.template import Template, text_of_document
from piles_docs.errors import TemplateInvalid
from piles_docs.usecases.workspace import Workspace


def word(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


@pytest.fixture
def template(repository: Workspace) -> Callable[..., Template]:
    """Makes a template that has these paragraphs, beside blocks that have one paragraph each."""

    def make(*paragraphs: str, **blocks: str) -> Template:
        return Template(
            name="templates/essai.docx",
            content=word(*paragraphs),
            letterhead=repository.template("charte").letterhead,
            blocks=tuple((name, word(text)) for name, text in blocks.items()),
        )

    return make


def lines(template: Template) -> list[str]:
    return [line for line in text_of_document(template.dressed()).splitlines() if line.strip()]


def test_a_block_takes_the_place_of_the_paragraph_that_includes_it(template: Callable[..., Template]) -> None:
    made = template("avant", "{%p inclure milieu %}", "après", milieu="au milieu")
    assert lines(made)[:3] == ["avant", "au milieu", "après"]


def test_a_block_may_include_another(template: Callable[..., Template]) -> None:
    made = template("{%p inclure dehors %}", dehors="{%p inclure dedans %}", dedans="au fond")
    assert lines(made)[0] == "au fond"


def test_an_inclusion_inside_a_sentence_is_no_inclusion(template: Callable[..., Template]) -> None:
    assert template("voir {%p inclure milieu %}", milieu="au milieu").used_blocks() == {}


def test_a_block_that_is_not_there_is_named_with_its_file(template: Callable[..., Template]) -> None:
    with pytest.raises(TemplateInvalid) as caught:
        template("{%p inclure absent %}", milieu="au milieu").dressed()
    assert [defect.file for defect in caught.value.defects] == ["templates/essai.docx"]
    assert "templates/blocs/absent.docx" in caught.value.defects[0].message


def test_a_block_that_includes_itself_is_refused(template: Callable[..., Template]) -> None:
    with pytest.raises(TemplateInvalid, match=r"templates/blocs/rond\.docx"):
        template("{%p inclure rond %}", rond="{%p inclure rond %}").dressed()


def test_a_block_with_a_picture_or_automatic_numbers_is_refused(
    template: Callable[..., Template], repository: Workspace
) -> None:
    numbered = Document()
    numbered.add_paragraph("un").paragraph_format.element.get_or_add_pPr().get_or_add_numPr()
    content = io.BytesIO()
    numbered.save(content)
    made = template("{%p inclure liste %}")
    made = Template(
        name=made.name,
        content=made.content,
        letterhead=made.letterhead,
        blocks=(("liste", content.getvalue()),),
    )
    with pytest.raises(TemplateInvalid, match=r"templates/blocs/liste\.docx"):
        made.dressed()


def test_a_defect_in_a_block_is_said_of_the_block(template: Callable[..., Template]) -> None:
    with pytest.raises(TemplateInvalid) as caught:
        template("{%p inclure casse %}", casse="{{ porteuse.nom").dressed()
    assert [defect.file for defect in caught.value.defects] == ["templates/blocs/casse.docx"]


def test_only_the_blocks_that_a_template_includes_are_part_of_it(template: Callable[..., Template]) -> None:
    # A Word file bears the moment of its making, so the same file is kept and another block given.
    one = template("{%p inclure a %}", a="texte", b="autre")
    blocks, other = dict(one.blocks), word("changé")
    assert one.sha256 == replace(one, blocks=(("a", blocks["a"]), ("b", other))).sha256
    assert one.sha256 != replace(one, blocks=(("a", other), ("b", blocks["b"]))).sha256


def test_a_value_in_a_block_is_placed_in_its_block(template: Callable[..., Template]) -> None:
    made = template("rien", "{%p inclure milieu %}", milieu="{{ partie.voie }}")
    assert made.places_of("voie") == ["bloc « milieu », 1er paragraphe"]
