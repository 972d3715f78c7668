"""A heading alone at the foot of a page: found in a PDF, mended in its Word file.

LibreOffice 7.4 sometimes leaves a heading behind although Word is told to keep it with the next paragraph.
Only the finished pages show where; a page break before that heading puts it right.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import pypdfium2
from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.layout import set_property
from piles_docs.documents.word_archive import parse_texts, read_members, write_members

_DOCUMENT = "word/document.xml"
_FOOTER_POINTS = 70
"""Height of the foot of a page, kept for the letterhead's footer."""


def lone_headings(docx: bytes, pdf: bytes) -> set[str]:
    """The headings of a Word file that end a page of its PDF, as `break_before` takes them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        ends = [_end_of(page) for page in list(document)[:-1]]
    finally:
        document.close()
    if not ends:
        return set()
    root = parse_texts(read_members(docx, name="le document"), name="le document")[_DOCUMENT]
    headings = {_squeezed(_text(paragraph)) for paragraph in root.iter(qn("w:p")) if _is_heading(paragraph)}
    return {heading for heading in headings if heading and any(end.endswith(heading) for end in ends)}


def _end_of(page: pypdfium2.PdfPage) -> str:
    width, height = page.get_size()
    return _squeezed(page.get_textpage().get_text_bounded(0, _FOOTER_POINTS, width, height))


def break_before(docx: bytes, headings: Collection[str]) -> bytes:
    """The Word file with a page break before these headings."""
    members = read_members(docx, name="le document")
    root = parse_texts(members, name="le document")[_DOCUMENT]
    for paragraph in root.iter(qn("w:p")):
        if _is_heading(paragraph) and _squeezed(_text(paragraph)) in headings:
            set_property(paragraph, "w:pageBreakBefore")
    members[_DOCUMENT] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return write_members(members)


def _is_heading(paragraph: etree._Element) -> bool:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val"), "").startswith(("Heading", "Titre"))


def _text(paragraph: etree._Element) -> str:
    return "".join(text.text or "" for text in paragraph.iter(qn("w:t")))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
