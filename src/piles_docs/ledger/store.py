"""The store of events: one chain a case, appended in whole transactions, never changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, insert, or_, select, update

from piles_docs.errors import RecordsBroken, WouldOverwrite
from piles_docs.ledger.database import Conflict, Database, bring_up_to_date
from piles_docs.ledger.events import FIRST_PREVIOUS, Entry, Event, event_after
from piles_docs.ledger.findings import Finding, FindingKind
from piles_docs.ledger.heads import Head
from piles_docs.ledger.places import database_at
from piles_docs.ledger.rows import StoredEvent, event_in, read, stored
from piles_docs.ledger.schema import FIRST
from piles_docs.ledger.tables import events_table, heads_table

new_salt: Callable[[], str] = partial(secrets.token_hex, 16)
"""A fresh salt: 16 random bytes in hexadecimal."""

_event = events_table.alias("event")
_HEADS_FROM_EVENTS = select(_event.c.dossier, _event.c.sequence, _event.c.digest).where(
    _event.c.sequence
    == select(func.max(events_table.c.sequence))
    .where(events_table.c.dossier == _event.c.dossier)
    .scalar_subquery()
)
"""What the heads are in a ledger of the first revision, which had none."""

MOST_ATTEMPTS = 5
"""How often an append that follows whatever is there begins anew when other writers come first."""

ROWS_AT_ONCE = 250
"""How many rows are fetched together: few enough to stay in the processor's cache until they are read."""


class Snapshot:
    """The ledger as it stood at one moment, whatever others write meanwhile."""

    def __init__(self, connection: Connection | None, revision: str | None) -> None:
        self._connection = connection
        self._revision = revision

    def rows(self, dossier: str | None = None) -> Generator[StoredEvent]:
        """The events of one case or of all, by case and in order, as the table holds them.

        They are read as they are asked for: all of them never stand in memory.
        """
        if self._connection is None:
            return
        query = select(events_table).order_by(events_table.c.dossier, events_table.c.sequence)
        if dossier is not None:
            query = query.where(events_table.c.dossier == dossier)
        with self._connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}) as result:
            for part in result.partitions():
                yield from map(event_in, part)

    def events(self, dossier: str) -> tuple[Event, ...]:
        """The chain of one case, in order; empty when nothing was recorded."""
        with closing(self.rows(dossier)) as rows:  # also when one cannot be read
            return tuple(map(read, rows))

    def naming(self, kind: str, texts: Collection[str]) -> tuple[Event, ...]:
        """The events of a kind, in any case, whose facts hold one of some texts."""
        if self._connection is None or not texts:
            return ()
        held = or_(*(events_table.c.facts.contains(text, autoescape=True) for text in texts))
        query = select(events_table).where(events_table.c.kind == kind, held)
        rows = self._connection.execute(query.order_by(events_table.c.dossier, events_table.c.sequence))
        return tuple(read(StoredEvent._make(row)) for row in rows)

    def heads(self) -> dict[str, Head]:
        """Where the chain of each case ends, by case and sorted."""
        if self._connection is None:
            return {}
        query = _HEADS_FROM_EVENTS if self._revision == FIRST else select(heads_table)
        found = {row.dossier: Head(*row) for row in self._connection.execute(query)}
        return dict(sorted(found.items()))


class Ledger:
    """The events of all cases.

    Reading creates nothing: a ledger that does not exist yet is an empty one. Writing brings one of an older
    version up to date first. Every method raises RecordsBroken when the ledger is damaged, foreign,
    forbidden, or of a later version; ToolFailed when the disk or the server failed or cannot be reached;
    WouldOverwrite when another program holds it for longer than the patience given.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, place: Path | str, *, base: Path = Path(), patience: float = 10.0) -> Ledger:
        """Open a ledger, existing or not.

        Args:
            place: a file (`records/registre.sqlite`), its URL (`sqlite:///records/registre.sqlite`), or the
                URL of a PostgreSQL database (`postgresql://user@host/name`).
            base: the folder in which a file stands that a text names without its own.
            patience: how long to wait for another program's write, in seconds.

        Raises:
            UsageError: a URL that is not understood, or of another kind of database.
        """
        return cls(database_at(place, base=base, patience=patience))

    @property
    def place(self) -> str:
        """Where the ledger is, as it may be shown: a URL has no password here."""
        return self._database.place

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
            WouldOverwrite: something else was recorded in the meantime; nothing was written. With
                `expected=None`, only when other writers came first time and again.
        """
        for _ in range(MOST_ATTEMPTS - 1):
            try:
                return self._append(dossier, entries, expected, now, salt)
            except Conflict:
                if expected is not None:
                    raise
        return self._append(dossier, entries, expected, now, salt)

    def erase_personal(self, dossier: str, *, up_to: int) -> int:
        """Erase for good the personal data of the first events of a case; its chain still verifies.

        Can be done again after it was interrupted: copies left behind by then are overwritten too.

        Args:
            dossier: the case.
            up_to: the last event meant, from 1.

        Returns:
            How many events had personal data.
        """
        with self.snapshot() as now:
            if dossier not in now.heads():
                return 0
        c = events_table.c
        meant = (c.dossier == dossier) & (c.sequence <= up_to) & c.personal.is_not(None)
        with self._writing() as connection:
            self._database.hold_chain(connection, dossier)
            count = connection.execute(update(events_table).where(meant).values(personal=None)).rowcount
        self._database.scrub()
        return count

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """See the ledger as it stands now, for as long as the block lasts; for several reads in one.

        In a file, others cannot write meanwhile.
        """
        if not self._database.exists():
            yield Snapshot(None, None)
            return
        with self._database.transaction(writes=False) as connection:
            revision = self._database.revision(connection)
            yield Snapshot(None if revision is None else connection, revision)

    def events(self, dossier: str) -> tuple[Event, ...]:
        """The chain of one case, in order; empty when nothing was recorded."""
        with self.snapshot() as now:
            return now.events(dossier)

    def naming(self, kind: str, texts: Collection[str]) -> tuple[Event, ...]:
        """The events of a kind, in any case, whose facts hold one of some texts."""
        with self.snapshot() as now:
            return now.naming(kind, texts)

    def rows(self) -> Generator[StoredEvent]:
        """All events, by case and in order, as the table holds them: some may have been altered by hand.

        In a file, others cannot write until the generator is used up or closed.
        """
        with self.snapshot() as now:
            yield from now.rows()

    def all_events(self) -> Iterator[Event]:
        """As `rows`, but read."""
        return map(read, self.rows())

    def heads(self) -> dict[str, Head]:
        """Where the chain of each case ends; sorted by case."""
        with self.snapshot() as now:
            return now.heads()

    def dossiers(self) -> tuple[str, ...]:
        """The cases in which something was recorded, sorted."""
        return tuple(self.heads())

    def storage_findings(self) -> tuple[Finding, ...]:
        """Ask the database whether its own storage is sound."""
        if not self._database.exists():
            return ()
        complaints = self._database.complaints()
        return tuple(Finding(kind=FindingKind.STORAGE, message=complaint) for complaint in complaints)

    def _append(
        self,
        dossier: str,
        entries: Sequence[Entry],
        expected: int | None,
        now: datetime,
        salt: Callable[[], str],
    ) -> tuple[Event, ...]:
        if not entries:
            with self.snapshot() as seen:
                head = seen.heads().get(dossier)
            _check_expected(dossier, head, expected)
            return ()
        with self._writing() as connection:
            self._database.hold_chain(connection, dossier)
            last = _last(connection, dossier)
            _check_expected(dossier, last, expected)
            events: list[Event] = []
            for entry in entries:
                last = event_after(last, entry, dossier=dossier, now=now, salt=salt())
                events.append(last)
            connection.execute(insert(events_table), [stored(event)._asdict() for event in events])
        return tuple(events)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._database.create()
        with self._database.transaction(writes=True) as connection:
            bring_up_to_date(self._database, connection)
            yield connection


def _last(connection: Connection, dossier: str) -> Event | None:
    """The last event of a case.

    Raises:
        RecordsBroken: it is not the one that the head of the case names.
    """
    query = select(events_table).where(events_table.c.dossier == dossier)
    row = connection.execute(query.order_by(events_table.c.sequence.desc()).limit(1)).first()
    last = None if row is None else read(StoredEvent._make(row))
    ends = (0, FIRST_PREVIOUS) if last is None else (last.sequence, last.digest)
    query = select(heads_table.c.sequence, heads_table.c.digest).where(heads_table.c.dossier == dossier)
    head = connection.execute(query).first()
    if tuple(head or (0, FIRST_PREVIOUS)) != ends:
        raise RecordsBroken(
            f"Les derniers événements du dossier {dossier} ont été modifiés ou retirés : rien n’y est ajouté",
            remedy="Lancez « piles verify » et reprenez le registre de votre dernière sauvegarde",
        )
    return last


def _check_expected(dossier: str, last: Event | Head | None, expected: int | None) -> None:
    if expected not in {None, 0 if last is None else last.sequence}:
        raise WouldOverwrite(
            f"Un autre enregistrement a été fait entre-temps dans le dossier {dossier}",
            remedy="Relancez la même commande : elle tiendra compte de cet enregistrement",
        )
