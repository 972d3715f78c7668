"""Each party's own copy of a signed act, and what it shows."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from piles_docs.documents.conversion import Embedded
from piles_docs.methodology.acts import Means
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.copies import Copy, make_copies
from piles_docs.usecases.pack import pack
from piles_docs.usecases.record import record_means, record_signature
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

from .conftest import make_workspace

CASE = "embrunais"
CLOCK = Clock(today=dt.date(2026, 1, 20), now=dt.datetime(2026, 1, 20, 9, tzinfo=dt.UTC))
BOTH = ("porteuse", "tete-de-reseau")


def scan(path: Path, pages: int) -> Path:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.write(path)
    return path


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The framework convention, issued in two originals; for copying."""
    workspace = make_workspace(tmp_path_factory.mktemp("graine"))
    pack(
        workspace, CASE, step=None, documents=["convention-cadre"], means=None, ahead="essai", issued_on=None,
        converter=Embedded(), clock=CLOCK,
    )  # fmt: skip
    return workspace.root


@pytest.fixture
def issued(seed: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(seed, tmp_path / "espace"))


def sign(
    workspace: Workspace, party: str, *, original: int | None = None, evidence: tuple[Path, ...] = ()
) -> tuple[str, ...]:
    done = record_signature(
        workspace, CASE, "convention-cadre", party=party, on=CLOCK.today, original=original, means=None, note=None,
        evidence=evidence, clock=CLOCK,
    )  # fmt: skip
    return done.completed


def copies(workspace: Workspace) -> dict[str, Copy]:
    made = make_copies(workspace, situation(workspace, CASE, CLOCK.today))
    return {copy.party: copy for copy in made}


def test_a_copy_is_made_for_each_party_only_once_everyone_has_signed_every_original(
    issued: Workspace,
) -> None:
    assert sign(issued, "porteuse") == ()
    assert sign(issued, "tete-de-reseau", original=1) == ()
    assert copies(issued) == {}
    assert sign(issued, "tete-de-reseau", original=2) == ("embrunais.convention-cadre.v1",)
    assert {party: copy.original for party, copy in copies(issued).items()} == {
        "porteuse": 1,
        "tete-de-reseau": 2,
    }


def test_a_copy_holds_the_party_s_original_as_issued_and_the_scan_of_it(
    issued: Workspace, tmp_path: Path
) -> None:
    first, second = scan(tmp_path / "un.pdf", 2), scan(tmp_path / "deux.pdf", 3)
    for party in BOTH:
        sign(issued, party, original=1, evidence=(first,))
        sign(issued, party, original=2, evidence=(second,))
    made = copies(issued)
    act = next(
        act for act in issued.acts(CASE) if act.kind == "issued" and act.document == "convention-cadre"
    )
    for party, number, scanned in (("porteuse", 1, 2), ("tete-de-reseau", 2, 3)):
        (path,) = made[party].paths
        reader = PdfReader(path)
        original = act.originals[number - 1]
        assert len(reader.pages) == original.pages + scanned  # the scan that both recorded comes once
        assert f"exemplaire {number}/2" in reader.pages[0].extract_text().replace("\u00a0", " ")
        assert made[party].shows_signatures
        assert path.name == f"embrunais.convention-cadre.v1.{party}.pdf"


def test_what_was_signed_electronically_is_given_untouched(issued: Workspace, tmp_path: Path) -> None:
    record_means(
        issued, CASE, "convention-cadre", party="porteuse", means=Means.ELECTRONIC, note=None, clock=CLOCK
    )
    signed = scan(tmp_path / "signe.pdf", 1)
    sign(issued, "porteuse", evidence=(signed,))
    sign(issued, "tete-de-reseau")
    made = copies(issued)
    for copy in made.values():
        assert [path.read_bytes() for path in copy.paths[1:]] == [signed.read_bytes()]


def test_evidence_that_is_no_pdf_goes_beside_and_a_copy_without_any_says_so(
    issued: Workspace, tmp_path: Path
) -> None:
    photo, broken = tmp_path / "photo.jpg", tmp_path / "abime.pdf"
    photo.write_bytes(b"\xff\xd8\xff une photo")
    broken.write_bytes(b"%PDF-1.7 rien")
    sign(issued, "porteuse", original=1, evidence=(photo, broken))
    sign(issued, "porteuse", original=2)
    sign(issued, "tete-de-reseau")
    made = copies(issued)
    assert [path.suffix for path in made["porteuse"].paths] == [".pdf", ".jpg", ".pdf"]
    assert not made["tete-de-reseau"].shows_signatures


def test_copies_are_the_same_bytes_each_time(issued: Workspace) -> None:
    for party in BOTH:
        sign(issued, party)
    before = {path: path.read_bytes() for copy in copies(issued).values() for path in copy.paths}
    assert {path: path.read_bytes() for copy in copies(issued).values() for path in copy.paths} == before
    assert io.BytesIO(next(iter(before.values()))).read(5) == b"%PDF-"
