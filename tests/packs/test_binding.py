"""Binding: bookmarks where the parts begin, links that still lead there, the same bytes for the same parts."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
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


# ---------------------------------------------------------------- what is inside the parts


def _saved(document: Pdf) -> bytes:
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _annotation(document: Pdf, kind: Name, **about: Any) -> pikepdf.Object:
    return document.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=kind, Rect=[50, 700, 250, 720], F=4, **about)
    )


def _linked(word: str) -> bytes:
    """Three pages with a word each, whose links lead around, directly and by a name that all parts use."""
    with pikepdf.new() as document:
        for number in range(3):
            page = document.add_blank_page(page_size=(595, 842))
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            page.Resources = Dictionary(Font=Dictionary(F1=font))
            page.Contents = document.make_stream(f"BT /F1 12 Tf 60 60 Td ({word} {number}) Tj ET".encode())
        pages = [page.obj for page in document.pages]
        for number, page in enumerate(document.pages):
            page.Annots = Array(
                [
                    _annotation(document, Name.Link, Dest=[pages[(number + 1) % 3], Name.Fit]),
                    _annotation(
                        document, Name.Link, A=Dictionary(S=Name.GoTo, D=[pages[(number + 2) % 3], Name.Fit])
                    ),
                    _annotation(document, Name.Link, Dest=String("fin")),
                    _annotation(
                        document, Name.Link, A=Dictionary(S=Name.URI, URI=String("https://example.org/"))
                    ),
                ]
            )
        document.Root.Names = Dictionary(Dests=Dictionary(Names=[String("fin"), [pages[2], Name.Fit]]))
        return _saved(document)


def _with_fields(word: str, *, asks_for_looks: bool) -> bytes:
    """The same, with a text that was filled in, a signature that shows, and a seal that does not."""
    with pikepdf.open(io.BytesIO(_linked(word))) as document:
        looks = document.make_stream(
            b"1 0 0 rg 0 0 200 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 20]
        )
        signed = Dictionary(
            Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=[0, 1, 2, 3], Contents=String("x")
        )
        fields = [
            _annotation(
                document,
                Name.Widget,
                FT=Name.Tx,
                T=String("nom"),
                V=String("Élodie"),
                DA=String("/H 12 Tf 0 g"),
            ),
            _annotation(
                document, Name.Widget, FT=Name.Sig, T=String("Signature"), V=signed, AP=Dictionary(N=looks)
            ),
            _annotation(document, Name.Widget, FT=Name.Sig, T=String("Cachet")),
        ]
        fields[0].Rect = Array([50, 500, 250, 520])
        document.pages[0].Annots.extend(fields)
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
        )
        document.Root.AcroForm = Dictionary(Fields=fields, DR=Dictionary(Font=Dictionary(H=font)))
        if asks_for_looks:
            document.Root.AcroForm.NeedAppearances = True
        return _saved(document)


def _targets(content: bytes) -> list[list[int | str]]:
    """Where the links of each page lead: pages from 0, or an address. As pypdf reads them."""
    reader, found = PdfReader(io.BytesIO(content)), []
    numbers = {page.indirect_reference: number for number, page in enumerate(reader.pages)}
    for page in reader.pages:
        leads: list[int | str] = []
        for link in (item.get_object() for item in page.get("/Annots", [])):
            action = link.get("/A", {})
            target = link.get("/Dest", action.get("/D"))
            if isinstance(target, str):
                leads.append(reader.get_destination_page_number(reader.named_destinations[target]) or 0)
            else:
                leads.append(str(action["/URI"]) if target is None else numbers[target[0]])
        found.append(leads)
    return found


def _texts(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range().strip() for page in document]


def test_links_lead_within_their_part_also_where_parts_use_the_same_names() -> None:
    bound = bind([Part(title=word, content=_linked(word)) for word in ("un", "deux")], title="Dossier")
    page = "https://example.org/"
    around = [[1, 2, 2, page], [2, 0, 2, page], [0, 1, 2, page]]
    assert _targets(_linked("un")) == around
    moved = [[one + 3 if isinstance(one, int) else one for one in leads] for leads in around]
    assert _targets(bound) == [*around, *moved]
    assert _texts(bound) == [f"{word} {number}" for word in ("un", "deux") for number in range(3)]


def test_streams_are_copied_as_they_are() -> None:
    def digests(content: bytes) -> set[str]:
        with pikepdf.open(io.BytesIO(content)) as document:
            return {
                hashlib.sha256(item.read_raw_bytes()).hexdigest()
                for item in document.objects
                if isinstance(item, pikepdf.Stream) and item.get(Name.Type) not in {Name.XRef, Name.ObjStm}
            }

    with pikepdf.open(io.BytesIO(_linked("un"))) as document:
        output = io.BytesIO()
        document.save(output, compress_streams=True, recompress_flate=True)
    assert digests(bind([Part(title="un", content=output.getvalue())], title="")) == digests(
        output.getvalue()
    )


@pytest.mark.parametrize("asks_for_looks", [False, True])
def test_fields_are_drawn_and_nothing_is_left_to_fill_or_to_sign(
    tmp_path: Path, asks_for_looks: bool
) -> None:
    part = _with_fields("un", asks_for_looks=asks_for_looks)
    parts = [Part(title="un", content=part), Part(title="deux", content=part)]
    bound = bind(parts, title="Dossier")
    assert PdfReader(io.BytesIO(bound)).get_fields() is None
    page = "https://example.org/"
    assert _targets(bound)[0] == [1, 2, 2, page]
    with pypdfium2.PdfDocument(bound) as document:
        for number in (0, 3):
            dot = document[number].render().to_pil().convert("RGB").getpixel((60, 842 - 710))
            assert dot == (255, 0, 0)
    if asks_for_looks:  # else a reader shows nothing either
        assert _texts(bound)[0] == _texts(bound)[3] == "un 0\r\nÉlodie"
    (tmp_path / "dossier.pdf").write_bytes(bound)
    if not shutil.which("pdfsig"):
        pytest.skip("pdfsig is not installed here")
    words = ["pdfsig", "-nocert", str(tmp_path / "dossier.pdf")]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "does not contain any signatures" in said.stdout
    assert said.stderr == ""


def test_other_programs_read_the_whole_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    parts = [_pdf(1), _linked("un"), _with_fields("deux", asks_for_looks=True)]
    bound = bind([Part(title=str(rank), content=part) for rank, part in enumerate(parts)], title="Dossier")
    assert not recwarn.list
    with pikepdf.open(io.BytesIO(bound)) as document:
        assert document.check_pdf_syntax() == []
    reader = PdfReader(io.BytesIO(bound), strict=True)
    assert len(reader.pages) == page_count(bound, name="dossier") == 7


def test_the_whole_is_of_the_newest_version_among_its_parts() -> None:
    with pikepdf.open(io.BytesIO(_pdf(1))) as document:
        output = io.BytesIO()
        document.save(output, min_version="2.0")
    parts = [Part(title="un", content=_pdf(1)), Part(title="deux", content=output.getvalue())]
    assert PdfReader(io.BytesIO(bind(parts, title=""))).pdf_header == "%PDF-2.0"


# ---------------------------------------------------------------- files that are none


def _encrypted() -> bytes:
    with pikepdf.open(io.BytesIO(_pdf(1))) as document:
        output = io.BytesIO()
        document.save(output, encryption=pikepdf.Encryption(owner="secret", user="secret"))
    return output.getvalue()


def _without_pages() -> bytes:
    with pikepdf.new() as document:
        return _saved(document)


@pytest.mark.parametrize("content", [b"", b"pas un PDF", _pdf(2)[:200], _encrypted(), _without_pages()])
def test_a_part_that_cannot_be_read_is_named(content: bytes) -> None:
    with pytest.raises(ToolFailed, match="charte"):
        page_count(content, name="charte")
    with pytest.raises(ToolFailed, match="charte"):
        bind([Part(title="charte", content=content)], title="Dossier")


@pytest.mark.parametrize("pages", [1, 7])
def test_pages_are_counted(pages: int) -> None:
    assert page_count(_pdf(pages), name="charte") == pages


def test_the_zip_holds_every_file_with_the_same_bytes_each_time() -> None:
    files = {"b.pdf": b"deux", "a.pdf": b"un", "é.json": "é".encode()}
    content = zip_files(files)
    assert content == zip_files(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
