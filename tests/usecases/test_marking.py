"""Originals bear codes, each its own; what is enclosed, none."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from docx import Document
from docx.shared import Mm

from piles_docs.cli.pack import _show
from piles_docs.documents.conversion import Embedded
from piles_docs.errors import Defect, Severity
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import Issued, Means, Original
from piles_docs.methodology.page_codes import Mark, PageCode, code_of
from piles_docs.signing.keys import read_key_file
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.marking import free_codes
from piles_docs.usecases.pack import Packed, pack
from piles_docs.usecases.record import record_signature
from piles_docs.usecases.sign import sign
from piles_docs.usecases.template_check import check_templates
from piles_docs.usecases.templates import choose
from piles_docs.usecases.verify import verify
from piles_docs.usecases.workspace import Workspace

from ..documents import verapdf
from ..seals import PASSPHRASE, key_of, sealer
from .remembering import Remembering

CASE = "embrunais"
DAY = dt.date(2025, 3, 20)
CLOCK = Clock(today=DAY, now=dt.datetime(2025, 3, 20, 9, tzinfo=dt.UTC))


def issue(
    workspace: Workspace,
    *documents: str,
    means: Means | None = None,
    tagging: bool = False,
    clock: Clock = CLOCK,
) -> Packed:
    return pack(
        workspace,
        CASE,
        step=None,
        documents=documents,
        means=means,
        ahead="pour l’essai",
        issued_on=None,
        converter=Remembering.tagging() if tagging else Remembering(),
        clock=clock,
        sealer=sealer(workspace),
    )


def codes_read(pdf: bytes) -> list[set[PageCode]]:
    """What is read on each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        images = [page.render(scale=150 / 72, grayscale=True).to_numpy().squeeze() for page in document]
    found = [
        zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        for image in images
    ]
    return [{code for read in page if (code := PageCode.read(read.text))} for page in found]


def codes_of(code: str, pages: int) -> list[set[PageCode]]:
    """What is to be read."""
    return [{PageCode(code, page, pages, mark) for mark in Mark} for page in range(1, pages + 1)]


def originals(acts: Sequence[Issued]) -> list[Original]:
    return [original for act in acts for original in act.originals]


def test_every_page_of_every_original_on_paper(workspace: Workspace) -> None:
    done = issue(workspace, "convention-cadre", means=Means.PAPER)
    assert done.unmarked == ()
    found = originals(done.issued)
    assert len(found) > 2  # two originals, and annexes
    for act in done.issued:
        for original in act.originals:
            assert original.code == code_of(act.reference, original.number)
            pdf = workspace.archive.get(original.pdf_sha256)
            assert codes_read(pdf) == codes_of(original.code, original.pages)
    assert len({original.code for original in found}) == len(found)
    events = workspace.ledger().events(CASE)
    assert [original["code"] for event in events for original in event.facts.get("originals", [])] == [
        original.code for original in found
    ]


def test_the_pack_has_the_codes_and_its_cover_none(workspace: Workspace) -> None:
    done = issue(workspace, "charte", means=Means.PAPER)
    (original,) = done.issued[0].originals[:1]
    for bound in done.packs:
        pages = codes_read(bound.content)
        assert pages[0] == set()
        assert original.code
        for page in codes_of(original.code, original.pages):
            assert page in pages


def test_what_is_electronic_bears_codes_too_for_who_prints_it_and_signs_by_hand(
    workspace: Workspace,
) -> None:
    done = issue(workspace, "convention-cadre", means=Means.ELECTRONIC, tagging=True)
    act = next(act for act in done.issued if act.means)
    (original,) = act.originals
    assert original.code
    assert codes_read(workspace.archive.get(original.pdf_sha256)) == codes_of(original.code, original.pages)


def test_what_is_enclosed_bears_none(workspace: Workspace) -> None:
    done = issue(workspace, "presentation-ca", means=Means.PAPER)
    enclosed = [item for act in done.issued for item in act.enclosures]
    assert enclosed
    for item in enclosed:
        assert not any(codes_read(workspace.archive.get(item.pdf_sha256)))


def test_a_mixed_act_has_codes_fields_and_seal(workspace: Workspace) -> None:
    moment = dt.datetime.now(dt.UTC)
    clock = Clock(today=moment.date(), now=moment)
    done = issue(workspace, "plan-formation", tagging=True, clock=clock)
    act = next(act for act in done.issued if set(act.means.values()) == set(Means))
    original = act.originals[0]
    assert original.code
    sealed = workspace.archive.get(original.pdf_sha256)
    assert codes_read(sealed) == codes_of(original.code, original.pages)
    if not verapdf.missing():
        with verapdf.VeraPdf() as vera:
            assert vera.broken_rules(sealed, "PDF/A-2a") == []
            assert vera.broken_rules(sealed, "PDF/UA-1") == []
    (electronic,) = (party for party, means in act.means.items() if means is Means.ELECTRONIC)
    for party in set(act.means) - {electronic}:
        record_signature(
            workspace, CASE, act.document, party=party, original=None, means=None, on=clock.today,
            note=None, evidence=(), clock=clock,
        )  # fmt: skip
    key = read_key_file(key_of("Maëlle d’Hypothèse"), PASSPHRASE, name="cle.p12")
    done_again = sign(
        workspace, CASE, act.document, party=electronic, key=key, original=None, drawing=None, clock=clock
    )
    assert f"{CASE}.plan-formation.v1" in done_again.recorded.completed
    assert verify(workspace) == ()


def test_a_name_that_is_taken_is_not_given_again(workspace: Workspace) -> None:
    reference = f"{CASE}.charte.v1"
    other = Issued(
        on=DAY,
        document="charte",
        version=1,
        reference="luberon.charte.v1",
        originals=(Original(number=1, docx_sha256="", pdf_sha256="", pages=1, code=code_of(reference, 1)),),
        template_sha256="",
    )
    workspace.ledger().append("luberon", [entry_of(other)], expected=0, now=CLOCK.now)
    trial = other.model_copy(update={"reference": reference})
    twice = free_codes(workspace.ledger(), [trial])
    assert twice == {(reference, 1): code_of(reference, 1, attempt=1)}


def crowd_the_letterhead(workspace: Workspace) -> None:
    path = workspace.root / "templates" / "papier-en-tete.docx"
    letterhead = Document(str(path))
    letterhead.styles["Footer"].paragraph_format.left_indent = Mm(-5)
    letterhead.save(str(path))


def test_a_letterhead_without_room_is_found_by_the_check_of_templates(workspace: Workspace) -> None:
    def found() -> list[Defect]:
        checked = check_templates(workspace, choose(workspace, ["charte"]), Embedded(), DAY)
        return [defect for defect in checked.defects if "codes de page" in defect.message]

    assert not found()
    crowd_the_letterhead(workspace)
    (defect,) = found()
    assert defect.severity is Severity.WARNING
    assert defect.file == "templates/charte.docx"
    assert "passe sous le code en bas à gauche" in defect.message


def test_a_letterhead_without_room_is_said(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    crowd_the_letterhead(workspace)
    done = issue(workspace, "charte", means=Means.PAPER)
    (original,) = done.issued[0].originals[:1]
    assert original.code is None
    assert not any(codes_read(workspace.archive.get(original.pdf_sha256)))
    assert len(done.unmarked) == len(done.issued)
    assert done.unmarked[0].startswith(f"{CASE}.charte.v1 (page 1, le texte « {CASE}.charte.v1")
    assert "passe sous le code en bas à gauche" in done.unmarked[0]
    _show(done, quiet=False)
    said = capsys.readouterr()
    assert "ces pages ne se reconnaîtront pas toutes seules" in said.out + said.err


def test_the_same_issue_gives_the_same_bytes(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(workspace.root, tmp_path / "autre", ignore=shutil.ignore_patterns("autre"))
    one, other = (
        originals(issue(place, "charte", means=Means.PAPER).issued)
        for place in (workspace, Workspace(tmp_path / "autre"))
    )
    assert one == other
