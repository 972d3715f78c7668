"""SQLite under the ledger: creating, locking, and the same refusals as in `sqlite_file.py`."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from piles_docs.ledger import sqlite_file
from piles_docs.ledger.disk import clear_disk_errors, make_folder, sync_folder
from piles_docs.ledger.schema import creating


class SqliteDatabase:
    """A ledger in one file."""

    def __init__(self, path: Path, *, patience: float) -> None:
        self.path = path
        self._patience = patience
        self._engine = _engine_for(path, patience=patience)
        self._writing_engine = self._engine.execution_options(writes=True)

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    def exists(self) -> bool:
        """Tell whether the file is there."""
        return sqlite_file.exists(self.path)

    def create(self) -> None:
        """Make an empty ledger file where there is none."""
        if not self.exists():
            create_file(self.path)

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """Begin a transaction; one that writes keeps all others from writing until it ends."""
        engine = self._writing_engine if writes else self._engine
        with clear_refusals(self.path), engine.begin() as connection:
            yield connection

    def revision(self, connection: Connection) -> str:
        """Read the revision of the schema: a file that is there has one, or is no ledger."""
        return sqlite_file.revision(_raw(connection), self.path)

    def hold_schema(self, connection: Connection) -> None:
        """Nothing: a writing transaction is alone."""

    def hold_chain(self, connection: Connection, dossier: str) -> None:
        """Nothing: a writing transaction is alone."""

    def complaints(self) -> tuple[str, ...]:
        """Ask SQLite whether the file is sound."""
        with self.transaction(writes=False) as connection:
            complaints = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
        return tuple(f"le fichier {self.path} est abîmé ({found})" for found in complaints if found != "ok")

    def scrub(self) -> None:
        """Write the file anew: one made before `secure_delete` was set may hold old copies of a page."""
        with (
            sqlite_file.clear_refusals(self.path),
            closing(sqlite_file.connect(self.path, patience=self._patience)) as connection,
        ):
            connection.execute("VACUUM")


def _engine_for(path: Path, *, patience: float) -> Engine:
    """Prepare access to a ledger file that exists; nothing is opened yet, and nothing is ever created."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite_file.connect(path, patience=patience),
        poolclass=NullPool,
        hide_parameters=True,  # a trace must not show anyone's data
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE: whoever is to write takes the lock before reading the end of the chain.
        mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")
        sqlite_file.check_whole(_raw(connection), path)

    return engine


def _raw(connection: Connection) -> sqlite3.Connection:
    """The standard library's connection under SQLAlchemy's."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise AssertionError("a transaction has its connection")  # noqa: TRY004  # not a matter of types
    return raw


def create_file(path: Path) -> None:
    """Make an empty ledger file, unless another program has just made it.

    It is made whole beside its place, then named: an empty or half-made file there is always damage.

    Raises:
        ToolFailed: the disk is full or failed.
        RecordsBroken: the folder cannot be written.
    """
    with clear_disk_errors("créer le registre", path.parent):
        make_folder(path.parent)
        beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partiel")
        try:
            beside.touch(exist_ok=False)
            with clear_refusals(path), _engine_for(beside, patience=0).begin() as transaction:
                for statement in creating("sqlite"):
                    transaction.exec_driver_sql(statement)
            _name(beside, path)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        sync_folder(path.parent)


def _name(beside: Path, path: Path) -> None:
    """Give a finished file its name without ever replacing one that is there."""
    try:
        os.link(beside, path)
    except FileExistsError:
        return
    except OSError:
        # Some disks (USB keys in FAT, some network shares) know no hard links.
        if not path.exists():
            beside.replace(path)


@contextmanager
def clear_refusals(path: Path) -> Iterator[None]:
    """Say in French why SQLite refused, also when SQLAlchemy tells it."""
    with sqlite_file.clear_refusals(path):
        try:
            yield
        except DBAPIError as error:
            raise sqlite_file.refusal(error.orig, path) from error
