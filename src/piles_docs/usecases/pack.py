"""Issue documents and bind one signature pack for each signatory.

The order matters: everything is made first, then archived, then recorded in one transaction, and only then
are the packs written. A pack can be made again at any time from the archive.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from piles_docs.documents.conversion import Converter
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import Issued, Means
from piles_docs.methodology.states import Key
from piles_docs.packs.binding import zip_files
from piles_docs.usecases.calendars import issued_calendar
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.conversion import tools
from piles_docs.usecases.files import one_at_a_time, write_atomically
from piles_docs.usecases.issuing import (
    Made,
    PackPlan,
    enclosure_name,
    file_name,
    make_issues,
    plan_pack,
    trial_issue,
)
from piles_docs.usecases.pack_binding import Pack, bind_packs, issued_acts, label_of, packs_folder, pdfs_of
from piles_docs.usecases.sealing import Sealer
from piles_docs.usecases.situation import Situation, check_acts, judged_again, renewed, situation
from piles_docs.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The result of the command."""

    plan: PackPlan
    issued: tuple[Issued, ...]
    packs: tuple[Pack, ...]
    shortfalls: tuple[str, ...]
    """Why seals do not reach the level that was asked for, in French."""
    unmarked: tuple[str, ...]
    """What bears no codes, and why, in French."""
    archive_path: Path | None


def pack(
    workspace: Workspace,
    dossier: str,
    *,
    step: int | None,
    documents: Sequence[str],
    means: Means | None,
    ahead: str | None,
    issued_on: dt.date | None,
    converter: Converter,
    clock: Clock,
    sealer: Sealer | None = None,
) -> Packed:
    """Issue documents, archive their bytes, record the issue, and write one pack a signatory.

    Raises:
        SigningFailed: A document to be signed electronically cannot be sealed.
        StepLocked: The step is locked and no reason was given.
        CaseInvalid, UsageError, TemplateInvalid, ToolFailed, RecordsBroken: As their names say.
        WouldOverwrite: Something else was recorded in the meantime, each time.
    """

    def once() -> tuple[Situation, PackPlan, list[Made]]:
        now = situation(workspace, dossier, clock.today)
        plan = plan_pack(now, step=step, documents=documents)
        trial = [trial_issue(now, state, means, issued_on or clock.today, ahead) for state in plan.to_issue]
        check_acts(now, trial, clock.today)
        made = make_issues(workspace, now, plan.to_issue, trial, converter, sealer, clock.now)
        archive = workspace.archive
        for item in made:
            for content in item.contents:
                archive.put(content)
        if made:
            workspace.ledger().append(
                dossier, [entry_of(item.act) for item in made], expected=len(now.acts), now=clock.now
            )
        return now, plan, made

    with one_at_a_time(workspace.out / dossier):
        before, plan, made = judged_again(once)
        after = renewed(workspace, before, clock.today)
        annexes = [state.key for state in plan.annexes]
        mains = [state.key for state in (*plan.to_issue, *plan.already) if state.key not in annexes]
        packs, bundle = _bind_all(workspace, after, mains, annexes, converter)
    return Packed(
        plan=plan,
        issued=tuple(item.act for item in made),
        packs=packs,
        shortfalls=tuple(f"{item.act.reference} : {item.shortfall}" for item in made if item.shortfall),
        unmarked=tuple(f"{item.act.reference} ({item.unmarked})" for item in made if item.unmarked),
        archive_path=bundle,
    )


def _bind_all(
    workspace: Workspace, now: Situation, mains: Sequence[Key], annexes: Sequence[Key], converter: Converter
) -> tuple[tuple[Pack, ...], Path | None]:
    packs = bind_packs(workspace, now, mains, annexes, converter)
    main_acts = issued_acts(now, mains)
    acts = [*main_acts, *issued_acts(now, annexes)]
    if not acts:
        return packs, None
    words = {
        file_name(act, original.number): workspace.archive.get(original.docx_sha256)
        for act in acts
        for original in act.originals
    }
    words |= {
        enclosure_name(act, enclosure.document): workspace.archive.get(enclosure.docx_sha256)
        for act in acts
        for enclosure in act.enclosures
    }
    bundle = packs_folder(workspace, now) / f"{now.case.dossier}.{label_of(main_acts)}.zip"
    members = {f"{name}.pdf": content for name, content in pdfs_of(workspace, acts).items()}
    members |= {f"{name}.docx": content for name, content in words.items()}
    calendars = {act.reference: issued_calendar(now, act) for act in acts}
    members |= {f"{name}.ics": content for name, content in calendars.items() if content}
    members["manifeste.json"] = _manifest(now, acts, members, converter)
    write_atomically(bundle, zip_files(members))
    return packs, bundle


def _manifest(
    now: Situation, acts: Sequence[Issued], members: Mapping[str, bytes], converter: Converter
) -> bytes:
    data = {
        "schema": 1,
        "dossier": now.case.dossier,
        "documents": [
            {
                "reference": act.reference,
                "issued_on": act.on.isoformat(),
                "template_sha256": act.template_sha256,
            }
            for act in acts
        ],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(members.items())},
        "tools": tools(converter),
    }
    return (json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
