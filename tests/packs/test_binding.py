"""Binding: bookmarks where the parts begin, the same bytes for the same parts."""

from __future__ import annotations

import io
import zipfile

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Destination

from piles_docs.errors import ToolFailed
from piles_docs.packs.binding import Part, bind, page_count, zip_files


def _pdf(pages: int, width: int = 595) -> bytes:
    writer, output = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width, 842)
    writer.add_outline_item(title="signet d’avant", page_number=0)
    writer.write(output)
    return output.getvalue()


PARTS = [
    Part(title="À signer", content=_pdf(1)),
    Part(title="Convention – exemplaire 1/2", content=_pdf(3, 500)),
    Part(title="Annexe", content=_pdf(2, 400)),
]


def _bookmarks(reader: PdfReader) -> list[tuple[str, int | None]]:
    marks = [mark for mark in reader.outline if isinstance(mark, Destination)]
    assert len(marks) == len(reader.outline)
    return [(str(mark.title), reader.get_destination_page_number(mark)) for mark in marks]


def test_bookmarks_name_the_parts_and_lead_to_their_first_pages() -> None:
    reader = PdfReader(io.BytesIO(bind(PARTS, title="Dossier")))
    marks = _bookmarks(reader)
    assert marks == [("À signer", 0), ("Convention – exemplaire 1/2", 1), ("Annexe", 4)]


def test_the_pages_come_in_order_and_none_is_lost() -> None:
    reader = PdfReader(io.BytesIO(bind(PARTS, title="Dossier")))
    assert [int(page.mediabox.width) for page in reader.pages] == [595, 500, 500, 500, 400, 400]


def test_the_same_parts_give_the_same_bytes_and_others_do_not() -> None:
    assert bind(PARTS, title="Dossier") == bind(PARTS, title="Dossier")
    assert bind(PARTS, title="Dossier") != bind(PARTS[:2], title="Dossier")


def test_the_reader_is_told_the_title_and_the_language() -> None:
    reader = PdfReader(io.BytesIO(bind(PARTS, title="Dossier à signer")))
    assert reader.metadata is not None
    assert reader.metadata.title == "Dossier à signer"
    assert str(reader.root_object["/Lang"]) == "fr-FR"
    assert "/CreationDate" not in reader.metadata


@pytest.mark.parametrize("pages", [1, 7])
def test_pages_are_counted(pages: int) -> None:
    assert page_count(_pdf(pages), name="charte") == pages


@pytest.mark.parametrize("content", [b"", b"pas un PDF", _pdf(2)[:200]])
def test_a_pdf_that_cannot_be_read_is_named(content: bytes) -> None:
    with pytest.raises(ToolFailed, match="charte"):
        page_count(content, name="charte")


def test_the_zip_holds_every_file_with_the_same_bytes_each_time() -> None:
    files = {"b.pdf": b"deux", "a.pdf": b"un", "é.json": "é".encode()}
    content = zip_files(files)
    assert content == zip_files(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
