"""Events: what happened to a case, in a chain where each link holds the digest of the one before.

The digest of an event covers its personal data only through a salted hash, so that the personal data
can be erased when the law asks (GDPR, art. 17) while the chain still proves what was done and when.
Everything here is pure: the moment and the salts are given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any

from piles_docs.errors import UsageError

JsonObject = Mapping[str, Any]

_quoted_often = lru_cache(maxsize=1024)(_quoted)  # the case, the kind, the moment: the same for many events

FIRST_PREVIOUS = "0" * 64
"""What the first event of a chain names as the digest before it."""

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to be recorded: an event before it has its place in a chain."""

    kind: str
    facts: JsonObject
    """What is kept for good: JSON values, no personal data."""
    personal: JsonObject | None = None
    """What may be erased one day: JSON values; None when this kind of entry holds nobody's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something recorded, at its place in the chain of its case."""

    dossier: str
    sequence: int
    """Place in the chain, from 1, without gaps."""
    kind: str
    recorded_at: datetime
    """When it was recorded: UTC, whole seconds."""
    facts: JsonObject
    personal: JsonObject | None
    """Personal data; None when there never were any, or when they were erased."""
    salt: str | None
    """16 random bytes in hexadecimal, hashed with the personal data and erased with them: without it the
    hash of a short name could be guessed back."""
    personal_sha256: str | None
    """Hash of salt and personal data; None when there never were any."""
    previous: str
    """Digest of the event before, or sixty-four zeros."""
    digest: str

    @property
    def erased(self) -> bool:
        """Tell whether this event had personal data that are no longer kept."""
        return self.personal is None and self.personal_sha256 is not None


def canonical_json(value: JsonObject) -> bytes:
    """Write a JSON object in its one canonical form: keys sorted, no spaces, UTF-8.

    Raises:
        UsageError: a text holds something that is not Unicode (a name typed in another encoding).
    """
    text = _CANONICAL.encode(value)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise _not_unicode(text, error) from error


def moment_text(moment: datetime) -> str:
    """Write a UTC moment as the ledger does, to the second: `2026-10-13T08:00:00Z`."""
    return f"{moment.isoformat()[:19]}Z"


def personal_text(personal: JsonObject, *, salt: str | None) -> str:
    """Write personal data with their salt as they are hashed and kept: canonical JSON."""
    return canonical_json({"salt": salt, "values": personal}).decode()


def digest_of(
    *,
    dossier: str,
    sequence: int,
    kind: str,
    recorded_at: str,
    facts: str,
    personal_sha256: str | None,
    previous: str,
) -> str:
    """Compute the digest that an event must bear: SHA-256 over canonical JSON, personal data by hash only.

    `facts` are given as canonical JSON already, as they are kept: a verification hashes what is there, and
    so takes any other way of writing the same facts for what it is, a change.
    """
    personal = "null" if personal_sha256 is None else _quoted(personal_sha256)
    return sha256_of(
        f'{{"dossier":{_quoted_often(dossier)},"facts":{facts},"kind":{_quoted_often(kind)},'
        f'"personal_sha256":{personal},"previous":{_quoted(previous)},'
        f'"recorded_at":{_quoted_often(recorded_at)},"sequence":{sequence}}}'
    )


def sha256_of(text: str) -> str:
    """Hash a text in UTF-8; gives hexadecimal.

    Raises:
        UsageError: the text is not Unicode.
    """
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise _not_unicode(text, error) from error


def _not_unicode(text: str, error: UnicodeEncodeError) -> UsageError:
    return UsageError(
        f"Un texte à enregistrer contient un caractère illisible, vers « {text[: error.start][-30:]} »",
        remedy="Retapez ce texte, ou enregistrez le fichier d’où il vient en UTF-8",
    )


def event_after(
    previous: Event | None, entry: Entry, *, dossier: str, now: datetime, salt: str | None
) -> Event:
    """Give an entry its place at the end of a chain.

    Args:
        previous: the last event of the case, or None for the first.
        entry: what to record.
        dossier: the case.
        now: the moment of recording, with its time zone.
        salt: 16 random bytes in hexadecimal; needed when the entry has personal data, else ignored.

    Raises:
        ValueError: the moment has no time zone, personal data came without a salt, or the case or the kind
            has a NUL, which not every database can keep.
        UsageError: a text is not Unicode.
    """
    if now.tzinfo is None:
        raise ValueError("a moment without time zone cannot be recorded")
    if "\0" in dossier + entry.kind:
        raise ValueError("a NUL cannot be recorded in the name of a case or of a kind")
    if entry.personal is None:
        salt = None
        personal_sha256 = None
    elif salt is None:
        raise ValueError("personal data need a salt")
    else:
        personal_sha256 = sha256_of(personal_text(entry.personal, salt=salt))
    sequence = 1 if previous is None else previous.sequence + 1
    before = FIRST_PREVIOUS if previous is None else previous.digest
    recorded_at = now.astimezone(UTC).replace(microsecond=0)
    digest = digest_of(
        dossier=dossier,
        sequence=sequence,
        kind=entry.kind,
        recorded_at=moment_text(recorded_at),
        facts=canonical_json(entry.facts).decode(),
        personal_sha256=personal_sha256,
        previous=before,
    )
    return Event(
        dossier=dossier,
        sequence=sequence,
        kind=entry.kind,
        recorded_at=recorded_at,
        facts=entry.facts,
        personal=entry.personal,
        salt=salt,
        personal_sha256=personal_sha256,
        previous=before,
        digest=digest,
    )
