"""Prove a document that was made: all its text is in the PDF, and each signatory has one block, no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.signature_box import BOX_HEIGHT_MM, BOX_WIDTH_MM
from piles_docs.documents.template import text_of
from piles_docs.documents.word_archive import parse_texts, read_members
from piles_docs.errors import Defect, ToolFailed
from piles_docs.proofing.places import squeezed

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_BOX_SIZE = {"cx": str(Mm(BOX_WIDTH_MM)), "cy": str(Mm(BOX_HEIGHT_MM))}
_SHOWN_LETTERS = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who must have a block to sign."""

    party: str
    name: str
    """As printed: « Mme Lise Exemple »."""
    function: str
    """As printed; empty where the case gives none."""


def page_texts(pdf: bytes) -> tuple[str, ...]:
    """The text of each page of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def block_defects(docx: bytes, signatories: Sequence[Signatory], *, file: str) -> Iterator[Defect]:
    """Say which signatory has no block, several, or one without their name; and which block is nobody's.

    Args:
        docx: The document as Word.
        signatories: Those that the methodology declares for it.
        file: The template, as staff know it.
    """
    root = parse_texts(read_members(docx, name=file), name=file)["word/document.xml"]
    boxes = [
        properties
        for properties in root.iter(f"{_DRAWING}docPr")
        if (size := properties.getparent().find(f"{_DRAWING}extent")) is not None
        and dict(size.attrib) == _BOX_SIZE
    ]
    names = [signatory.name for signatory in signatories]
    for signatory in signatories:
        own = [box for box in boxes if box.get("descr", "").endswith(signatory.name)]
        if len(own) != names.count(signatory.name):
            place = "emplacement" if len(own) < 2 else "emplacements"
            yield Defect(
                file=file,
                message=f"{signatory.name} ({signatory.party}) a {len(own)} {place} de signature, pas un",
                remedy="le tableau des signatures doit être dans le modèle une fois, et une seule",
            )
            continue
        row = next(own[0].iterancestors(qn("w:tr")), None)
        block = squeezed(
            "" if row is None else " ".join(text_of(paragraph) for paragraph in row.iter(qn("w:p")))
        )
        for words in (signatory.name, signatory.function):
            if squeezed(words) not in block:
                yield Defect(
                    file=file,
                    message=f"« {words} » n’est pas écrit à côté de l’emplacement où signe {signatory.name}",
                    remedy="reprenez le tableau des signatures d’un autre modèle",
                )
    for box in boxes:
        if box.get("descr", "").endswith(tuple(names)):
            continue
        yield Defect(
            file=file,
            message=f"un emplacement de signature est de trop : « {box.get('descr', '')} »",
            remedy="seules les parties que la méthode nomme signent ce document (piles templates list)",
        )


def pdf_defects(docx: bytes, pdf: bytes, signatories: Sequence[Signatory], *, file: str) -> Iterator[Defect]:
    """Say which text of the Word file is not in its PDF, and which signature box.

    The rendering has already found every value in the Word file, so every value is in the PDF too.
    """
    texts = [squeezed(text) for text in page_texts(pdf)]
    everything = "".join(texts)
    for root in parse_texts(read_members(docx, name=file), name=file).values():
        for paragraph in root.iter(qn("w:p")):
            for words in _lost(_printed(paragraph), everything):
                yield Defect(
                    file=file,
                    message=f"« {_short(words)} » est dans le document Word et pas dans le PDF",
                    remedy="cherchez à cet endroit un texte masqué, une zone trop petite ou un signe rare",
                )
    try:
        boxes = find_boxes(pdf, [signatory.party for signatory in signatories], name=file)
    except ToolFailed as error:
        yield Defect(file=file, message=error.message.removeprefix(f"{file} : "), remedy=error.remedy)
        return
    for box, signatory in zip(boxes, signatories, strict=True):
        if squeezed(signatory.name) not in texts[box.page - 1]:
            yield Defect(
                file=file,
                message=f"page {box.page} du PDF : l’emplacement où signe {signatory.name} est sans son nom",
                remedy="gardez le nom et l’emplacement sur la même ligne du tableau des signatures",
            )


def _printed(paragraph: etree._Element) -> str:
    """The text of a paragraph, without the results of fields (page numbers): each page prints its own."""
    pieces, inside = [], False
    for element in paragraph.iter(qn("w:t"), qn("w:fldChar"), qn("w:tab"), qn("w:br")):
        if element.tag == qn("w:fldChar"):
            inside = element.get(qn("w:fldCharType")) != "end"
        elif not inside and next(element.iterancestors(qn("w:fldSimple")), None) is None:
            pieces.append(element.text or "" if element.tag == qn("w:t") else " ")
    return "".join(pieces)


def _lost(text: str, everything: str) -> Iterator[str]:
    """The piece of a paragraph that is not there; a page may end once within it."""
    words = text.split()
    if squeezed(text) in everything:
        return
    for cut in range(1, len(words)):
        head, tail = squeezed(" ".join(words[:cut])), squeezed(" ".join(words[cut:]))
        if head not in everything:
            break
        if tail in everything:
            return
    yield text.strip()


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_LETTERS else text[: _SHOWN_LETTERS - 1] + "…"
