"""Verification of the records as a whole: every chain, every archived file that an event refers to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import groupby
from operator import attrgetter, itemgetter

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.acts import FORGOTTEN
from piles_docs.ledger.archive import SHA256, Archive
from piles_docs.ledger.chain import ChainCheck, head_finding
from piles_docs.ledger.events import JsonObject
from piles_docs.ledger.findings import Finding, FindingKind
from piles_docs.ledger.heads import Head, ShortHead
from piles_docs.ledger.rows import StoredEvent
from piles_docs.ledger.store import Ledger, Snapshot

Referenced = Callable[[JsonObject], Iterable[str]]
"""Tells the SHA-256s that the facts of an event refer to."""


def verify(
    ledger: Ledger, archive: Archive, referenced: Referenced, expected: Collection[ShortHead] = ()
) -> tuple[Finding, ...]:
    """Check the ledger's storage, the chain of each case, and each archived file that an event refers to.

    Memory holds one event at a time, and 32 bytes (some 130 with Python's own) for each file referred to.
    Nobody is kept from writing while the files are read.

    Args:
        ledger: the events.
        archive: the bytes.
        referenced: tells the SHA-256s that the facts of an event refer to.
        expected: heads that were kept elsewhere. Without them, a ledger that was shortened or written anew
            together with its own heads is not told from a true one.

    Returns:
        What was found, harmless findings included; empty when all is as it was written.

    Raises:
        RecordsBroken: the ledger cannot be read at all.
    """
    findings = list(ledger.storage_findings())
    files = _Files(referenced)
    with ledger.snapshot() as now:
        findings += _chain_findings(now, files, expected)
    findings += _file_findings(ledger, archive, files)
    findings += _leftovers(archive, files)
    return tuple(findings)


class _Files:
    """The archived files that events refer to, as digests of 32 bytes, and those erased on purpose."""

    def __init__(self, referenced: Referenced) -> None:
        self._referenced = referenced
        self.needed: set[bytes] = set()
        self.erased: dict[bytes, str] = {}
        """With the case whose erasure it was."""
        self.senseless: dict[tuple[str, int, str], Finding] = {}
        """References to what can be no file, by case, event and reference."""

    def of_chain(self, check: ChainCheck, rows: Iterable[StoredEvent]) -> dict[bytes, int]:
        """Check a chain on the way; gives the files that its case needs, with the first event that says so.

        What the case erased is no longer among them, but another case may still need it.
        """
        needed: dict[bytes, int] = {}
        for row in rows:
            facts = check.take(row)
            if facts is None:
                continue
            for sha256 in self._referenced(facts):
                if SHA256.fullmatch(sha256):
                    needed.setdefault(bytes.fromhex(sha256), row.sequence)
                else:
                    self.senseless[row.dossier, row.sequence, sha256] = _senseless_finding(row, sha256)
            if row.kind == FORGOTTEN:
                for digest in _erased_by(facts):
                    needed.pop(digest, None)
                    self.erased[digest] = row.dossier
        return needed


def _chain_findings(now: Snapshot, files: _Files, expected: Collection[ShortHead]) -> Iterator[Finding]:
    heads = now.heads()
    kept = {(head.dossier, head.sequence) for head in expected}
    seen: set[ShortHead] = set()

    def watched(rows: Iterable[StoredEvent]) -> Iterator[StoredEvent]:
        for row in rows:
            if (row.dossier, row.sequence) in kept:
                seen.add(Head(row.dossier, row.sequence, row.digest).short())
            yield row

    for dossier, rows in _by_case(now.rows()):
        check = ChainCheck(dossier)
        files.needed.update(files.of_chain(check, watched(rows) if kept else rows))
        yield from check.findings(heads.pop(dossier, None))
    yield from (head_finding(dossier, 0, head) for dossier, head in heads.items())
    yield from (_rewritten_finding(head) for head in expected if head not in seen)


def _by_case(rows: Iterable[StoredEvent]) -> Iterator[tuple[str, Iterator[StoredEvent]]]:
    return groupby(rows, key=itemgetter(0))  # the case: a column by its place is found faster than by name


def _rewritten_finding(head: ShortHead) -> Finding:
    return Finding(
        kind=FindingKind.REWRITTEN,
        message=f"la tête notée « {head} » n’est pas, ou n’est plus, dans le registre : "
        "il a été réécrit ou raccourci depuis",
        dossier=head.dossier,
        sequence=head.sequence,
    )


def _erased_by(facts: JsonObject) -> Iterator[bytes]:
    files = facts.get("files")
    for sha256 in files if isinstance(files, list) else []:
        if isinstance(sha256, str) and SHA256.fullmatch(sha256):
            yield bytes.fromhex(sha256)


def _senseless_finding(row: StoredEvent, sha256: str) -> Finding:
    return Finding(
        kind=FindingKind.FILE_MISSING,
        message=f"« {sha256[:80]} » n’est pas l’empreinte d’une pièce de l’archive",
        dossier=row.dossier,
        sequence=row.sequence,
        sha256=sha256,
    )


def _file_findings(ledger: Ledger, archive: Archive, files: _Files) -> list[Finding]:
    """Check each file; which event refers to a bad one is looked for only then, to remember less."""
    bad: dict[bytes, tuple[FindingKind, str]] = {}
    for digest in sorted(files.needed):
        sha256 = digest.hex()
        kind = FindingKind.FILE_MISSING
        try:
            if sha256 in archive:
                kind = FindingKind.FILE_ALTERED
            archive.get(sha256)
        except RecordsBroken as broken:
            bad[digest] = kind, broken.message
    found = list(files.senseless.values())
    for dossier, rows in _by_case(ledger.rows() if bad else ()):
        needed = files.of_chain(ChainCheck(dossier), rows)
        for digest in needed.keys() & bad.keys():
            kind, message = bad.pop(digest)
            found.append(
                Finding(
                    kind=kind,
                    message=message,
                    dossier=dossier,
                    sequence=needed[digest],
                    sha256=digest.hex(),
                )
            )
    return sorted(found, key=attrgetter("dossier", "sequence", "sha256"))


def _leftovers(archive: Archive, files: _Files) -> Iterator[Finding]:
    """Name what no event needs: a program was stopped before recording it, or before erasing it."""
    for sha256 in archive.sha256s():
        digest = bytes.fromhex(sha256)
        if digest in files.needed:
            continue
        dossier = files.erased.get(digest)
        if dossier is None:
            yield Finding(
                kind=FindingKind.LEFTOVER,
                message=f"la pièce {sha256[:12]}… n’est citée par aucun événement ; elle ne gêne pas",
                sha256=sha256,
            )
        else:
            yield Finding(
                kind=FindingKind.ERASURE_UNFINISHED,
                message=f"effacement inachevé : la pièce {sha256[:12]}… est encore dans l’archive ; "
                f"relancez « piles forget {dossier} »",
                dossier=dossier,
                sha256=sha256,
            )
    for path in archive.unfinished():
        yield Finding(
            kind=FindingKind.LEFTOVER,
            message=f"le fichier {path} est resté inachevé après un arrêt brutal ; vous pouvez le supprimer",
        )
