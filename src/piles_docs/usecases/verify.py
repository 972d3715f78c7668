"""Verify the records: the chain of each case, and every archived file that it names."""

from __future__ import annotations

from piles_docs.ledger.acts import archived_by
from piles_docs.ledger.findings import Finding
from piles_docs.ledger.verification import verify as verify_records
from piles_docs.usecases.workspace import Workspace


def verify(workspace: Workspace) -> tuple[Finding, ...]:
    """Check everything that was recorded; harmless findings are included.

    Raises:
        RecordsBroken: The ledger cannot be read at all.
    """
    return verify_records(workspace.ledger(), workspace.archive, archived_by)
