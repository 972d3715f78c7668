"""What the ledger asks of a database, of whichever kind; `sqlite.py` and `postgresql.py` answer."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, inspect

from piles_docs.errors import WouldOverwrite
from piles_docs.ledger.schema import FIRST, NEWEST, creating, prefix, stamping


class Conflict(WouldOverwrite):
    """Another writer came first, and the database undid this transaction; it may be tried again."""


class Database(Protocol):
    """One database with a ledger in it, or with room for one.

    Every method raises RecordsBroken, ToolFailed, WouldOverwrite as `Ledger` says.
    """

    @property
    def place(self) -> str:
        """Where it is, as people know it; never with a password."""

    def exists(self) -> bool:
        """Tell whether it can be asked: False where nothing was ever recorded."""

    def create(self) -> None:
        """Make what `transaction` needs to begin; harmless when it is there."""

    def transaction(self, *, writes: bool) -> AbstractContextManager[Connection]:
        """Begin a transaction, committed at the end of the block, undone by an error.

        A reading one sees the ledger as it stood at one moment.
        """

    def revision(self, connection: Connection) -> str | None:
        """Read the revision of the schema; None when nothing was made yet."""

    def hold_schema(self, connection: Connection) -> None:
        """Keep other programs from changing the schema until the transaction ends."""

    def hold_chain(self, connection: Connection, dossier: str) -> None:
        """Keep other programs from adding to a case until the transaction ends."""

    def complaints(self) -> tuple[str, ...]:
        """What the database itself finds wrong with its storage, in French."""

    def scrub(self) -> None:
        """Overwrite what was erased, wherever copies of it may be left; outside any transaction."""


def bring_up_to_date(database: Database, connection: Connection) -> None:
    """Give a ledger the newest schema, in the writing transaction that it is in."""
    if database.revision(connection) == NEWEST:
        return
    database.hold_schema(connection)
    revision = database.revision(connection)  # another program may have just done it
    if revision is None:
        _run(connection, creating(connection.dialect.name))
    elif revision != NEWEST:
        if revision == FIRST and not _is_stamped(connection):
            _run(connection, stamping(FIRST, connection.dialect.name))
        # alembic takes half a second to load, and is hardly ever needed.
        from piles_docs.ledger.migrations.running import migrate  # noqa: PLC0415

        migrate(connection)


def _is_stamped(connection: Connection) -> bool:
    schema = prefix(connection.dialect.name).rstrip(".") or None
    return inspect(connection).has_table("alembic_version", schema=schema)


def _run(connection: Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
