"""The project's own documents, as they are issued on paper: with boxes to sign in, and marks at the corners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pypdfium2

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import Converter
from piles_docs.documents.making import Order, make
from piles_docs.documents.originals import complete
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


def _reference(key: Key) -> str:
    return reference(CASE, key, 1)
