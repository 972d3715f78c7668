"""The project's own documents, as they are issued on paper: with boxes to sign in, and marks at the corners."""

from __future__ import annotations

import copy
import datetime as dt
import io
from collections.abc import Collection

import docx
import pypdfium2
from pypdfium2 import raw

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import Converter
from piles_docs.documents.making import Order, make
from piles_docs.documents.originals import complete
from piles_docs.documents.signature_box import BOX_HEIGHT_PIXELS
from piles_docs.methodology.acts import Box, Means
from piles_docs.methodology.instances import keys
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.page_codes import code_of
from piles_docs.methodology.states import Key
from piles_docs.methodology.threads import reference
from piles_docs.usecases.workspace import Workspace

from .generator import Sheet

CASE = "embrunais"
ISSUED_ON = dt.date(2026, 3, 12)
_CROWDED = {"plan-formation": 6, "invitation-financeurs.departement-05": 3}
"""Documents whose signature table is made so many rows long: one has its boxes under each other, one in two columns."""
_KEPT = 3
"""Paragraphs before that table."""


def issued_pages(
    repository: Workspace, converter: Converter, wanted: Collection[str] | None = None
) -> list[Sheet]:
    """Issue documents that someone signs, and tell all their pages, those without boxes too.

    Args:
        repository: The workspace.
        converter: Makes their PDF.
        wanted: Names of documents as in drafts (`charte`); None for all.
    """
    case, network = repository.case(CASE), repository.network()
    documents = {}
    parties = {}
    for document in load_methodology().documents:
        if not document.signatories:
            continue
        for key in keys(document, case):
            if wanted is None or key.name in wanted:
                order = Order(
                    document=document,
                    key=key,
                    reference=_reference(key),
                    version=1,
                    draft=False,
                    means=Means.PAPER,
                    originals=1,
                    issued_on=ISSUED_ON,
                )
                documents[key.name] = make(order, case, network, repository.template(document.id)).docx
                parties[key.name] = document.signatories
    sheets = []
    crowded = {
        f"{name}.crowded": _crowded(documents[name], rows)
        for name, rows in _CROWDED.items()
        if name in documents
    }
    for name, pdf in converter.convert(crowded).items():
        code = code_of(name, 1)
        sheets += [
            Sheet(pdf=complete(pdf, code=code, labels={}, name=name), document=code, page=page, boxes=boxes)
            for page, boxes in _all_boxes(pdf)
        ]
    for name, pdf in converter.convert(documents).items():
        found = find_boxes(pdf, parties[name], name=name)
        code = code_of(_reference(Key(name)), 1)
        marked = complete(pdf, code=code, labels={}, name=name)
        for page in range(1, len(pypdfium2.PdfDocument(pdf)) + 1):
            boxes = tuple(
                Box(party=box.party, page=box.page, rect=box.rect) for box in found if box.page == page
            )
            sheets.append(Sheet(pdf=marked, document=code, page=page, boxes=boxes))
    return sheets


def _crowded(document: bytes, rows: int) -> bytes:
    """The same document with little text and a long signature table: many boxes are read at the cost of a page."""
    word = docx.Document(io.BytesIO(document))
    table = next(table for table in word.tables if "Emplacement de la signature" in table._tbl.xml)
    before = list(table._tbl.itersiblings(preceding=True))
    after = list(table._tbl.itersiblings())[:-1]  # the last has the page's size, header and footer
    for element in (*before[_KEPT:], *after):
        element.getparent().remove(element)
    known = [row._tr for row in table.rows]
    for rank in range(len(known), rows):
        table._tbl.append(copy.deepcopy(known[rank % len(known)]))
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _all_boxes(pdf: bytes) -> list[tuple[int, tuple[Box, ...]]]:
    """Each page with its boxes, of which many may be for the same party."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (
                number,
                tuple(
                    Box(party=f"party-{rank}", page=number, rect=item.get_bounds())
                    for rank, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
                    if item.get_px_size()[1] == BOX_HEIGHT_PIXELS
                ),
            )
            for number, page in enumerate(document, 1)
        ]
    finally:
        document.close()


def _reference(key: Key) -> str:
    return reference(CASE, key, 1)
