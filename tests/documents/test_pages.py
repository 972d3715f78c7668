"""How the pages fall: what is read together stays together, seen on the PDF of every document.

LibreOffice only: the embedded converter does not keep the rows of a table together (docs/adr/0003).
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import LibreOffice, find_converter
from piles_docs.documents.making import SignedAct, make
from piles_docs.methodology.model import Document, load_methodology
from piles_docs.usecases.generate import order_for
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

CASES = sorted(path.stem for path in (Path(__file__).parents[2] / "cases").glob("*.yaml"))
TODAY, SIGNED = dt.date(2026, 11, 22), dt.date(2026, 1, 20)
ENOUGH_TEXT = 100
"""Letters of the act itself that stand above its signatures, headers and the block's own words apart."""


@pytest.fixture(scope="module", params=CASES)
def printed(request: pytest.FixtureRequest, repository: Workspace) -> dict[str, tuple[Document, bytes]]:
    """Every document of a sample case as PDF, as it is issued when the acts that it recalls are signed."""
    converter, dossier = find_converter(), request.param
    if not isinstance(converter, LibreOffice):
        pytest.skip("LibreOffice is not installed here")
    case, network = repository.case(dossier), repository.network()
    now = situation(repository, dossier, TODAY)
    states = [state for state in now.state.documents if not state.lacks]
    signed = {
        document: SignedAct(reference=f"{dossier}.{document}.v1", signed_on=SIGNED, title=document)
        for document in ("charte", "convention-amorcage", "convention-cadre")
    }
    words = {
        state.key.name: make(
            replace(order_for(now, state), draft=False, issued_on=TODAY, acts=signed, original=1),
            case,
            network,
            repository.template(state.key.document),
        ).docx
        for state in states
    }
    kinds = {state.key.name: load_methodology().document(state.key.document) for state in states}
    return {name: (kinds[name], pdf) for name, pdf in converter.convert(words).items()}


def test_the_signatures_of_a_document_stand_on_one_page_with_its_text(
    printed: dict[str, tuple[Document, bytes]],
) -> None:
    for name, (kind, pdf) in printed.items():
        if not kind.signatories:
            continue
        boxes = find_boxes(pdf, kind.signatories, name=name)
        assert len({box.page for box in boxes}) == 1, name
        highest = max(box.rect[3] for box in boxes)
        with_act = "".join(
            text for bottom, text in _lines(pdf, boxes[0].page) if highest < bottom < _PAGE_HEIGHT - _HEADER
        )
        assert len(with_act) >= ENOUGH_TEXT, (name, with_act)


def test_no_page_ends_with_a_heading_or_a_lead_in(printed: dict[str, tuple[Document, bytes]]) -> None:
    for name, (_, pdf) in printed.items():
        for page in range(1, _pages(pdf)):
            last = [text for bottom, text in _lines(pdf, page) if bottom > _FOOTER][-1:]
            assert not any(_is_heading(text) or text.endswith(":") for text in last), (name, page, last)


def test_no_page_is_almost_empty(printed: dict[str, tuple[Document, bytes]]) -> None:
    for name, (kind, pdf) in printed.items():
        if kind.id.startswith("emargement"):
            continue  # rows to sign in are all that a page may hold
        for page in range(1, _pages(pdf) + 1):
            body = [text for bottom, text in _lines(pdf, page) if _FOOTER < bottom < _PAGE_HEIGHT - _HEADER]
            assert len("".join(body)) >= ENOUGH_TEXT, (name, page, body)


_PAGE_HEIGHT = 842
_HEADER, _FOOTER = 85, 70  # points kept for the letterhead, at the head and at the foot of a page


def _is_heading(text: str) -> bool:
    return bool(re.match(r"(Article|Annexe n°)\s\d+\s–\s", text)) or text in {"Préambule", "Coupon-réponse"}


def _pages(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def _lines(pdf: bytes, number: int) -> list[tuple[float, str]]:
    """The lines of a page, from the top down: height of the bottom in points, text."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = document[number - 1].get_textpage()
        pieces = []
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            pieces.append((round(bottom), left, text.get_text_bounded(left, bottom, right, top)))
    finally:
        document.close()
    pieces.sort(key=lambda piece: (-piece[0], piece[1]))
    rows = itertools.groupby(pieces, key=lambda piece: piece[0])
    return [(bottom, " ".join(text.strip() for _, _, text in row)) for bottom, row in rows]
