"""Verify the records: the chain of each case, and every archived file that it names."""

from __future__ import annotations

from collections.abc import Sequence

from piles_docs.ledger.acts import archived_by
from piles_docs.ledger.findings import Finding
from piles_docs.ledger.verification import verify as verify_records
from piles_docs.usecases.workspace import Workspace


def verify(workspace: Workspace, dossiers: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Check everything that was recorded, or what concerns some cases; harmless findings are included.

    Raises:
        UsageError: A case is neither in cases/ nor in the ledger.
        RecordsBroken: The ledger cannot be read at all.
    """
    ledger = workspace.ledger()
    workspace.choose([dossier for dossier in dossiers if dossier not in ledger.dossiers()])
    findings = verify_records(ledger, workspace.archive, archived_by)
    return tuple(found for found in findings if not dossiers or found.dossier in {None, *dossiers})
