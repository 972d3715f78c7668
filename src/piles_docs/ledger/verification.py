"""Verification of the records as a whole: every chain, every archived file that an event refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.events import Event, JsonObject, verify_chain
from piles_docs.ledger.findings import Finding, FindingKind
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.tables import StoredEvent, read


def verify(
    ledger: Ledger, archive: Archive, referenced: Callable[[JsonObject], Iterable[str]]
) -> tuple[Finding, ...]:
    """Check the ledger's file, the chain of each case, and each archived file that an event refers to.

    A chain cannot show that its last events were taken away: for that, keep its last digest elsewhere.

    Args:
        ledger: the events.
        archive: the bytes.
        referenced: tells the SHA-256s that the facts of an event refer to.

    Returns:
        What was found, harmless findings included; empty when all is as it was written.

    Raises:
        RecordsBroken: the ledger cannot be read at all.
    """
    findings = list(ledger.storage_findings())
    citations: dict[str, Event] = {}
    for dossier, rows in groupby(ledger.rows(), key=attrgetter("dossier")):
        events, unreadable = _readable(dossier, rows)
        findings += [*verify_chain(events), *unreadable]
        for event in events:
            for sha256 in referenced(event.facts):
                citations.setdefault(sha256, event)
    for sha256, event in citations.items():
        findings += _file_findings(archive, sha256, event)
    findings += _leftovers(archive, citations)
    return tuple(findings)


def _readable(dossier: str, rows: Iterable[StoredEvent]) -> tuple[list[Event], list[Finding]]:
    """Read a chain up to the first event that cannot be read, which is named."""
    events: list[Event] = []
    for row in rows:
        try:
            events.append(read(row))
        except RecordsBroken:
            message = "cet événement est illisible : il a été abîmé ou modifié"
            return events, [
                Finding(kind=FindingKind.UNREADABLE, message=message, dossier=dossier, sequence=row.sequence)
            ]
    return events, []


def _file_findings(archive: Archive, sha256: str, event: Event) -> Iterator[Finding]:
    kind = FindingKind.FILE_MISSING
    try:
        if sha256 in archive:
            kind = FindingKind.FILE_ALTERED
        archive.get(sha256)
    except RecordsBroken as broken:
        yield Finding(
            kind=kind, message=broken.message, dossier=event.dossier, sequence=event.sequence, sha256=sha256
        )


def _leftovers(archive: Archive, cited: Iterable[str]) -> Iterator[Finding]:
    """Name what no event refers to: a program was stopped between archiving and recording."""
    for sha256 in sorted(set(archive.sha256s()).difference(cited)):
        yield Finding(
            kind=FindingKind.LEFTOVER,
            message=f"la pièce {sha256[:12]}… n’est citée par aucun événement ; elle ne gêne pas",
            sha256=sha256,
        )
    for path in archive.unfinished():
        yield Finding(
            kind=FindingKind.LEFTOVER,
            message=f"le fichier {path} est resté inachevé après un arrêt brutal ; vous pouvez le supprimer",
        )
