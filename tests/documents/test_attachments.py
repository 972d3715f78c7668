"""Files inside a PDF that is archived: PDF/A-3 by the real veraPDF, and claimed only where it is true."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pytest
from docx import Document
from docx.document import Document as WordDocument
from pikepdf import Name

from piles_docs.documents import archival
from piles_docs.documents.archival import finish
from piles_docs.documents.attachments import Attachment, Relationship, embed
from piles_docs.documents.conformance import Breach, Standard
from piles_docs.documents.conversion import Embedded, LibreOffice, find_converter

from .verapdf import VeraPdf

MOMENT = dt.datetime(2026, 11, 26, 13, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=1)))
FILES: Mapping[str, Attachment] = {
    "acte-signe.pdf": Attachment(
        content=b"%PDF-1.7 ce que l'on veut",
        description="L’acte signé, tel qu’il a été reçu",
        kind="application/pdf",
        relationship=Relationship.SOURCE,
    ),
    "trace.json": Attachment(
        content='{"schema": 1, "é": "œ"}'.encode(),
        description="La trace",
        kind="application/json",
        relationship=Relationship.DATA,
    ),
    "vide.txt": Attachment(
        content=b"", description="Rien", kind="text/plain", relationship=Relationship.SUPPLEMENT
    ),
}


@pytest.fixture(scope="module")
def converted() -> bytes:
    """A short document, as LibreOffice and `finish` make it."""
    converter = find_converter()
    if not isinstance(converter, LibreOffice):
        pytest.skip("LibreOffice is not installed here")
    return converter.convert({"essai": _word()})["essai"]


def _word() -> bytes:
    word: WordDocument = Document()
    word.core_properties.title = "Essai"
    word.add_paragraph("Le document", style="Title")
    word.add_paragraph("Un paragraphe.")
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()


def claimed(pdf: bytes) -> list[tuple[str, str]]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        metadata = document.Root.Metadata.read_bytes().decode()
    return re.findall(r"<pdfaid:part>(.)</pdfaid:part><pdfaid:conformance>(.)<", metadata)


def test_a_file_with_files_inside_is_pdf_a_3a_and_pdf_ua(converted: bytes, vera: VeraPdf) -> None:
    held = embed(converted, FILES, moment=MOMENT)
    assert vera.broken_rules(held, "PDF/A-3a") == []
    assert vera.broken_rules(held, "PDF/UA-1") == []
    assert claimed(converted) == [("2", "A")]
    assert claimed(held) == [("3", "A")]
    assert "6.8-5" in vera.broken_rules(held, "PDF/A-2a")  # which allows only PDF/A inside


def test_level_b_stays_level_b(converted: bytes, vera: VeraPdf, monkeypatch: pytest.MonkeyPatch) -> None:
    unclear = Breach(Standard.READABLE_ARCHIVE, "un signe n’a pas de sens", "changez-le")
    monkeypatch.setattr(archival, "breaches_of", lambda *_: [unclear])
    held = embed(finish(converted), FILES, moment=MOMENT)
    assert claimed(held) == [("3", "B")]
    assert vera.broken_rules(held, "PDF/A-3b") == []


def test_what_claims_nothing_still_claims_nothing() -> None:
    held = embed(Embedded().convert({"essai": _word()})["essai"], FILES, moment=MOMENT)
    with pikepdf.open(io.BytesIO(held)) as document:
        assert Name.Metadata not in document.Root or b"pdfaid" not in document.Root.Metadata.read_bytes()
        assert set(document.attachments) == set(FILES)


def test_each_file_is_named_typed_dated_described_and_told_how_it_belongs(converted: bytes) -> None:
    with pikepdf.open(io.BytesIO(embed(converted, FILES, moment=MOMENT))) as document:
        tied = {str(found.UF): found for found in document.Root.AF}
        assert set(tied) == set(document.attachments) == set(FILES)
        for name, file in FILES.items():
            found = tied[name]
            assert document.attachments[name].obj.objgen == found.objgen
            assert (str(found.F), str(found.Desc)) == (name, file.description)
            assert str(found.AFRelationship) == file.relationship
            stream = found.EF.F
            assert stream.read_bytes() == file.content
            assert str(stream.Subtype) == f"/{file.kind}"
            assert str(stream.Params.ModDate) == str(stream.Params.CreationDate) == "D:20261126120509Z"
            assert int(stream.Params.Size) == len(file.content)


def test_the_same_files_and_moment_give_the_same_bytes_and_others_do_not(converted: bytes) -> None:
    first = embed(converted, FILES, moment=MOMENT)
    assert embed(converted, FILES, moment=MOMENT.astimezone(dt.UTC)) == first
    assert embed(converted, FILES, moment=MOMENT + dt.timedelta(seconds=1)) != first
    fewer = {name: file for name, file in FILES.items() if name != "vide.txt"}
    assert embed(converted, fewer, moment=MOMENT) != first


def test_a_public_tool_takes_the_files_out_again(converted: bytes, tmp_path: Path) -> None:
    (tmp_path / "preuve.pdf").write_bytes(embed(converted, FILES, moment=MOMENT))
    subprocess.run(["pdfdetach", "-saveall", "preuve.pdf"], cwd=tmp_path, check=True, capture_output=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name != "preuve.pdf"} == {
        name: file.content for name, file in FILES.items()
    }
