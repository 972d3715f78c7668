"""Drafts: only what changed, never over someone's edit, and a manifest that says from what."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfWriter

from piles_docs.documents.conversion import Converter
from piles_docs.errors import CaseInvalid, TemplateInvalid, ToolFailed, UsageError
from piles_docs.usecases.drafts import Draft, Outcome
from piles_docs.usecases.generate import generate
from piles_docs.usecases.workspace import Workspace

CASE = "embrunais"
TODAY = dt.date(2026, 6, 15)


class Counting(Converter):
    """A converter that notes what it was asked, and makes a PDF that names the Word file it came from."""

    identity = "compteur 1"
    marked = b""
    """What makes its PDF others than those of another converter."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        self.asked.append(name)
        done: Future[bytes] = Future()
        done.set_result(_pdf_of(docx + self.marked))
        return done


class Failing(Counting):
    """A converter that cannot."""

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        raise ToolFailed("le convertisseur est en panne", remedy="réparez-le")


def _pdf_of(docx: bytes) -> bytes:
    writer, output = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_metadata({"/Subject": hashlib.sha256(docx).hexdigest()})
    writer.write(output)
    return output.getvalue()


def _run(
    workspace: Workspace, converter: Counting | None, *documents: str, overwrite: bool = False
) -> dict[str, Draft]:
    drafts = generate(
        workspace, CASE, documents=documents, converter=converter, overwrite=overwrite, today=TODAY
    )
    return {draft.name: draft for draft in drafts}


def _drafts(workspace: Workspace) -> Path:
    return workspace.out / CASE / "drafts"


def _manifest(workspace: Workspace) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_drafts(workspace) / "manifeste.json").read_text("utf-8"))
    return found


def _edit_case(workspace: Workspace, old: str, new: str) -> None:
    path = workspace.root / "cases" / f"{CASE}.yaml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def _edit_in_word(path: Path) -> bytes:
    document = Document(str(path))
    document.add_paragraph("Une phrase de ma main")
    document.save(str(path))
    return path.read_bytes()


def test_everything_is_drafted_in_word_and_pdf(workspace: Workspace) -> None:
    drafts = _run(workspace, Counting())
    assert {draft.outcome for draft in drafts.values()} == {Outcome.MADE}
    for name in drafts:
        docx, pdf = _drafts(workspace) / f"{name}.docx", _drafts(workspace) / f"{name}.pdf"
        assert pdf.read_bytes() == _pdf_of(docx.read_bytes())


def test_a_second_run_changes_nothing_and_starts_no_converter(workspace: Workspace) -> None:
    _run(workspace, Counting())
    before = {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in _drafts(workspace).glob("*.docx")
    }
    again = Counting()
    assert {draft.outcome for draft in _run(workspace, again).values()} == {Outcome.UNCHANGED}
    assert again.asked == []
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before} == before


def test_a_second_run_without_pdf_changes_nothing_either(workspace: Workspace) -> None:
    _run(workspace, None, "charte")
    assert _run(workspace, None, "charte")["charte"].outcome is Outcome.UNCHANGED


def test_only_what_the_change_touches_is_made_again(workspace: Workspace) -> None:
    _run(workspace, Counting(), "charte", "deliberation")
    _edit_case(workspace, "quorum: 6", "quorum: 5")
    again = Counting()
    outcomes = {
        name: draft.outcome for name, draft in _run(workspace, again, "charte", "deliberation").items()
    }
    assert outcomes == {"charte": Outcome.UNCHANGED, "deliberation": Outcome.MADE}
    assert again.asked == ["deliberation"]


def test_a_pdf_never_tells_another_story_than_its_word_file(workspace: Workspace) -> None:
    _run(workspace, Counting(), "deliberation")
    _edit_case(workspace, "quorum: 6", "quorum: 5")
    _run(workspace, None, "deliberation")
    docx, pdf = (_drafts(workspace) / f"deliberation.{kind}" for kind in ("docx", "pdf"))
    assert not pdf.exists() or pdf.read_bytes() == _pdf_of(docx.read_bytes())
    entry = _manifest(workspace)["documents"]["deliberation"]
    assert (entry["pdf_sha256"], entry["converter"]) == (None, None)


def test_a_pdf_that_was_deleted_is_put_back(workspace: Workspace) -> None:
    _run(workspace, Counting(), "charte")
    (_drafts(workspace) / "charte.pdf").unlink()
    assert _run(workspace, Counting(), "charte")["charte"].outcome is Outcome.MADE
    assert (_drafts(workspace) / "charte.pdf").is_file()


def test_another_converter_makes_the_pdf_again_and_says_so(workspace: Workspace) -> None:
    class Other(Counting):
        identity = "compteur 2"
        marked = b"autrement"

    _run(workspace, Counting(), "charte")
    before = (_drafts(workspace) / "charte.pdf").read_bytes()
    draft = _run(workspace, Other(), "charte")["charte"]
    assert (_drafts(workspace) / "charte.pdf").read_bytes() != before
    assert (draft.outcome, draft.why) == (
        Outcome.MADE,
        "son PDF ou son calendrier manquait, ou n’était plus le même",
    )


def test_a_draft_that_someone_edited_is_left_alone(workspace: Workspace) -> None:
    _run(workspace, Counting(), "charte")
    path = _drafts(workspace) / "charte.docx"
    edited = _edit_in_word(path)
    _edit_case(workspace, "nom: Collectif Haute-Durance Solidaire", "nom: Collectif de la Durance")
    again = Counting()
    draft = _run(workspace, again, "charte")["charte"]
    assert draft.outcome is Outcome.EDITED
    assert any("--overwrite" in line for line in draft.details)
    assert path.read_bytes() == edited
    assert again.asked == []
    assert _run(workspace, again, "charte")["charte"].outcome is Outcome.EDITED, "and it stays so"


def test_overwriting_keeps_the_edited_version_beside(workspace: Workspace) -> None:
    _run(workspace, Counting(), "charte")
    path = _drafts(workspace) / "charte.docx"
    clean = path.read_bytes()
    edited = _edit_in_word(path)
    assert _run(workspace, Counting(), "charte", overwrite=True)["charte"].outcome is Outcome.MADE
    assert path.read_bytes() == clean
    (kept,) = _drafts(workspace).glob("charte.modifie-*.docx")
    assert kept.read_bytes() == edited
    assert _run(workspace, Counting(), "charte")["charte"].outcome is Outcome.UNCHANGED
    assert kept.exists()


def test_overwriting_nothing_edited_keeps_nothing_beside(workspace: Workspace) -> None:
    _run(workspace, Counting(), "charte")
    _run(workspace, Counting(), "charte", overwrite=True)
    assert not list(_drafts(workspace).glob("*modifie*"))


def test_a_draft_of_a_partner_who_left_is_taken_away_unless_edited(workspace: Workspace) -> None:
    _run(workspace, Counting(), "invitation-copil")
    edited = _edit_in_word(_drafts(workspace) / "invitation-copil.mairie-embrun.docx")
    _edit_case(workspace, "    invite_a: [copil, partenaires]", "    invite_a: [partenaires]")
    path = workspace.root / "cases" / f"{CASE}.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("invite_a: [copil, financeurs, inauguration]", "invite_a: [financeurs]", 1), "utf-8"
    )
    _run(workspace, Counting(), "invitation-copil")
    left = {file.name for file in _drafts(workspace).glob("*") if file.name != "manifeste.json"}
    assert "invitation-copil.cma-05.docx" not in left
    assert "invitation-copil.cma-05.pdf" not in left
    assert (_drafts(workspace) / "invitation-copil.mairie-embrun.docx").read_bytes() == edited


def test_the_manifest_says_from_what_each_draft_was_made(workspace: Workspace) -> None:
    _run(workspace, Counting(), "deliberation")
    entry = _manifest(workspace)["documents"]["deliberation"]
    for kind in ("docx", "pdf"):
        content = (_drafts(workspace) / f"deliberation.{kind}").read_bytes()
        assert entry[f"{kind}_sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["template_sha256"] == workspace.template("deliberation").sha256
    assert "porteuse.deliberation.quorum" in entry["fields"]
    assert {"templates/deliberation.docx", "templates/papier-en-tete.docx"} <= set(entry["files"])
    assert entry["converter"] == "compteur 1"
    assert {"piles-docs", "docxtpl"} <= set(entry["tools"])


def test_a_manifest_that_was_damaged_loses_nothing(workspace: Workspace) -> None:
    _run(workspace, Counting(), "charte")
    (_drafts(workspace) / "manifeste.json").write_text('{"documents": [', "utf-8")
    edited = _edit_in_word(_drafts(workspace) / "charte.docx")
    assert _run(workspace, Counting(), "charte")["charte"].outcome is Outcome.EDITED
    assert (_drafts(workspace) / "charte.docx").read_bytes() == edited


def test_a_run_that_stopped_half_way_is_not_taken_for_an_edit(workspace: Workspace) -> None:
    path = _drafts(workspace) / "deliberation.docx"
    _run(workspace, Counting(), "deliberation")
    before = path.read_bytes()
    _edit_case(workspace, "quorum: 6", "quorum: 5")
    _run(workspace, Counting(), "deliberation")
    path.write_bytes(before)  # as a kill leaves it: the manifest is written, the drafts are not
    _edit_case(workspace, "quorum: 5", "quorum: 4")

    assert _run(workspace, Counting(), "deliberation")["deliberation"].outcome is Outcome.MADE


def test_one_bad_template_does_not_stop_the_others(workspace: Workspace) -> None:
    (workspace.root / "templates" / "charte.docx").write_bytes(b"pas du Word")
    drafts = _run(workspace, Counting(), "charte", "deliberation")
    assert drafts["deliberation"].outcome is Outcome.MADE
    assert drafts["charte"].outcome is Outcome.FAILED
    assert isinstance(drafts["charte"].error, TemplateInvalid)


def test_training_days_that_cannot_be_are_the_cases_defect(workspace: Workspace) -> None:
    _edit_case(
        workspace,
        "dates: [2026-03-16, 2026-03-17, 2026-03-23]",
        "dates: [2026-03-16, 2026-03-17, 2026-03-22]",
    )
    try:
        error = _run(workspace, Counting(), "plan-formation")["plan-formation"].error
    except CaseInvalid as refused:  # the case file's own checks may see it first
        error = refused
    assert isinstance(error, CaseInvalid)


def test_a_converter_that_fails_leaves_the_drafts_as_they_were(workspace: Workspace) -> None:
    _run(workspace, Counting(), "deliberation")
    before = {path.name: path.read_bytes() for path in _drafts(workspace).iterdir()}
    _edit_case(workspace, "quorum: 6", "quorum: 5")
    with pytest.raises(ToolFailed):
        _run(workspace, Failing(), "deliberation")
    assert {path.name: path.read_bytes() for path in _drafts(workspace).iterdir()} == before


def test_an_incomplete_document_says_what_it_lacks(workspace: Workspace) -> None:
    _edit_case(workspace, "    quorum: 6\n", "")
    draft = _run(workspace, Counting(), "deliberation")["deliberation"]
    assert draft.outcome is Outcome.INCOMPLETE
    assert draft.details == ("porteuse.deliberation.quorum",)
    assert not (_drafts(workspace) / "deliberation.docx").exists()


def test_a_draft_of_a_locked_step_is_made_and_said_to_be_locked(workspace: Workspace) -> None:
    draft = _run(workspace, Counting(), "convention-annuelle")["convention-annuelle.2026"]
    assert (draft.outcome, draft.locked) == (Outcome.MADE, True)


def test_an_unknown_document_is_refused_with_the_known_ones(workspace: Workspace) -> None:
    with pytest.raises(UsageError) as raised:
        _run(workspace, Counting(), "chartte")
    assert "charte" in raised.value.remedy


def test_each_draft_says_why_it_was_made_or_was_not(workspace: Workspace) -> None:
    first = _run(workspace, Counting(), "charte", "deliberation")
    assert {draft.why for draft in first.values()} == {"premier projet"}
    _edit_case(workspace, "quorum: 6", "quorum: 5")
    drafts = _run(workspace, Counting(), "charte", "deliberation")
    assert drafts["charte"].why == "rien de ce qu’il lit n’a changé"
    assert (drafts["deliberation"].why, drafts["deliberation"].changed) == (
        "a changé",
        ("porteuse.deliberation.quorum",),
    )
    (_drafts(workspace) / "charte.docx").unlink()
    (_drafts(workspace) / "deliberation.pdf").unlink()
    drafts = _run(workspace, Counting(), "charte", "deliberation")
    assert drafts["charte"].why == "le fichier n’était plus là"
    assert drafts["deliberation"].why == "son PDF ou son calendrier manquait, ou n’était plus le même"


def test_an_edited_template_makes_its_own_documents_again_and_no_others(workspace: Workspace) -> None:
    _run(workspace, Counting())
    _edit_in_word(workspace.root / "templates" / "charte.docx")
    drafts = _run(workspace, Counting())
    assert {name for name, draft in drafts.items() if draft.outcome is Outcome.MADE} == {"charte"}
    assert drafts["charte"].changed == ("templates/charte.docx",)
