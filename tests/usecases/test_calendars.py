"""Invitations go with their calendar file: beside the draft, and in the archive of what was issued."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

from icalendar import Calendar

from piles_docs.documents.conversion import Embedded
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.drafts import Outcome
from piles_docs.usecases.generate import generate
from piles_docs.usecases.pack import Packed, pack
from piles_docs.usecases.workspace import Workspace

CASE = "embrunais"
NAMES = ["invitation-copil.cma-05", "invitation-copil.mairie-embrun"]


def _edit_case(workspace: Workspace, old: str, new: str) -> None:
    path = workspace.root / "cases" / f"{CASE}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def _draft(workspace: Workspace) -> dict[str, Outcome]:
    drafts = generate(
        workspace,
        CASE,
        documents=("invitation-copil", "deliberation"),
        converter=None,
        overwrite=False,
        today=dt.date(2025, 3, 20),
    )
    return {draft.name: draft.outcome for draft in drafts}


def _pack(workspace: Workspace) -> Packed:
    return pack(
        workspace,
        CASE,
        step=None,
        documents=("invitation-copil",),
        means=None,
        ahead="le comité est déjà fixé",
        issued_on=None,
        converter=Embedded(),
        clock=Clock(today=dt.date(2025, 3, 20), now=dt.datetime(2025, 3, 20, 9, tzinfo=dt.UTC)),
    )


def _event(content: bytes) -> Any:  # a component of icalendar
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


def _zipped(path: Path | None) -> dict[str, bytes]:
    assert path is not None
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".ics")}


def _meeting_day(workspace: Workspace) -> dt.date:
    held = workspace.case(CASE).rencontres.copil
    assert held is not None
    assert held.date is not None
    return held.date


def test_each_drafted_invitation_has_its_calendar_and_nothing_else_has(workspace: Workspace) -> None:
    _draft(workspace)
    folder = workspace.out / CASE / "drafts"
    invitations = {path.stem for path in folder.glob("invitation-copil*.docx")}
    assert set(NAMES) <= invitations
    assert {path.stem for path in folder.glob("*.ics")} == invitations
    event = _event((folder / f"{NAMES[0]}.ics").read_bytes())
    assert event.start.date() == _meeting_day(workspace)
    assert event["STATUS"] == "TENTATIVE"
    assert {outcome for name, outcome in _draft(workspace).items() if name in NAMES} == {Outcome.UNCHANGED}


def test_a_calendar_that_was_deleted_is_put_back(workspace: Workspace) -> None:
    _draft(workspace)
    path = workspace.out / CASE / "drafts" / f"{NAMES[0]}.ics"
    before = path.read_bytes()
    path.unlink()
    _draft(workspace)
    assert path.read_bytes() == before


def test_the_calendar_of_a_draft_goes_with_it(workspace: Workspace) -> None:
    _draft(workspace)
    _edit_case(workspace, "invite_a: [copil, ", "invite_a: [")
    _draft(workspace)
    folder = workspace.out / CASE / "drafts"
    assert {path.stem for path in folder.glob("*.ics")} == {
        path.stem for path in folder.glob("invitation-*.docx")
    }


def test_the_calendar_of_an_issued_invitation_says_what_the_letter_says(workspace: Workspace) -> None:
    day = _meeting_day(workspace)
    issued = _zipped(_pack(workspace).archive_path)
    assert {name.rpartition(".v")[0].partition(".")[2] for name in issued} >= set(NAMES)
    for content in issued.values():
        event = _event(content)
        assert event.start.date() == day
        assert event["STATUS"] == "CONFIRMED"
        assert event["DTSTAMP"].dt.date() == dt.date(2025, 3, 20)
    _edit_case(workspace, f"date: {day.isoformat()}", f"date: {(day + dt.timedelta(days=7)).isoformat()}")
    assert _meeting_day(workspace) == day + dt.timedelta(days=7)
    assert _zipped(_pack(workspace).archive_path) == issued
