from __future__ import annotations

import io

import docx
import pytest

from piles_docs.documents.conversion import Embedded
from piles_docs.documents.lone_headings import break_before, lone_headings

HEADING = "Article 1 – Objet"


def act(*, parted: bool) -> bytes:
    """A heading and its text, which a page break parts or not."""
    document = docx.Document()
    document.add_paragraph("Ce qui précède.")
    document.add_heading(HEADING, 1)
    document.add_paragraph("Ce qui suit.").paragraph_format.page_break_before = parted
    document.add_paragraph("La fin.").paragraph_format.page_break_before = True
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


@pytest.mark.parametrize(("parted", "found"), [(True, {"Article1–Objet"}), (False, set())])
def test_a_heading_is_alone_when_its_text_is_on_the_next_page(parted: bool, found: set[str]) -> None:
    content = act(parted=parted)
    assert lone_headings(content, Embedded().convert({"acte": content})["acte"]) == found


def test_a_break_goes_before_the_headings_named_and_no_other_paragraph() -> None:
    mended = docx.Document(io.BytesIO(break_before(act(parted=False), {"Article1–Objet"})))
    breaks = {one.text: bool(one.paragraph_format.page_break_before) for one in mended.paragraphs}
    assert breaks == {"Ce qui précède.": False, HEADING: True, "Ce qui suit.": False, "La fin.": True}
    same = docx.Document(io.BytesIO(break_before(act(parted=False), set())))
    assert [one.text for one in same.paragraphs if one.paragraph_format.page_break_before] == ["La fin."]
