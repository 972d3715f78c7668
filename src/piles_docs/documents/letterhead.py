"""Dress a template with the letterhead: one file gives styles, header, footer and margins to all."""

from __future__ import annotations

import copy
import io

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from lxml import etree

_HEADER_FOOTER = {
    qn("w:headerReference"): RELATIONSHIP_TYPE.HEADER,
    qn("w:footerReference"): RELATIONSHIP_TYPE.FOOTER,
}


def dress(template: bytes, letterhead: bytes) -> bytes:
    """Return the template with the letterhead's styles, header, footer, margins and lists.

    The template keeps its text and its own lists; a section that staff turned to landscape stays so.
    """
    document, model = Document(io.BytesIO(template)), Document(io.BytesIO(letterhead))
    _take_numbering(document, model)
    _take_styles(document, model)
    _take_sections(document, model)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _take_styles(document: WordDocument, model: WordDocument) -> None:
    ours, theirs = document.styles.element, model.styles.element
    for child in list(ours):
        ours.remove(child)
    for child in theirs:
        ours.append(copy.deepcopy(child))


def _take_numbering(document: WordDocument, model: WordDocument) -> None:
    """Put the letterhead's list definitions, which its styles use, before the template's own.

    The template's own lists get numbers above the letterhead's, so that both stay right.
    """
    numbering = _numbering(model)
    if numbering is None:
        return
    if _numbering(document) is None:
        document.part.relate_to(numbering, RELATIONSHIP_TYPE.NUMBERING)
        return
    ours, theirs = document.part.numbering_part.element, model.part.numbering_part.element
    shift = 1000
    own_abstract, own_numbers = ours.findall(qn("w:abstractNum")), ours.findall(qn("w:num"))
    for abstract in own_abstract:
        _shift(abstract, "w:abstractNumId", shift)
    for number in own_numbers:
        _shift(number, "w:numId", shift)
        _shift(number.find(qn("w:abstractNumId")), "w:val", shift)
    for reference in document.element.body.iter(qn("w:numId")):
        if reference.get(qn("w:val")) != "0":  # 0 means "no list here"
            _shift(reference, "w:val", shift)
    for child in list(ours):
        ours.remove(child)
    for child in [copy.deepcopy(a) for a in theirs.findall(qn("w:abstractNum"))] + own_abstract:
        ours.append(child)
    for child in [copy.deepcopy(n) for n in theirs.findall(qn("w:num"))] + own_numbers:
        ours.append(child)


def _numbering(document: WordDocument) -> Part | None:
    """The part of a document that defines its lists, where it has one."""
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            part: Part = relation.target_part
            return part
    return None


def _shift(element: etree._Element, attribute: str, by: int) -> None:
    element.set(qn(attribute), str(int(element.get(qn(attribute), "0")) + by))


def _take_sections(document: WordDocument, model: WordDocument) -> None:
    source = model.sections[-1]._sectPr  # python-docx has no public way to a section's XML
    for section in document.sections:
        target = section._sectPr
        for reference in [child for child in target if child.tag in _HEADER_FOOTER]:
            document.part.drop_rel(reference.get(qn("r:id"), ""))
            target.remove(reference)
        for tag in ("w:pgMar", "w:titlePg"):
            for child in target.findall(qn(tag)):
                target.remove(child)
            for child in source.findall(qn(tag)):
                _insert_in_order(target, copy.deepcopy(child))
        for position, reference in enumerate(child for child in source if child.tag in _HEADER_FOOTER):
            part = model.part.related_parts[reference.get(qn("r:id"), "")]
            _rename(part)
            clone = copy.deepcopy(reference)
            clone.set(qn("r:id"), document.part.relate_to(part, _HEADER_FOOTER[reference.tag]))
            target.insert(position, clone)


# The order that the schema asks inside w:sectPr (ISO/IEC 29500-1, 17.6.17); Word refuses another.
_SECTION_ORDER = [
    qn(f"w:{name}")
    for name in (
        "headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar", "paperSrc",
        "pgBorders", "lnNumType", "pgNumType", "cols", "formProt", "vAlign", "noEndnote", "titlePg",
        "textDirection", "bidi", "rtlGutter", "docGrid",
    )
]  # fmt: skip


def _insert_in_order(section: etree._Element, child: etree._Element) -> None:
    rank = _SECTION_ORDER.index(child.tag)
    for position, other in enumerate(section):
        if other.tag in _SECTION_ORDER and _SECTION_ORDER.index(other.tag) > rank:
            section.insert(position, child)
            return
    section.append(child)


def _rename(part: Part) -> None:
    """Keep the letterhead's header, footer and logos apart from files of the same name in the template."""
    for member in [
        part,
        *(relation.target_part for relation in part.rels.values() if not relation.is_external),
    ]:
        folder, _, name = str(member.partname).rpartition("/")
        if not name.startswith("letterhead-"):
            member.partname = PackURI(f"{folder}/letterhead-{name}")
