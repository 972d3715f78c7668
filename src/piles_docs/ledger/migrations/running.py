"""Running migrations. Imports alembic, which takes half a second: only where a migration is needed."""

from __future__ import annotations

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection

from piles_docs.ledger.schema import REVISIONS


def migrate(connection: Connection) -> None:
    """Bring a ledger that bears the mark of a revision up to the newest, in the transaction it is in."""
    config = Config(attributes={"connection": connection})
    # Config reads % as the beginning of a reference.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")


def run(revision: str) -> None:
    """Run what `schema.py` says of a revision; called by its script, inside alembic."""
    connection = op.get_bind()
    for statement in REVISIONS[revision][connection.dialect.name]:
        connection.exec_driver_sql(statement)
