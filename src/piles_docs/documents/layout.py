"""Keep on one page what is read together: signatures with their text, a lead-in with what it leads to."""

from __future__ import annotations

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

# Before the block, this much of the act's own text stays with it: enough to see what is being signed.
_LETTERS_KEPT = 160
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def keep_signatures_together(body: etree._Element, label: str) -> None:
    """Bind each table of signatures in a rendered document, row to row, to the text before it.

    Word and both converters keep a paragraph marked « keep with next » on the page of what follows it.

    Args:
        body: The rendered document.
        label: How the description of every signature box begins.
    """
    for table in body.iter(qn("w:tbl")):
        if not any(picture.get("descr", "").startswith(label) for picture in table.iter(_PICTURE)):
            continue
        rows = table.findall(qn("w:tr"))
        for row in rows:
            _never_cut(row)
        for row in rows[:-1]:
            for paragraph in row.iter(qn("w:p")):
                _keep_with_next(paragraph)
        _keep_text_before(table)


def keep_lead_ins(body: etree._Element) -> None:
    """Keep a paragraph that ends with a colon on the page of the list or table that it announces."""
    for paragraph in body.iter(qn("w:p")):
        text = "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
        if text.rstrip().endswith(":"):
            _keep_with_next(paragraph)


def _keep_text_before(table: etree._Element) -> None:
    kept = 0
    for element in table.itersiblings(preceding=True):
        if element.tag != qn("w:p") or kept >= _LETTERS_KEPT:
            return
        _keep_with_next(element)
        kept += sum(len(text.text or "") for text in element.iter(qn("w:t")))


def _never_cut(row: etree._Element) -> None:
    properties = row.find(qn("w:trPr"))
    if properties is None:
        properties = OxmlElement("w:trPr")
        row.insert(0, properties)
    if properties.find(qn("w:cantSplit")) is None:
        properties.append(OxmlElement("w:cantSplit"))


def _keep_with_next(paragraph: etree._Element) -> None:
    properties = paragraph.find(qn("w:pPr"))
    if properties is None:
        properties = OxmlElement("w:pPr")
        paragraph.insert(0, properties)
    for old in properties.findall(qn("w:keepNext")):
        properties.remove(old)
    # After the style's name, where the schema wants it (ISO/IEC 29500-1, 17.3.1.26).
    position = 1 if properties.find(qn("w:pStyle")) is not None else 0
    properties.insert(position, OxmlElement("w:keepNext"))
