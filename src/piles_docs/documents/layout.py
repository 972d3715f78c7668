"""Keep on one page what is read together: signatures with their text, a lead-in with what it leads to."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from docx.oxml import ns
from lxml import etree

qn = cache(ns.qn)  # a few names, asked for at each paragraph
_ROW, _CELL, _PARAGRAPH, _TEXT = map(qn, ("w:tr", "w:tc", "w:p", "w:t"))
_RUN_PROPERTIES = qn("w:rPr")
_OF_TEXT = (_RUN_PROPERTIES, _TEXT, qn("w:br"), qn("w:tab"))
# Before the block, this much of the act's own text stays with it: enough to see what is being signed.
LETTERS_KEPT = 400
_AMOUNT = re.compile(r"-?\d[\d\s]*,\d\d\s€")
# A number by itself: the last letter of « 3f2a-9c41-07be-567e » is a digit in hexadecimal.
ORDINAL = re.compile(r"[0-9](?<![\w-][0-9])\d*(er|re|e)(?![\w-])")


def keep_signatures_together(body: etree._Element, place: str) -> None:
    """Bind each table of signatures in a rendered document, row to row, to the text before it.

    Word and both converters keep a paragraph marked « keep with next » on the page of what follows it.

    Args:
        body: The rendered document.
        place: The element that keeps the place of a signature.
    """
    for table in body.iter(qn("w:tbl")):
        if next(table.iter(place), None) is None:
            continue
        rows = table.findall(qn("w:tr"))
        for row in rows:
            _never_cut(row)
        for row in rows[:-1]:
            for paragraph in row.iter(qn("w:p")):
                keep_with_next(paragraph)
        _keep_text_before(table)


def keep_with_next(paragraph: etree._Element) -> None:
    """Keep a paragraph on the page of what follows it."""
    set_property(paragraph, "w:keepNext")


def keep_lead_in(paragraph: etree._Element) -> None:
    """Keep a paragraph that ends with a colon on the page of the list or table that it announces."""
    keep_with_next(paragraph)
    set_property(paragraph, "w:keepLines")


def is_amount(text: str) -> bool:
    """Whether a text is an amount and nothing else: « 1 500,00 € »."""
    return "€" in text and bool(_AMOUNT.fullmatch(text.strip()))


def align_amounts(table: etree._Element) -> None:
    """Set the amounts of a table against the right, one under the other, with the heading of their column."""
    rows = [row.findall(_CELL) for row in table.findall(_ROW)]
    for column in range(max(map(len, rows), default=0)):
        cells = [row[column] for row in rows if column < len(row)]
        if len(cells) > 1 and all(is_amount(_text(cell)) for cell in cells[1:]):
            for cell in cells if not is_amount(_text(cells[0])) else cells[1:]:
                for paragraph in cell.iter(_PARAGRAPH):
                    _set_right(paragraph)


def raise_ordinals(paragraph: etree._Element, read: Callable[[str], str] = str) -> None:
    """Raise the letters of an ordinal: 1er, 2e (usage; domain reference, 4.3).

    Args:
        paragraph: A `w:p`; it is changed.
        read: What is read for a text: as many characters, without what is no text.
    """
    for text in list(paragraph.iter(_TEXT)):
        run, ordinals = text.getparent(), list(ORDINAL.finditer(read(text.text or "")))
        if not ordinals or any(child.tag not in _OF_TEXT for child in run):
            continue
        for match in reversed(ordinals):
            _divide(run, text, match.end(1))
            properties = _first(_divide(run, text, match.start(1)), "w:rPr")
            add_property(
                properties, "w:vertAlign", {"w:val": "superscript"}, before=("w:rtl", "w:cs", "w:lang")
            )


def _divide(run: etree._Element, text: etree._Element, at: int) -> etree._Element:
    """Divide a run within one of its texts; return the second, with all that comes after."""
    written, later = text.text or "", list(text.itersiblings())
    second = copy.copy(text)
    for part, content in ((text, written[:at]), (second, written[at:])):
        part.text = content
        part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    after = run.makeelement(run.tag, run.attrib)
    after.extend([*map(copy.copy, run.findall(_RUN_PROPERTIES)), second, *later])
    if written[at:] or later:
        run.addnext(after)
    return after


def _set_right(paragraph: etree._Element) -> None:
    properties = _first(paragraph, "w:pPr")
    for old in properties.findall(qn("w:jc")):
        properties.remove(old)
    add_property(properties, "w:jc", {"w:val": "right"}, before=("w:outlineLvl", "w:rPr", "w:sectPr"))


def add_property(
    properties: etree._Element, name: str, attributes: Mapping[str, str], *, before: Sequence[str]
) -> None:
    """Add a property where the schema wants it: before those of these names (ISO/IEC 29500-1, 17.3)."""
    added = properties.makeelement(qn(name), {qn(key): value for key, value in attributes.items()})
    later = next(properties.iterchildren(*map(qn, before)), None)
    if later is None:
        properties.append(added)
    else:
        later.addprevious(added)


def _text(element: etree._Element) -> str:
    return "".join([text.text or "" for text in element.iter(_TEXT)]).strip()


def _first(element: etree._Element, name: str) -> etree._Element:
    """The child of this name, which comes before all others; made where there is none."""
    found = element.find(qn(name))
    if found is None:
        found = element.makeelement(qn(name))
        element.insert(0, found)
    return found


def _keep_text_before(table: etree._Element) -> None:
    kept = 0
    for element in table.itersiblings(preceding=True):
        if element.tag != qn("w:p") or kept >= LETTERS_KEPT:
            return
        keep_with_next(element)
        kept += len(_text(element))


def _never_cut(row: etree._Element) -> None:
    properties = _first(row, "w:trPr")
    if properties.find(qn("w:cantSplit")) is None:
        etree.SubElement(properties, qn("w:cantSplit"))


def set_property(paragraph: etree._Element, name: str) -> None:
    """Say of a paragraph how it falls on pages: `w:keepNext`, `w:keepLines`, `w:pageBreakBefore`."""
    properties = _first(paragraph, "w:pPr")
    for old in properties.findall(qn(name)):
        properties.remove(old)
    # After the style's name and what else keeps it, where the schema wants it (ISO/IEC 29500-1, 17.3.1.26).
    order = [qn("w:pStyle"), qn("w:keepNext"), qn("w:keepLines"), qn("w:pageBreakBefore")]
    first = order[: order.index(qn(name))]
    before = [child for child in properties if child.tag in first]
    properties.insert(len(before), properties.makeelement(qn(name)))
