"""Issuing: whole or not at all, once, and for each signatory what the law and the method ask."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from piles_docs.documents.conversion import Converter
from piles_docs.errors import CaseInvalid, Mismatch, PilesError, StepLocked, ToolFailed, UsageError
from piles_docs.methodology.acts import Issued, Signed
from piles_docs.methodology.states import DocumentStatus, Key
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.drafts import Outcome
from piles_docs.usecases.generate import generate
from piles_docs.usecases.pack import Packed, pack
from piles_docs.usecases.record import record_milestone, record_refusal, record_signature, void
from piles_docs.usecases.situation import situation
from piles_docs.usecases.verify import verify
from piles_docs.usecases.workspace import Workspace

from ..seals import sealer
from .remembering import Remembering

CASE = "embrunais"
CLOCK = Clock(today=dt.date(2025, 3, 20), now=dt.datetime(2025, 3, 20, 9, tzinfo=dt.UTC))


class Broken(Remembering):
    """A converter that fails on the cover: after everything else was made."""

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        if name.startswith("couverture"):
            raise ToolFailed("le convertisseur est en panne", remedy="réparez-le")
        return super().submit(name, docx)


class Counting(Remembering):
    """A converter that knows what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        self.asked.append(name)
        return super().submit(name, docx)


def _pack(
    workspace: Workspace,
    documents: Sequence[str] = ("charte",),
    *,
    step: int | None = None,
    ahead: str | None = None,
    converter: Converter | None = None,
    issued_on: dt.date | None = None,
) -> Packed:
    return pack(
        workspace,
        CASE,
        step=step,
        documents=documents,
        means=None,
        ahead=ahead,
        issued_on=issued_on,
        converter=converter or Remembering(),
        clock=CLOCK,
        sealer=sealer(workspace),
    )


def _reach(workspace: Workspace, *milestones: str) -> None:
    for milestone in milestones:
        record_milestone(workspace, CASE, milestone, on=CLOCK.today, note=None, evidence=(), clock=CLOCK)


def _state(workspace: Workspace, document: str = "charte") -> DocumentStatus:
    found = situation(workspace, CASE, CLOCK.today).state.document(Key(document))
    assert found is not None
    return found.state


def _edit_case(workspace: Workspace, old: str, new: str) -> None:
    path = workspace.root / "cases" / f"{CASE}.yaml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_a_locked_step_is_refused_before_anything_is_made(workspace: Workspace) -> None:
    with pytest.raises(StepLocked) as raised:
        _pack(workspace)
    assert "rencontre-faite" in raised.value.remedy
    assert "--ahead" in raised.value.remedy
    assert not workspace.records.exists()


def test_a_locked_step_can_be_packed_ahead_with_a_reason_that_is_kept(workspace: Workspace) -> None:
    (act,) = _pack(workspace, ahead="le conseil se réunit demain").issued
    assert act.ahead == "le conseil se réunit demain"
    assert situation(workspace, CASE, CLOCK.today).state.steps[1].ahead == "le conseil se réunit demain"


def test_a_reason_is_not_kept_where_none_was_needed(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    (act,) = _pack(workspace, ahead="au cas où").issued
    assert act.ahead is None


def test_packing_twice_issues_once_and_gives_the_same_packs(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    first = _pack(workspace)
    contents = {made.path: made.path.read_bytes() for made in first.packs}
    assert first.archive_path is not None
    bundle = first.archive_path.read_bytes()
    for path in [*contents, first.archive_path]:
        path.unlink()
    second = _pack(workspace)
    assert (len(first.issued), len(second.issued)) == (1, 0)
    assert [state.key.document for state in second.plan.already] == ["charte"]
    assert {made.path: made.path.read_bytes() for made in second.packs} == contents
    assert first.archive_path.read_bytes() == bundle


def test_a_draft_of_an_issued_document_that_is_asked_for_is_known_and_goes_with_the_next_run_for_all(
    workspace: Workspace,
) -> None:
    def drafted(*documents: str) -> list[Outcome]:
        drafts = generate(
            workspace, CASE, documents=documents, converter=None, overwrite=False, today=CLOCK.today
        )
        return [draft.outcome for draft in drafts if draft.name == "charte"]

    _pack(workspace, ahead="essai")
    assert drafted("charte") == [Outcome.MADE]
    assert drafted("charte") == [Outcome.UNCHANGED]
    _edit_case(workspace, "nom: Collectif Haute-Durance Solidaire", "nom: Collectif de la Durance")
    assert drafted("charte") == [Outcome.MADE]
    assert drafted() == []
    assert not (workspace.out / CASE / "drafts" / "charte.docx").exists()


@pytest.mark.parametrize("more_pages", [0, 1, 2])
def test_covers_are_as_long_as_they_say_and_made_twice_at_most(workspace: Workspace, more_pages: int) -> None:
    path = workspace.root / "templates" / "couverture.docx"
    cover = Document(str(path))
    for _ in range(more_pages):
        cover.add_paragraph("Suite").paragraph_format.page_break_before = True
    cover.save(str(path))
    converter = Counting()
    (made,) = _pack(workspace, ahead="essai", converter=converter).packs
    assert converter.asked.count("couverture porteuse") == (2 if more_pages else 1)
    (to_sign,) = made.to_sign
    texts = _texts(made.path.read_bytes())
    assert "Suite" in texts[more_pages] or not more_pages
    assert "Charte des acteurs" in texts[1 + more_pages]
    assert to_sign.page == len(texts)


def test_a_failure_while_binding_loses_nothing_that_was_issued(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    with pytest.raises(ToolFailed):
        _pack(workspace, converter=Broken())
    done = _pack(workspace)
    assert [made.signatory for made in done.packs] == ["Mme Inès Vraisemblable-Durand"]
    assert [act for act in workspace.acts(CASE) if isinstance(act, Issued) and act.version > 1] == []
    assert verify(workspace) == ()


def test_what_was_issued_never_follows_the_case(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    (act,) = _pack(workspace).issued
    issued = workspace.archive.get(act.originals[0].docx_sha256)
    _edit_case(workspace, "nom: Collectif Haute-Durance Solidaire", "nom: Collectif de la Durance")
    (again,) = _pack(workspace).plan.already
    assert [change.path for change in again.stale] == ["porteuse.nom"]
    assert (again.stale[0].issued, again.stale[0].current) == (
        "Collectif Haute-Durance Solidaire",
        "Collectif de la Durance",
    )
    assert workspace.archive.get(act.originals[0].docx_sha256) == issued


def test_a_void_document_is_issued_anew_as_version_2(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    _pack(workspace)
    void(workspace, CASE, "charte", reason="mauvais nom", clock=CLOCK)
    assert _state(workspace) is DocumentStatus.VOID
    (act,) = _pack(workspace).issued
    assert (act.version, act.reference) == (2, "embrunais.charte.v2")
    assert _state(workspace) is DocumentStatus.ISSUED


def test_a_refused_document_is_declined_and_can_be_issued_anew(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    _pack(workspace)
    record_refusal(
        workspace,
        CASE,
        "charte",
        party="porteuse",
        on=CLOCK.today,
        note="désaccord",
        evidence=(),
        clock=CLOCK,
    )
    assert _state(workspace) is DocumentStatus.DECLINED
    with pytest.raises(PilesError):
        _sign(workspace, "porteuse")
    assert _pack(workspace).issued[0].version == 2


def _sign(
    workspace: Workspace, party: str, *, original: int | None = None, evidence: Sequence[Path] = ()
) -> None:
    record_signature(
        workspace,
        CASE,
        "charte",
        party=party,
        on=CLOCK.today,
        original=original,
        means=None,
        note=None,
        evidence=evidence,
        clock=CLOCK,
    )


def test_a_signature_of_a_document_that_was_not_issued_is_a_mismatch(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    with pytest.raises(Mismatch, match="pas encore été émis"):
        _sign(workspace, "porteuse")


def test_a_signature_by_a_stranger_or_on_no_original_is_a_usage_error(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    _pack(workspace)
    with pytest.raises(UsageError, match="ne signe pas"):
        _sign(workspace, "tete-de-reseau")
    with pytest.raises(UsageError, match="exemplaire 7"):
        _sign(workspace, "porteuse", original=7)
    assert _state(workspace) is DocumentStatus.ISSUED


def test_the_same_signature_twice_is_a_mismatch(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    _pack(workspace)
    _sign(workspace, "porteuse")
    assert _state(workspace) is DocumentStatus.SIGNED
    with pytest.raises(Mismatch, match="déjà enregistrée"):
        _sign(workspace, "porteuse")
    with pytest.raises(Mismatch, match="signé par tous"):
        void(workspace, CASE, "charte", reason="trop tard", clock=CLOCK)


def test_evidence_is_archived_and_verified(workspace: Workspace, tmp_path: Path) -> None:
    _reach(workspace, "rencontre-faite")
    _pack(workspace)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7 un scan")
    _sign(workspace, "porteuse", evidence=[scan])
    act = workspace.acts(CASE)[-1]
    assert isinstance(act, Signed)
    (digest,) = act.evidence
    assert workspace.archive.get(digest) == scan.read_bytes()
    assert verify(workspace) == ()


def test_evidence_that_is_not_there_records_nothing(workspace: Workspace, tmp_path: Path) -> None:
    _reach(workspace, "rencontre-faite")
    _pack(workspace)
    with pytest.raises(UsageError, match=r"absent\.pdf"):
        _sign(workspace, "porteuse", evidence=[tmp_path / "absent.pdf"])
    assert _state(workspace) is DocumentStatus.ISSUED


@pytest.mark.parametrize("day", [dt.date(2025, 3, 21), dt.date(2031, 1, 1)])
def test_nothing_is_issued_in_the_future(day: dt.date, workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    with pytest.raises(Mismatch, match="avenir"):
        _pack(workspace, issued_on=day)


def test_a_named_document_that_is_incomplete_says_what_it_lacks(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    _edit_case(workspace, "    quorum: 6\n", "")
    with pytest.raises(CaseInvalid) as raised:
        _pack(workspace, ["deliberation"])
    assert "porteuse.deliberation.quorum" in raised.value.remedy


def test_nothing_to_pack_is_a_usage_error(workspace: Workspace) -> None:
    with pytest.raises(UsageError):
        _pack(workspace, [])


def test_a_signatory_who_prefers_electronic_signature_is_asked_for_it(workspace: Workspace) -> None:
    done = _pack(workspace, ["plan-formation"], ahead="essai", converter=Remembering.tagging())
    assert done.issued[0].means["animateur"] == "electronique"
    assert done.issued[0].means["porteuse"] == "papier"


def _files(packed: Packed) -> dict[str, bytes]:
    assert packed.archive_path
    with zipfile.ZipFile(packed.archive_path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _texts(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_letter_that_encloses_a_text_has_it_as_a_draft_to_read_and_not_to_sign(
    workspace: Workspace,
) -> None:
    _reach(workspace, "rencontre-faite")
    packed = _pack(workspace, ["presentation-ca"])
    (act,), (made,) = packed.issued, packed.packs
    charter = _texts(_files(packed)[f"{act.reference}.piece-jointe.charte.pdf"])
    assert "Charte des acteurs de l’économie solidaire" in charter[0]
    assert all("PROJET – ne pas signer" in page for page in charter)
    cover, *letter = _texts(made.path.read_bytes())
    assert letter[-len(charter) :] == charter
    assert f"projet joint à la lettre (page {len(letter) - len(charter) + 2})" in cover.replace("\u00a0", " ")
    assert [item.reference for item in made.to_sign] == [act.reference]
    assert _state(workspace) is DocumentStatus.DRAFT
    assert verify(workspace) == ()


def test_what_was_enclosed_never_follows_the_case(workspace: Workspace) -> None:
    _reach(workspace, "rencontre-faite")
    first = _files(_pack(workspace, ["presentation-ca"]))
    _edit_case(workspace, "nom: Collectif Haute-Durance Solidaire", "nom: Collectif de la Durance")
    again = _files(_pack(workspace, ["presentation-ca"]))
    assert {name: again[name] for name in again if "piece-jointe" in name} == {
        name: first[name] for name in first if "piece-jointe" in name
    }


def test_the_renewal_encloses_the_convention_of_the_year_after(workspace: Workspace) -> None:
    packed = _pack(workspace, ["renouvellement"], ahead="essai")
    (act,) = packed.issued
    pages = _texts(_files(packed)[f"{act.reference}.piece-jointe.convention-annuelle.pdf"])
    text = " ".join(pages).replace("\u00a0", " ")
    assert "embrunais.convention-annuelle.2027" in text
    assert "1er janvier 2027" in text
    assert "31 décembre 2027" in text
    assert "31 mai 2027" in text
    assert all("PROJET – ne pas signer" in page for page in pages)


def test_a_letter_whose_enclosure_cannot_be_made_is_not_issued(workspace: Workspace) -> None:
    path = workspace.root / "cases" / f"{CASE}.yaml"
    text = path.read_text("utf-8")
    start = text.index("    contribution:\n      montant: 450")
    path.write_text(text[:start] + text[text.index("budget:") :], "utf-8")
    with pytest.raises(CaseInvalid) as raised:
        _pack(workspace, ["renouvellement"], ahead="essai")
    assert "conventions.annuelle.contribution" in raised.value.remedy
    assert workspace.acts(CASE) == ()
