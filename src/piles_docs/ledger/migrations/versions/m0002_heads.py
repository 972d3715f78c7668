"""The heads: where each chain ends, kept by the database itself."""

from __future__ import annotations

from piles_docs.ledger.migrations.running import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Take the step from the revision before to this one."""
    run(revision)
