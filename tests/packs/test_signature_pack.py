"""A whole signature pack: what its cover says is where it says."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import Destination
from pypdfium2 import raw

from piles_docs.documents.conversion import Embedded
from piles_docs.documents.signature_box import BOX_FIRST_PIXELS, BOX_HEIGHT_PIXELS
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.pack import Packed, pack
from piles_docs.usecases.pack_binding import Pack
from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).parents[2]
CASE = "embrunais"
DAY = dt.date(2025, 3, 20)
BOTH = ["porteuse", "tete-de-reseau"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("espace")
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "cases").mkdir()
    shutil.copy(ROOT / "cases" / "embrunais.yaml", folder / "cases")
    shutil.copy(ROOT / "piles.toml", folder)
    return Workspace(folder)


@pytest.fixture(scope="module")
def packed(workspace: Workspace) -> Packed:
    """The seeding convention: two originals and an annex, for two signatories; ahead of time, to be quick."""
    return pack(
        workspace,
        CASE,
        step=3,
        documents=(),
        means=None,
        ahead="pour l’essai",
        issued_on=DAY,
        converter=Embedded(),
        clock=Clock(today=DAY, now=dt.datetime(2025, 3, 20, 9, tzinfo=dt.UTC)),
    )


@pytest.fixture(scope="module", params=[0, 1], ids=BOTH)
def one(request: pytest.FixtureRequest, packed: Packed) -> Pack:
    found: Pack = packed.packs[request.param]
    return found


def _page_texts(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def _boxes(content: bytes, index: int) -> list[int]:
    """Pages from 1 that hold the box of the signatory of this rank."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [
            number
            for number, page in enumerate(document, 1)
            for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])
            if item.get_px_size() == (BOX_FIRST_PIXELS + index, BOX_HEIGHT_PIXELS)
        ]
    finally:
        document.close()


def test_there_is_one_pack_for_each_signatory(packed: Packed) -> None:
    assert [made.party for made in packed.packs] == BOTH
    assert [made.signatory for made in packed.packs] == ["Mme Inès Vraisemblable-Durand", "M. Camille Fictif"]
    assert {made.due_on for made in packed.packs} == {DAY + dt.timedelta(days=15)}


def test_the_pages_on_the_cover_are_the_pages_where_the_boxes_are(one: Pack) -> None:
    content = one.path.read_bytes()
    pages = _boxes(content, BOTH.index(one.party))
    assert len(pages) == 2
    assert [item.page for item in one.to_sign] == pages
    cover = _page_texts(content)[0]
    for item in one.to_sign:
        assert re.search(
            rf"\b{item.page}, {item.place}.{{0,20}}n° {item.original} sur 2", cover.replace("\u00a0", " ")
        ), cover


def test_the_cover_says_who_what_by_when_and_how(one: Pack) -> None:
    cover = _page_texts(one.path.read_bytes())[0]
    for words in (
        one.signatory,
        "4 avril 2025",
        "embrunais.convention-amorcage.v1",
        "signatures@tete-de-reseau.example",
    ):
        assert words.replace(" ", "") in cover.replace(" ", "").replace("\u00a0", ""), words


def test_each_original_bears_its_number_on_each_of_its_pages(one: Pack) -> None:
    texts = _page_texts(one.path.read_bytes())
    first, second = (item.page for item in one.to_sign)
    numbered = {
        n: [rank for rank, text in enumerate(texts, 1) if f"exemplaire {n}/2" in text.replace("\u00a0", " ")]
        for n in (1, 2)
    }
    assert first in numbered[1]
    assert second in numbered[2]
    assert len(numbered[1]) == len(numbered[2]) > 1
    assert numbered[1] == list(range(numbered[1][0], numbered[2][0]))


def test_bookmarks_lead_to_the_cover_the_originals_and_the_annex(one: Pack) -> None:
    reader = PdfReader(one.path)
    marks = {
        str(mark.title): reader.get_destination_page_number(mark) or 0
        for mark in reader.outline
        if isinstance(mark, Destination)
    }
    titles = list(marks)
    assert titles[0] == "À signer"
    assert [title.rpartition(" – ")[2] for title in titles[1:3]] == ["exemplaire 1/2", "exemplaire 2/2"]
    assert len(titles) == 4
    assert "ahier des charges" in titles[3]
    assert list(marks.values()) == sorted(set(marks.values()))
    assert (
        marks[titles[1]] < one.to_sign[0].page <= marks[titles[2]] < one.to_sign[1].page <= marks[titles[3]]
    )


def test_the_annex_comes_once_and_is_to_be_read_only(one: Pack) -> None:
    assert "À lire" in _page_texts(one.path.read_bytes())[0].replace("\u00a0", " ")


def test_both_signatories_hold_the_very_same_documents(packed: Packed) -> None:
    porteuse, head = (_page_texts(made.path.read_bytes()) for made in packed.packs)
    assert porteuse[1:] == head[1:]


def test_nothing_issued_still_says_that_it_is_a_draft(one: Pack) -> None:
    assert not [text for text in _page_texts(one.path.read_bytes()) if "PROJET" in text]


def test_the_zip_holds_the_archived_files_and_right_digests(packed: Packed, workspace: Workspace) -> None:
    assert packed.archive_path is not None
    with zipfile.ZipFile(io.BytesIO(packed.archive_path.read_bytes())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifeste.json"))
    assert manifest["files"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in members.items()
    }
    expected = set()
    for act in packed.issued:
        for original in act.originals:
            name = (
                act.reference if len(act.originals) == 1 else f"{act.reference}.exemplaire-{original.number}"
            )
            expected |= {f"{name}.pdf", f"{name}.docx"}
            assert members[f"{name}.pdf"] == workspace.archive.get(original.pdf_sha256)
            assert members[f"{name}.docx"] == workspace.archive.get(original.docx_sha256)
            assert len(PdfReader(io.BytesIO(members[f"{name}.pdf"])).pages) == original.pages
    assert set(members) == expected
    assert len(expected) == 6


def test_the_recorded_boxes_are_those_of_the_issued_pdf(packed: Packed, workspace: Workspace) -> None:
    (convention,) = [act for act in packed.issued if act.document == "convention-amorcage"]
    for original in convention.originals:
        content = workspace.archive.get(original.pdf_sha256)
        assert [box.party for box in original.boxes] == BOTH
        assert [[box.page] for box in original.boxes] == [_boxes(content, 0), _boxes(content, 1)]
