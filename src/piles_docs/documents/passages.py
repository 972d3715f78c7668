"""Make what a template gave ready for the Word file: set paragraphs, align amounts, keep signatures together.

A part is a row of passages: the paragraphs and tables of its body, of a header, of a footer. Most passages of
a document are those of the one before, whoever it is for; what became of each is kept, or of its markup
(`forms`), and only what is new is read as XML.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from lxml import etree

from piles_docs.documents import forms
from piles_docs.documents.layout import (
    LETTERS_KEPT,
    align_amounts,
    is_amount,
    keep_signatures_together,
    keep_with_next,
)
from piles_docs.documents.sections import insert
from piles_docs.documents.signature_box import BOX_PLACE
from piles_docs.documents.typesetting import set_paragraph, squeezed

DOCXTPL = DocxTemplate("")
"""Never opened: for those of docxtpl's functions that take and give XML."""
_CUT = "piles-cut"
CUT = f"<{_CUT}/>"
"""Stands before each passage of a part, and after the last; no document keeps it."""
SET = "piles-set"
"""An attribute of paragraphs that are set once and for all; no document keeps it."""
_STAYS = "piles-stays"
"""Another, of paragraphs that stay on the page of the signatures after them."""
PLACE = re.compile("\ue002([0-9]{1,4})\ue003")
"""What a paragraph prints in whose place an insertion goes."""
_A_PARAGRAPH = re.compile("<w:p[ />]")
DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_PARAGRAPH, _TABLE, _ROW, _BODY = map(qn, ("w:p", "w:tbl", "w:tr", "w:body"))
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_BOX = f"<{BOX_PLACE} "
_VARYING = ("docPr", "\ue002")
_MOST_KNOWN = 1024
"""Passages that are kept; a document has some hundred, a case of all documents two hundred."""


class Finished(NamedTuple):
    """What became of a passage, or of a part."""

    content: bytes
    """As it goes into the Word file."""
    squeezed: str
    """The text that was rendered, as `typesetting.squeezed` makes it; not what never changes."""


_known: dict[tuple[str, str], Finished] = {}
"""By what comes before the passages of a part (it says what their names mean), and the passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """What the parts of one document share."""

    insertions: Sequence[Sequence[etree._Element]]
    """Wordings of another document, by the number that `PLACE` prints."""
    numbers: Iterator[int]
    """For pictures: no two of a file have the same."""

    def finish(self, xml: str, kept: Mapping[str, bytes], *, may_differ: bool) -> Finished:
        """Make a part ready.

        Args:
            xml: As it was rendered, with the numbers of articles.
            kept: What is written in place of a passage, for those that never change.
            may_differ: Whether a table in it may have other columns than it declares.

        Raises:
            etree.XMLSyntaxError: The tags do not nest as the document does.
        """
        if "<w:" not in xml:  # the properties of the file
            return Finished(DECLARATION + xml.encode(), "")
        if any(mark in xml for mark in "\n\t\a\f"):
            return self._whole(DOCXTPL.resolve_listing(xml), kept, may_differ=may_differ)
        head, *rest, tail = xml.split(CUT)
        head = sys.intern(head)  # of all documents of a template
        passages = None if may_differ else _with_what_stays([passage for passage in rest if passage])
        if passages is None:
            return self._whole(xml, kept, may_differ=may_differ)
        found = [
            Finished(kept[passage], "") if passage in kept else _found(head, passage) for passage in passages
        ]
        new = [passage for passage, one in zip(passages, found, strict=True) if not one]
        made = self._made(head, new, tail) if new else iter(())
        if made is None:
            return self._whole(xml, kept, may_differ=False)
        done = [one or next(made) for one in found]
        content = [DECLARATION, head.encode(), *[one.content for one in done], tail.encode()]
        return Finished(b"".join(content), "".join([one.squeezed for one in done]))

    def _made(self, head: str, passages: Sequence[str], tail: str) -> Iterator[Finished] | None:
        """Make passages ready; None where they do not nest by themselves, or docxtpl mends a table."""
        try:
            root = etree.fromstring(CUT.join([head, *passages, tail]))
        except etree.XMLSyntaxError:
            return None
        body = root.find(_BODY)
        if body is None:
            body = root
        if len(body.findall(_CUT)) <= len(passages) or _has_empty_table(body):
            return None
        texts: list[str] = []
        for element in list(body):
            if element.tag == _CUT:
                texts.append("")
            else:
                texts[-1] += self._settled(element)
        self._arrange(body)
        _, *contents, _ = etree.tostring(root, encoding="UTF-8").split(CUT.encode())
        made = [Finished(*one) for one in zip(contents, texts[:-1], strict=True)]
        for passage, one in zip(passages, made, strict=True):
            if not _varies(passage) and SET not in passage:
                forms.learn(head, passage, one.content.decode())
        _keep({(head, passage): one for passage, one in zip(passages, made, strict=True)})
        return iter(made)

    def _whole(self, xml: str, kept: Mapping[str, bytes], *, may_differ: bool) -> Finished:
        xml = xml.replace(CUT, "")
        root = etree.fromstring(xml)  # strictly: docxtpl drops what does not nest, without a word
        if may_differ or _has_empty_table(root):
            root = DOCXTPL.fix_tables(xml)
        squeezed = self._settled(root)
        self._arrange(root)
        content = serialised(root)
        for passage, written in kept.items():
            content = content.replace(passage.encode(), written)
        return Finished(content, squeezed)

    def _settled(self, element: etree._Element) -> str:
        """Set paragraphs, put insertions in, align amounts; return the text, squeezed."""
        texts: list[str] = []
        tables: dict[etree._Element, None] = {}
        for paragraph in list(element.iter(_PARAGRAPH)):
            if paragraph.get(_STAYS) is not None:
                del paragraph.attrib[_STAYS]
                keep_with_next(paragraph)
            if paragraph.get(SET) is not None:
                del paragraph.attrib[SET]
                continue
            text = set_paragraph(paragraph)
            texts.append(text)
            if is_amount(text):
                table = next(paragraph.iterancestors(_TABLE), None)
                if table is not None:
                    tables[table] = None
            elif (place := PLACE.fullmatch(text.strip())) and int(place[1]) < len(self.insertions):
                insert(paragraph, self.insertions[int(place[1])])
        for table in tables:
            align_amounts(table)
        return squeezed("".join(texts))

    def _arrange(self, root: etree._Element) -> None:
        """Number the pictures, and keep signatures with the text before them."""
        for drawing in root.iter(_PICTURE):
            drawing.set("id", str(next(self.numbers)))
        keep_signatures_together(root, BOX_PLACE)


def serialised(root: etree._Element) -> bytes:
    """A part as it is written into a Word file."""
    return DECLARATION + bytes(etree.tostring(root, encoding="UTF-8"))


def _with_what_stays(passages: Sequence[str]) -> list[str] | None:
    """Mark the text that stays with signatures, as `layout.keep_signatures_together` finds it in a tree.

    None where a passage on the way is not just a paragraph.
    """
    marked, letters = [], LETTERS_KEPT
    for passage in reversed(passages):
        if not _A_PARAGRAPH.match(passage):
            letters = 0 if passage.startswith("<w:tbl") and _BOX in passage else LETTERS_KEPT
            marked.append(passage)
        elif letters >= LETTERS_KEPT:
            marked.append(passage)
        elif _varies(passage) or not _is_one_paragraph(passage):
            return None
        else:
            letters += len(forms.text_of(passage).strip())
            marked.append(passage.replace("<w:p", f"<w:p {_STAYS}=''", 1))
    return marked[::-1]


def _is_one_paragraph(passage: str) -> bool:
    ends = passage.endswith("</w:p>") or passage.count("<") == 1
    return ends and len(_A_PARAGRAPH.findall(passage)) == 1


def _found(head: str, passage: str) -> Finished | None:
    """A passage that is known already, or is another paragraph of a form that is."""
    found = _known.get((head, passage))
    if found is None and (filled := forms.fill(head, passage)):
        content, text = filled
        found = Finished(content.encode(), squeezed(text))
    return found


def _keep(made: Mapping[tuple[str, str], Finished]) -> None:
    """Keep what is the same wherever it stands: without pictures, which are numbered, and insertions."""
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    _known.update({key: done for key, done in made.items() if not _varies(key[1])})


def _varies(passage: str) -> bool:
    """Whether more than the passage itself decides what becomes of it."""
    return any(mark in passage for mark in _VARYING)


def _has_empty_table(root: etree._Element) -> bool:
    """Whether a loop has left a table without rows, which docxtpl takes away."""
    return any(table.find(_ROW) is None for table in root.iter(_TABLE))
