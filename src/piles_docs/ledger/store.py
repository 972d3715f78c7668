"""The store of events: one chain a case, appended in whole transactions, never changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.engine import make_url

from piles_docs.errors import RecordsBroken, UsageError, WouldOverwrite
from piles_docs.ledger import sqlite
from piles_docs.ledger.disk import clear_disk_errors
from piles_docs.ledger.events import Entry, Event, event_after
from piles_docs.ledger.findings import Finding, FindingKind
from piles_docs.ledger.heads import Head, read_heads
from piles_docs.ledger.tables import StoredEvent, events_table, read, stored

new_salt: Callable[[], str] = partial(secrets.token_hex, 16)
"""A fresh salt: 16 random bytes in hexadecimal."""


class Ledger:
    """The events of all cases.

    Reading creates nothing: a ledger that does not exist yet is an empty one. Every method raises
    RecordsBroken when the ledger is damaged, foreign or forbidden, ToolFailed when the disk is full or
    failed, WouldOverwrite when another program holds it for longer than the patience given.
    """

    def __init__(self, path: Path, *, patience: float) -> None:
        self.path = path
        self._engine: Engine = sqlite.engine_for(path, patience=patience)
        self._writing_engine: Engine = self._engine.execution_options(writes=True)

    @classmethod
    def open(cls, place: Path | str, *, patience: float = 10.0) -> Ledger:
        """Open a ledger, existing or not.

        Args:
            place: a file (`records/registre.sqlite`) or its URL (`sqlite:///records/registre.sqlite`).
            patience: how long to wait for another program's write, in seconds.

        Raises:
            UsageError: a URL of another kind of database.
        """
        if isinstance(place, Path) or "://" not in place:
            return cls(Path(place), patience=patience)
        url = make_url(place)
        if url.get_backend_name() != "sqlite" or not url.database:
            raise UsageError(
                f"Cette version ne sait pas tenir le registre à l’adresse {url.render_as_string()}",
                remedy="Indiquez un fichier, par exemple « records/registre.sqlite »",
            )
        return cls(Path(url.database), patience=patience)

    def append(
        self,
        dossier: str,
        entries: Sequence[Entry],
        *,
        expected: int | None,
        now: datetime,
        salt: Callable[[], str] = new_salt,
    ) -> tuple[Event, ...]:
        """Record entries at the end of a case's chain, all or none; when this returns they are on the disk.

        Args:
            dossier: the case.
            entries: what to record, in order.
            expected: the sequence of the last event the caller saw (0: none); None to follow whatever is
                there, for entries that do not depend on it.
            now: the moment of recording, with its time zone.
            salt: gives a fresh salt for each entry with personal data.

        Returns:
            The events as recorded.

        Raises:
            WouldOverwrite: something else was recorded in the meantime; nothing was written.
        """
        if not self._exists():
            sqlite.create_file(self.path)
        with self._transaction(self._writing_engine) as connection:
            last = self._last(connection, dossier)
            seen = 0 if last is None else last.sequence
            if expected not in {None, seen}:
                raise WouldOverwrite(
                    f"Un autre enregistrement a été fait entre-temps dans le dossier {dossier}",
                    remedy="Relancez la même commande : elle tiendra compte de cet enregistrement",
                )
            events: list[Event] = []
            for entry in entries:
                last = event_after(last, entry, dossier=dossier, now=now, salt=salt())
                events.append(last)
            if events:
                connection.execute(insert(events_table), [stored(event)._asdict() for event in events])
        return tuple(events)

    def events(self, dossier: str) -> tuple[Event, ...]:
        """The chain of one case, in order; empty when nothing was recorded."""
        return tuple(map(read, self._rows(dossier)))

    def all_events(self) -> Iterator[Event]:
        """All events, case by case and in order, read as they are asked for.

        Others cannot write until the iterator is used up or closed.
        """
        return map(read, self.rows())

    def rows(self) -> Generator[StoredEvent]:
        """As `all_events`, but as the table holds them: a verification must go past unreadable ones."""
        return self._rows(None)

    def dossiers(self) -> tuple[str, ...]:
        """The cases in which something was recorded, sorted."""
        if not self._exists():
            return ()
        with self._transaction(self._engine) as connection:
            return tuple(sorted(connection.scalars(select(events_table.c.dossier).distinct())))

    def heads(self) -> dict[str, Head]:
        """Where the chain of each case ends, by case."""
        return read_heads(self.path)

    def storage_findings(self) -> tuple[Finding, ...]:
        """Ask the database whether its own file is sound."""
        if not self._exists():
            return ()
        with self._transaction(self._engine) as connection:
            complaints = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
            return tuple(
                Finding(kind=FindingKind.STORAGE, message=f"le fichier {self.path} est abîmé ({complaint})")
                for complaint in complaints
                if complaint != "ok"
            )

    def _rows(self, dossier: str | None) -> Generator[StoredEvent]:
        if not self._exists():
            return
        query = select(events_table).order_by(events_table.c.dossier, events_table.c.sequence)
        if dossier is not None:
            query = query.where(events_table.c.dossier == dossier)
        with self._transaction(self._engine) as connection:
            result = connection.execution_options(yield_per=1000).execute(query)
            yield from map(StoredEvent._make, result)

    @staticmethod
    def _last(connection: Connection, dossier: str) -> Event | None:
        query = select(events_table).where(events_table.c.dossier == dossier)
        row = connection.execute(query.order_by(events_table.c.sequence.desc()).limit(1)).first()
        return None if row is None else read(StoredEvent._make(row))

    def _exists(self) -> bool:
        with clear_disk_errors("lire le registre", self.path):
            if self.path.exists() and not self.path.is_file():
                raise RecordsBroken(
                    f"{self.path} n’est pas un fichier : le registre ne peut pas s’y trouver",
                    remedy="Déplacez ce qui se trouve à cet endroit, puis relancez",
                )
            return self.path.exists()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with sqlite.clear_refusals(self.path), engine.begin() as connection:
            yield connection
