"""The events and what protects them: the schema of the first ledgers, which bore no mark of it."""

from __future__ import annotations

from piles_docs.ledger.migrations.running import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Take the step from the revision before to this one."""
    run(revision)
