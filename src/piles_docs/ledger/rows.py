"""How an event is written in a row of the ledger, and read back: text and integers only."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

from pydantic_core import from_json

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.events import Event, JsonObject, canonical_json, moment_text, personal_text

UNREADABLE = (ValueError, TypeError, KeyError, RecursionError)
"""What reading a row raises when the table holds what the ledger does not write."""


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


event_in = partial(tuple.__new__, StoredEvent)
"""Takes the nine columns of a row for what they are: as `StoredEvent._make`, without its step in Python."""


def stored(event: Event) -> StoredEvent:
    """Write an event as the table holds it."""
    personal = None
    if event.personal is not None:
        personal = personal_text(event.personal, salt=event.salt)
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
    except UNREADABLE as error:
        raise RecordsBroken(
            f"L’événement n° {row.sequence} du dossier {row.dossier} est illisible (abîmé ou modifié)",
            remedy="Reprenez le registre de votre dernière sauvegarde, puis lancez « piles verify »",
        ) from error


def read_facts(row: StoredEvent, *, whole: bool) -> dict[str, Any]:
    """Read only the facts of an event: a verification reads very many.

    Args:
        row: the event.
        whole: whether to make sure that the rest can be read, too.

    Raises:
        One of UNREADABLE: what the table holds is not what the ledger writes.
    """
    _read_moment(row.recorded_at)
    if whole:
        _read_personal(row.personal)
    facts = from_json(row.facts)  # three times as fast as json.loads
    if not isinstance(facts, dict):
        raise TypeError("a JSON object was expected")
    return facts


@lru_cache(maxsize=1024)  # what is recorded together bears the same moment
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
