"""Erase the personal data of a case where the law asks (GDPR, art. 17); the proof of what was done stays."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import suppress
from dataclasses import dataclass

from piles_docs.case.renewal import anniversary
from piles_docs.errors import ToolFailed, UsageError
from piles_docs.ledger.acts import act_of, archived_by, entry_of
from piles_docs.methodology.acts import Forgotten
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.threads import history
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.files import one_at_a_time
from piles_docs.usecases.state_index import FILE as INDEX_FILE
from piles_docs.usecases.workspace import Workspace

KEPT_YEARS = 5
"""How long after its end a contract may still be disputed (C. civ., art. 2224)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What would be erased, or was."""

    dossier: str
    events: int
    """Events that hold personal data."""
    files: tuple[str, ...]
    """Digests of archived files that no other case refers to."""
    binding: tuple[str, ...]
    """References of signed acts that bind still, or ended less than five years ago."""
    waiting: tuple[str, ...]
    """References of issued documents that wait for a signature."""
    is_begun: bool
    """Whether it was begun, and only has to be finished."""


def plan_erasure(workspace: Workspace, dossier: str, clock: Clock) -> Erasure:
    """Tell what erasing a case would take away.

    Raises:
        UsageError: There is no such case, neither in cases/ nor in the ledger.
        RecordsBroken: The ledger cannot be read.
    """
    events = workspace.ledger().events(dossier)
    if not events:
        workspace.choose([dossier])
    past, methodology = history([act_of(event) for event in events]), load_methodology()
    binding, waiting = [], []
    for thread in past.threads.values():
        if thread.voided or thread.refused or not thread.issued.means:
            continue
        reference = thread.issued.reference
        if not thread.is_complete:
            waiting.append(reference)
            continue
        ends_on = past.ends_on(thread, methodology.document(thread.issued.document).ends)
        if ends_on and _kept_until(ends_on) >= clock.today:
            binding.append(reference)
    files = (
        past.forgotten.files
        if past.forgotten
        else _own_files(workspace, dossier, [sha for event in events for sha in archived_by(event.facts)])
    )
    return Erasure(
        dossier=dossier,
        events=sum(event.personal is not None for event in events),
        files=files,
        binding=tuple(binding),
        waiting=tuple(waiting),
        is_begun=past.forgotten is not None,
    )


def _kept_until(ends_on: dt.date) -> dt.date:
    for _ in range(KEPT_YEARS):
        ends_on = anniversary(ends_on)
    return ends_on


def _own_files(workspace: Workspace, dossier: str, cited: list[str]) -> tuple[str, ...]:
    """What no other case refers to: a file may be evidence in two."""
    wanted = set(cited)
    ledger = workspace.ledger()
    for other in ledger.dossiers() if wanted else ():
        if other != dossier:
            wanted -= {sha for event in ledger.events(other) for sha in archived_by(event.facts)}
    return tuple(sorted(wanted))


def forget(workspace: Workspace, dossier: str, *, reason: str, clock: Clock) -> Erasure:
    """Erase the personal data of a case: in the ledger, the archive, cases/ and out/.

    What was signed stays proved by the hashes, dates and roles of its chain. The erasure is recorded
    first, so that a run which is stopped can be finished by the same command.

    Raises:
        UsageError: There is no such case, or no reason is given.
        RecordsBroken, ToolFailed, WouldOverwrite: As their names say.
    """
    if not reason.strip():
        raise UsageError("un effacement se fait pour une raison", remedy="ajoutez --reason TEXTE")
    with one_at_a_time(workspace.out / dossier):
        erasure = plan_erasure(workspace, dossier, clock)
        ledger = workspace.ledger()
        events = ledger.events(dossier)
        if events and not erasure.is_begun:
            act = Forgotten(on=clock.today, files=erasure.files, reason=reason)
            ledger.append(dossier, [entry_of(act)], expected=len(events), now=clock.now)
            events = ledger.events(dossier)
        last = max((event.sequence for event in events if event.kind == "forgotten"), default=0)
        if last:
            ledger.erase_personal(dossier, up_to=last - 1)
        for sha256 in erasure.files:
            workspace.archive.erase(sha256)
        _remove_files(workspace, dossier)
    return erasure


def _remove_files(workspace: Workspace, dossier: str) -> None:
    """Take away all that was made of a case, caches of every case included, and then its file.

    The file goes last: where nothing was recorded, it alone lets the same command find the case again.
    """
    try:
        for folder in (workspace.out / ".pdf", workspace.out / dossier):
            with suppress(FileNotFoundError):
                shutil.rmtree(folder)
        for path in (*workspace.out.glob(f"{INDEX_FILE}*"), workspace.case_file(dossier)):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ToolFailed(
            f"{error.filename} ne peut pas être effacé ({error.strerror})",
            remedy="vérifiez vos droits, puis relancez la même commande : elle finira l’effacement",
        ) from error
