"""An act by its articles and annexes, and which of them another rendering writes differently.

An amendment prints the new wording of each stipulation that it changes: a table of data would leave a judge
to guess the sentence.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.layout import add_property
from piles_docs.documents.template import article_title, is_first_level, text_of
from piles_docs.documents.word_archive import parse_texts, read_members

_CLOSING_STYLE = "Fait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """A stipulation of an act that now reads differently."""

    heading: str
    """As the act prints it: « Article 17 – Résiliation »."""
    before: bool
    """Whether the signed act has it."""
    wording: tuple[etree._Element, ...]
    """Its new paragraphs and tables; empty where it is dropped."""


def rewritings(
    before: bytes, after: bytes, printing: Collection[str], amended: Collection[str] = ()
) -> tuple[Rewriting, ...]:
    """Compare two renderings of an act, article by article, in the order of the act.

    The designation of the parties, the preamble and the closing are no stipulations, and are not compared.

    Args:
        before: The act as it was signed, as Word.
        after: The act as the case would make it today.
        printing: Titles of the stipulations that print what has changed. A wording that only the template
            changed since is left as it was signed.
        amended: Titles of those that signed amendments rewrote: theirs is the wording in force, a return to
            the first one is a change too.
    """
    old, new = _sections(before), _sections(after)
    found = [
        Rewriting(heading=heading, before=title in old or title in amended, wording=tuple(elements))
        for title, (heading, elements) in new.items()
        if title in printing and (title in amended or _read(elements) != _read(old.get(title, ("", []))[1]))
    ]
    dropped = [
        Rewriting(heading=heading, before=True, wording=())
        for title, (heading, _) in old.items()
        if title in printing and title not in new
    ]
    return tuple(found + dropped)


def insert(paragraph: etree._Element, wording: Sequence[etree._Element]) -> None:
    """Put a wording in the place of a paragraph, set in from the margin like any quotation."""
    for element in wording:
        quoted = copy.deepcopy(element)
        if quoted.tag == qn("w:p"):
            _set_in(quoted)
        paragraph.addprevious(quoted)
    paragraph.getparent().remove(paragraph)


def _set_in(paragraph: etree._Element) -> None:
    properties = paragraph.find(qn("w:pPr"))
    if properties is None:
        properties = etree.SubElement(paragraph, qn("w:pPr"))
        paragraph.insert(0, properties)
    style = properties.find(qn("w:pStyle"))
    if style is not None and style.get(qn("w:val"), "").startswith(("List", "Liste")):
        return  # a list is set in by its own style
    if properties.find(qn("w:ind")) is None:
        add_property(properties, "w:ind", {"w:left": "425"}, before=("w:jc", "w:outlineLvl", "w:rPr"))


def _sections(content: bytes) -> dict[str, tuple[str, list[etree._Element]]]:
    """By title: the heading as printed and what stands under it."""
    root = parse_texts(read_members(content, name="l’acte"), name="l’acte")["word/document.xml"]
    found: dict[str, tuple[str, list[etree._Element]]] = {}
    current: list[etree._Element] | None = None
    for element in root.find(qn("w:body")):
        if element.tag == qn("w:p") and is_first_level(element):
            heading = text_of(element).strip()
            title = article_title(heading)
            current = [] if title != "Préambule" else None
            if current is not None:
                found[title] = (heading, current)
        elif _closes(element):
            current = None
        elif current is not None and element.tag in {qn("w:p"), qn("w:tbl")} and _read([element]):
            current.append(element)
    return found


def _closes(element: etree._Element) -> bool:
    style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val"), "").startswith(_CLOSING_STYLE)


def _read(elements: Sequence[etree._Element]) -> str:
    texts = [text.text or "" for element in elements for text in element.iter(qn("w:t"))]
    return re.sub(r"\s+", " ", " ".join(texts)).strip()
