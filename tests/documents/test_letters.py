"""A letter fits on one page, its signatures and enclosures with it; the coupon has a page of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest
from pypdfium2 import PdfDocument

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import Embedded, LibreOffice
from piles_docs.documents.making import make
from piles_docs.methodology.model import Document
from piles_docs.usecases.generate import order_for
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

CASES = ("basse-argens-2011", "centre-var", "embrunais", "haut-verdon", "luberon")
AFTER_THE_LETTER = ("Coupon-réponse", "Plan de financement prévisionnel", "Personnes invitées")


def _is_letter(document: Document) -> bool:
    return document.id == "renouvellement" or (document.meeting is not None and bool(document.signatories))


@pytest.fixture
def letters(repository: Workspace) -> Mapping[str, tuple[Document, bytes]]:
    """Every letter of every sample case, as Word."""
    return _letters(repository)


@cache
def _letters(repository: Workspace) -> Mapping[str, tuple[Document, bytes]]:
    found = {}
    for dossier in CASES:
        now = situation(repository, dossier, dt.date(2026, 11, 22))
        for state in now.state.documents:
            document = now.methodology.document(state.key.document)
            if _is_letter(document) and not state.lacks:
                order = replace(order_for(now, state), draft=False, issued_on=dt.date(2026, 11, 22))
                made = make(order, now.case, now.network, repository.template(document.id))
                found[order.reference] = (document, made.docx)
    return found


@pytest.fixture
def pages(repository: Workspace, converter: LibreOffice | Embedded) -> Mapping[str, tuple[bytes, list[str]]]:
    return _pages(repository, converter)


@cache
def _pages(repository: Workspace, converter: LibreOffice | Embedded) -> Mapping[str, tuple[bytes, list[str]]]:
    pdfs = converter.convert({name: docx for name, (_, docx) in _letters(repository).items()})
    return {
        name: (pdf, [page.get_textpage().get_text_range() for page in PdfDocument(pdf)])
        for name, pdf in pdfs.items()
    }


def test_a_letter_fits_on_one_page_with_its_closing_signatures_and_enclosures(
    letters: Mapping[str, tuple[Document, bytes]], pages: Mapping[str, tuple[bytes, list[str]]]
) -> None:
    for name, (pdf, texts) in pages.items():
        boxes = find_boxes(pdf, letters[name][0].signatories, name=name)
        assert {box.page for box in boxes} == {1}, name
        assert "Objet" in texts[0], name
        assert "agréer" in texts[0], name
        assert "jointe" in texts[0].rpartition("agréer")[2], name


def test_what_follows_a_letter_begins_a_page_and_leaves_none_empty(
    pages: Mapping[str, tuple[bytes, list[str]]],
) -> None:
    for name, (_, texts) in pages.items():
        for text in texts[1:]:
            assert any(title in text for title in AFTER_THE_LETTER), (name, text)
        assert not any(title in texts[0].partition("jointe")[0] for title in AFTER_THE_LETTER[:1]), name
        headings = [title for title in AFTER_THE_LETTER if title in "".join(texts[1:])]
        assert len(texts) == 1 + len(headings), name


def test_two_signatures_stand_side_by_side(
    letters: Mapping[str, tuple[Document, bytes]], pages: Mapping[str, tuple[bytes, list[str]]]
) -> None:
    joint = 0
    for name, (pdf, _) in pages.items():
        parties = letters[name][0].signatories
        if len(parties) == 2:
            first, second = find_boxes(pdf, parties, name=name)
            assert first.rect[2] <= second.rect[0], name
            assert abs(first.rect[3] - second.rect[3]) < 40, name
            joint += 1
    assert joint > 10
