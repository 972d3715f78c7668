"""Record what a person saw: a milestone, a signature, a refusal, the end of a document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from piles_docs.errors import Mismatch, UsageError
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import (
    Act,
    FoundEmpty,
    Means,
    MeansChanged,
    MilestoneReached,
    Refused,
    Signed,
    Voided,
    Withdrawn,
)
from piles_docs.methodology.states import CaseState, DocumentState
from piles_docs.methodology.threads import Thread, history
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.situation import Situation, check_acts, judged_again, situation
from piles_docs.usecases.workspace import Workspace

LARGEST_EVIDENCE_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was recorded, and how the case stood before and stands after."""

    acts: tuple[Act, ...]
    before: CaseState
    after: CaseState
    completed: tuple[str, ...]
    """References of what everyone has signed only since."""

    @property
    def opened(self) -> tuple[str, ...]:
        """The steps that this opened, by title."""
        from_step, to_step = self.before.current_step, self.after.current_step
        return tuple(
            f"{step.number} « {step.title} »"
            for step in self.after.steps
            if from_step < step.number <= to_step
        )


def record_milestone(
    workspace: Workspace,
    dossier: str,
    milestone: str,
    *,
    on: dt.date,
    note: str | None,
    evidence: Sequence[Path],
    clock: Clock,
) -> Recorded:
    """Record that a milestone was reached."""

    def acts(_: Situation, digests: tuple[str, ...]) -> Sequence[Act]:
        return [MilestoneReached(milestone=milestone, on=on, note=note, evidence=digests)]

    return _record(workspace, dossier, acts, evidence, clock)


def record_signature(
    workspace: Workspace,
    dossier: str,
    document: str,
    *,
    party: str,
    on: dt.date,
    original: int | None,
    means: Means | None,
    note: str | None,
    evidence: Sequence[Path],
    clock: Clock,
) -> Recorded:
    """Record a signature that a person saw, on one original or on all that this party has not signed yet.

    Args:
        workspace: Where it is.
        dossier: The case.
        document: Its kind, its whole name or its reference.
        party: Who signed.
        on: When.
        original: The number of the original, or None for all that the party has not signed.
        means: How, where it is not as was asked: a signatory may change path, and what was signed counts.
        note: What to remember of it.
        evidence: Files that show it, kept in the archive.
        clock: The moment.
    """

    def acts(now: Situation, digests: tuple[str, ...]) -> Sequence[Act]:
        thread = issued(now, document)
        numbers = [original] if original is not None else _unsigned(thread, party)
        scans = {number: _scan_of(thread, party, number) for number in numbers}
        return [
            Signed(
                reference=thread.issued.reference,
                party=party,
                original=number,
                means=means or thread.means.get(party, Means.PAPER),
                on=on,
                note=note,
                evidence=(*scans[number], *digests),
            )
            for number in numbers
        ]

    return _record(workspace, dossier, acts, evidence, clock)


def _scan_of(thread: Thread, party: str, original: int) -> tuple[str, ...]:
    """The scan on which a person was to look for this signature: it is what shows it."""
    sighting = thread.uncertain.get((party, original))
    return (sighting.scan_sha256,) if sighting else ()


def record_unsigned(
    workspace: Workspace,
    dossier: str,
    document: str,
    *,
    party: str,
    original: int,
    note: str | None,
    clock: Clock,
) -> Recorded:
    """Record that a person looked at a box that the program was not sure of: it is not signed."""

    def acts(now: Situation, _: tuple[str, ...]) -> Sequence[Act]:
        reference = issued(now, document).issued.reference
        return [FoundEmpty(reference=reference, party=party, original=original, on=clock.today, note=note)]

    return _record(workspace, dossier, acts, (), clock)


def record_refusal(
    workspace: Workspace,
    dossier: str,
    document: str,
    *,
    party: str,
    on: dt.date,
    note: str,
    evidence: Sequence[Path],
    clock: Clock,
) -> Recorded:
    """Record that a party declined to sign."""

    def acts(now: Situation, digests: tuple[str, ...]) -> Sequence[Act]:
        reference = issued(now, document).issued.reference
        return [Refused(reference=reference, party=party, on=on, note=note, evidence=digests)]

    return _record(workspace, dossier, acts, evidence, clock)


def void(workspace: Workspace, dossier: str, document: str, *, reason: str, clock: Clock) -> Recorded:
    """End an issued document, so that its next version can be issued."""

    def acts(now: Situation, _: tuple[str, ...]) -> Sequence[Act]:
        return [Voided(reference=issued(now, document).issued.reference, on=clock.today, reason=reason)]

    return _record(workspace, dossier, acts, (), clock)


def record_means(
    workspace: Workspace,
    dossier: str,
    document: str,
    *,
    party: str,
    means: Means,
    note: str | None,
    clock: Clock,
) -> Recorded:
    """Record that a party is to sign in another way; what it signed already stays signed."""

    def acts(now: Situation, _: tuple[str, ...]) -> Sequence[Act]:
        reference = issued(now, document).issued.reference
        return [MeansChanged(reference=reference, party=party, means=means, on=clock.today, note=note)]

    return _record(workspace, dossier, acts, (), clock)


def record_correction(workspace: Workspace, dossier: str, event: int, *, note: str, clock: Clock) -> Recorded:
    """Record that an earlier event was a mistake: it no longer counts, and stays in the ledger."""

    def acts(_now: Situation, _: tuple[str, ...]) -> Sequence[Act]:
        return [Withdrawn(event=event, on=clock.today, reason=note)]

    return _record(workspace, dossier, acts, (), clock)


def issued(now: Situation, name: str) -> Thread:
    """Find the issued document that a person means, by its kind, its whole name or its reference.

    Raises:
        UsageError: No document of the case has this name, or several have.
        Mismatch: It was not issued.
    """
    past = history(now.acts)
    if name in past.threads:
        return past.threads[name]
    matching = [state for state in now.state.documents if name in {state.key.document, state.key.name}]
    if not matching:
        known = sorted({state.key.document for state in now.state.documents})
        raise UsageError(
            f"ce dossier n’a pas de document « {name} »", remedy=f"les documents : {', '.join(known)}"
        )
    live = [state for state in matching if state.issued]
    if not live:
        raise Mismatch(
            f"« {name} » n’a pas encore été émis pour signature",
            remedy=f"préparez-le d’abord : piles pack {now.case.dossier} -d {name}",
        )
    if len(live) > 1 and not (live := _current(live)):
        names = ", ".join(state.key.name for state in matching if state.issued)
        raise UsageError(f"plusieurs documents s’appellent « {name} »", remedy=f"précisez lequel : {names}")
    found = past.latest(live[0].key)
    if found is None:
        raise AssertionError("a state with an issue has its thread")
    return found


def _current(live: Sequence[DocumentState]) -> list[DocumentState]:
    """Of a yearly document, the one of the latest year; several letters stay several."""
    periods = [state for state in live if state.key.period]
    if len(periods) != len(live):
        return []
    return [max(periods, key=lambda state: state.key.period or "")]


def _unsigned(thread: Thread, party: str) -> list[int]:
    numbers = [original.number for original in thread.issued.originals]
    missing = [number for number in numbers if (party, number) not in thread.signed]
    return missing or numbers  # when all are signed, the rules say so


def _record(
    workspace: Workspace,
    dossier: str,
    acts: Callable[[Situation, tuple[str, ...]], Sequence[Act]],
    evidence: Sequence[Path],
    clock: Clock,
) -> Recorded:
    contents = [_read_evidence(path) for path in evidence]

    def once() -> Recorded:
        now = situation(workspace, dossier, clock.today)
        # The rules are asked before anything is kept, and the digests do not depend on keeping.
        check_acts(now, acts(now, ()), clock.today)
        archive = workspace.archive
        wanted = tuple(acts(now, tuple(archive.put(content) for content in contents)))
        entries = [entry_of(act) for act in wanted]
        workspace.ledger().append(dossier, entries, expected=len(now.acts), now=clock.now)
        return recorded(workspace, now, wanted, clock)

    return judged_again(once)


def recorded(workspace: Workspace, before: Situation, acts: Sequence[Act], clock: Clock) -> Recorded:
    """Tell what acts that were just recorded changed."""
    after = situation(workspace, before.case.dossier, clock.today)
    completed = _completed(before, after)
    return Recorded(acts=tuple(acts), before=before.state, after=after.state, completed=completed)


def _completed(before: Situation, after: Situation) -> tuple[str, ...]:
    """The references of what is signed by all only since."""
    past = history(before.acts).threads
    return tuple(
        reference
        for reference, thread in history(after.acts).threads.items()
        if thread.is_complete and not past[reference].is_complete
    )


def _read_evidence(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_EVIDENCE_BYTES:
            raise UsageError(f"{path.name} dépasse 100 Mo", remedy="donnez un fichier plus léger")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"la pièce {path.name} ne peut pas être lue ({error.strerror})",
            remedy="vérifiez le chemin du fichier",
        ) from error
