"""Verify the records: the chain of each case, and every archived file that it names."""

from __future__ import annotations

from collections.abc import Sequence

from piles_docs.ledger.acts import archived_by
from piles_docs.ledger.findings import Finding
from piles_docs.ledger.heads import Head, ShortHead
from piles_docs.ledger.verification import verify as verify_records
from piles_docs.usecases.workspace import Workspace


def verify(
    workspace: Workspace, dossiers: Sequence[str] = (), expected: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Check everything that was recorded, or what concerns some cases; harmless findings are included.

    Args:
        workspace: The workspace.
        dossiers: The cases meant; all when empty.
        expected: Heads that someone kept elsewhere, as `Head.short` writes them; they are checked whichever
            cases are meant.

    Raises:
        UsageError: A case is neither in cases/ nor in the ledger, or a head is not written as one.
        RecordsBroken: The ledger cannot be read at all.
    """
    kept = [ShortHead.parse(text) for text in expected]
    _choose(workspace, dossiers)
    findings = verify_records(workspace.ledger(), workspace.archive, archived_by, kept)
    meant = {None, *dossiers, *(head.dossier for head in kept)}
    return tuple(found for found in findings if not dossiers or found.dossier in meant)


def heads(workspace: Workspace, dossiers: Sequence[str] = ()) -> tuple[Head, ...]:
    """Give the heads of some cases, or of all in which something was recorded.

    Raises:
        UsageError: A case is neither in cases/ nor in the ledger.
        RecordsBroken: The ledger cannot be read.
    """
    found = _choose(workspace, dossiers)
    return tuple(found[dossier] for dossier in dossiers or found if dossier in found)


def _choose(workspace: Workspace, dossiers: Sequence[str]) -> dict[str, Head]:
    """Make sure that cases are known; gives the heads of all."""
    found = workspace.ledger().heads()
    workspace.choose([dossier for dossier in dossiers if dossier not in found])
    return found
