"""The one table of the ledger, and how an event is written in it.

Portable: text and integers only. What a database must do to keep events as they are is in triggers,
one set for each kind of database.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, event

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.events import Event, JsonObject, canonical_json, moment_text

metadata = MetaData()

events_table = Table(
    "events",
    metadata,
    Column("dossier", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("personal", Text),
    Column("personal_sha256", Text),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

_KEPT = [column.name for column in events_table.columns if column.name != "personal"]

# INSERT OR REPLACE deletes without telling the trigger on DELETE: the one on INSERT stops it, and gaps too.
_SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER events_follow BEFORE INSERT ON events
    WHEN NEW.sequence IS NOT (
        SELECT coalesce(max(sequence), 0) + 1 FROM events WHERE dossier = NEW.dossier
    )
    BEGIN SELECT RAISE(ABORT, 'an event follows the last one of its case'); END
    """,
    """
    CREATE TRIGGER events_stay BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END
    """,
    f"""
    CREATE TRIGGER events_keep BEFORE UPDATE ON events
    WHEN NEW.personal IS NOT NULL OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _KEPT)}
    BEGIN SELECT RAISE(ABORT, 'an event never changes, but its personal data may be erased'); END
    """,
)


@event.listens_for(events_table, "after_create")
def _keep_events(_table: Table, connection: Connection, **_options: object) -> None:
    if connection.dialect.name == "sqlite":
        for trigger in _SQLITE_TRIGGERS:
            connection.exec_driver_sql(trigger)


class StoredEvent(NamedTuple):
    """An event as the table holds it, column by column; it may have been altered by hand."""

    dossier: str
    sequence: int
    kind: str
    recorded_at: str
    facts: str
    personal: str | None
    personal_sha256: str | None
    previous: str
    digest: str


def stored(event: Event) -> StoredEvent:
    """Write an event as the table holds it."""
    personal = None
    if event.personal is not None:
        personal = canonical_json({"salt": event.salt, "values": event.personal}).decode()
    return StoredEvent(
        dossier=event.dossier,
        sequence=event.sequence,
        kind=event.kind,
        recorded_at=moment_text(event.recorded_at),
        facts=canonical_json(event.facts).decode(),
        personal=personal,
        personal_sha256=event.personal_sha256,
        previous=event.previous,
        digest=event.digest,
    )


def read(row: StoredEvent) -> Event:
    """Read an event back; its digest is not checked here.

    Raises:
        RecordsBroken: what the table holds is not what the ledger writes.
    """
    try:
        salt, personal = _read_personal(row.personal)
        return Event(
            dossier=row.dossier,
            sequence=row.sequence,
            kind=row.kind,
            recorded_at=_read_moment(row.recorded_at),
            facts=_read_object(row.facts),
            personal=personal,
            salt=salt,
            personal_sha256=row.personal_sha256,
            previous=row.previous,
            digest=row.digest,
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise RecordsBroken(
            f"L’événement n° {row.sequence} du dossier {row.dossier} est illisible (abîmé ou modifié)",
            remedy="Reprenez le registre de votre dernière sauvegarde, puis lancez « piles verify »",
        ) from error


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    if moment_text(moment) != text:
        raise ValueError(f"not a moment as the ledger writes it: {text}")
    return moment


def _read_object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError("a JSON object was expected")
    return value


def _read_personal(text: str | None) -> tuple[str | None, JsonObject | None]:
    if text is None:
        return None, None
    sealed = _read_object(text)
    salt, values = sealed["salt"], sealed["values"]
    if not (isinstance(salt, str) and isinstance(values, dict)):
        raise TypeError("personal data come with their salt")
    return salt, values
