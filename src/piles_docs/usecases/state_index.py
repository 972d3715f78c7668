"""An index of states: a cache in out/, so that ten thousand cases need not be read to say what is missing.

Nothing in it is believed by itself: a row counts only under the stamp of the case as it is now, and on the
days for which it was made. It may be deleted at any time; one that is damaged, foreign or from another
version is thrown away. Where it cannot be kept, everything still works, only slower. It holds names, as
drafts do: whoever runs the program may read it, and no one else.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

FILE = ".etats.sqlite"
_APPLICATION_ID = 0x50494C45  # "PILE"
_SHAPE = 1
_PATIENCE_SECONDS = 5.0
_FEW = 100
"""So many cases are looked up one by one; for more, all rows are read."""
_REFUSALS = tuple(
    f"SQLITE_{name}" for name in ("BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "PERM", "AUTH")
)
_TABLES = f"""
    PRAGMA application_id = {_APPLICATION_ID};
    PRAGMA user_version = {_SHAPE};
    CREATE TABLE overviews (
        dossier TEXT PRIMARY KEY, stamp TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
        is_readable INTEGER NOT NULL, overview TEXT NOT NULL
    ) STRICT;
    CREATE TABLE reports (dossier TEXT PRIMARY KEY, stamp TEXT NOT NULL, report BLOB NOT NULL) STRICT;
"""


_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The state of one case, as JSON texts."""

    dossier: str
    first: str
    """The first day on which it is right, ISO 8601."""
    last: str
    """Empty for what must not be kept."""
    is_readable: bool
    overview: str
    """An overview or, where the case cannot be read, why."""
    report: str


class StateIndex:
    """The index in a folder, there or not.

    Args:
        folder: the workspace's out/.
        complain: told once, in French, why it cannot be kept.
    """

    def __init__(self, folder: Path, complain: Callable[[str], None]) -> None:
        self._path = folder / FILE
        self._complain = complain
        self._is_given_up = False

    def fresh(self, stamps: Mapping[str, str | None], today: dt.date) -> dict[str, tuple[bool, str]]:
        """Find the overviews that are right today: whether the case is readable, and the text, by case."""
        day = today.isoformat()
        query = "SELECT dossier, stamp, first, last, is_readable, overview FROM overviews"
        names: Sequence[str] = ()
        if len(stamps) < _FEW:
            names = [dossier for dossier, stamp in stamps.items() if stamp]
            query += f" WHERE dossier IN ({', '.join('?' * len(names))})"

        def read(connection: sqlite3.Connection) -> dict[str, tuple[bool, str]]:
            return {
                dossier: (bool(is_readable), overview)
                for dossier, stamp, first, last, is_readable, overview in connection.execute(query, names)
                if stamps.get(dossier) == stamp and first <= day <= last
            }

        return self._use(read, otherwise={})

    def report(self, dossier: str, stamp: str | None) -> str | None:
        """Find the report that was kept under a stamp."""

        def read(connection: sqlite3.Connection) -> str | None:
            query = "SELECT report FROM reports WHERE dossier = ? AND stamp = ?"
            row = connection.execute(query, (dossier, stamp)).fetchone()
            return zlib.decompress(row[0]).decode() if row else None

        return self._use(read, otherwise=None)

    def keep(self, rows: Iterable[Row], stamps: Mapping[str, str | None]) -> None:
        """Keep states that have just been made from cases so stamped."""
        kept = [(row, stamp) for row in rows if row.last and (stamp := stamps[row.dossier])]

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT OR REPLACE INTO overviews VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (row.dossier, stamp, row.first, row.last, row.is_readable, row.overview)
                    for row, stamp in kept
                ],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO reports VALUES (?, ?, ?)",
                [(row.dossier, stamp, zlib.compress(row.report.encode(), 1)) for row, stamp in kept],
            )
            connection.execute("COMMIT")

        if kept and self._create():
            self._use(write, otherwise=None)

    def forget_others(self, dossiers: Iterable[str]) -> None:
        """Drop the cases that are no longer there."""
        known = set(dossiers)

        def drop(connection: sqlite3.Connection) -> None:
            rows = connection.execute("SELECT dossier FROM overviews").fetchall()
            gone = [row for row in rows if row[0] not in known]
            if gone:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("DELETE FROM overviews WHERE dossier = ?", gone)
                connection.executemany("DELETE FROM reports WHERE dossier = ?", gone)
                connection.execute("COMMIT")

        self._use(drop, otherwise=None)

    def _use(self, work: Callable[[sqlite3.Connection], _Found], otherwise: _Found) -> _Found:
        """Work on the index, sound and of this version; whatever goes wrong costs only speed."""
        if self._is_given_up or not self._path.exists():
            return otherwise
        try:
            with closing(self._connect()) as connection:
                if _is_ours(connection):
                    return work(connection)
            self._throw_away()
        except (sqlite3.Error, zlib.error, ValueError, TypeError) as error:
            name = getattr(error, "sqlite_errorname", "")
            # Held by another run for long, a full disk, a folder that cannot be written: it stays as it is.
            if name.startswith(_REFUSALS):
                self._give_up(error)
            else:
                self._throw_away()
        return otherwise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_PATIENCE_SECONDS,
            isolation_level=None,
        )
        connection.execute("PRAGMA secure_delete = ON")  # what is dropped may be names
        return connection

    def _create(self) -> bool:
        """Make an empty index where there is none; tell whether there is one now."""
        if self._is_given_up or self._path.exists():
            return not self._is_given_up
        beside = self._path.with_name(f"{FILE}.{os.getpid()}.partiel")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(beside, isolation_level=None)) as connection:
                connection.executescript(_TABLES)
            beside.replace(self._path)
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        return not self._is_given_up

    def _throw_away(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
            self._path.with_name(f"{FILE}-journal").unlink(missing_ok=True)
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        if not self._is_given_up:
            self._is_given_up = True
            self._complain(
                f"L’index des états ne peut pas être tenu ({error}) : "
                "le résultat est le même, mais demande plus de temps"
            )


def _is_ours(connection: sqlite3.Connection) -> bool:
    application = connection.execute("PRAGMA application_id").fetchone()
    shape = connection.execute("PRAGMA user_version").fetchone()
    return (application, shape) == ((_APPLICATION_ID,), (_SHAPE,))
