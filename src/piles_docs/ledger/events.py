"""Events: what happened to a case, in a chain where each link holds the digest of the one before.

The digest of an event covers its personal data only through a salted hash, so that the personal data
can be erased when the law asks (GDPR, art. 17) while the chain still proves what was done and when.
Everything here is pure: the moment and the salts are given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from piles_docs.errors import UsageError
from piles_docs.ledger.findings import Finding, FindingKind

JsonObject = Mapping[str, Any]

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
        raise UsageError(
            f"Un texte à enregistrer contient un caractère illisible, vers « {text[: error.start][-30:]} »",
            remedy="Retapez ce texte, ou enregistrez le fichier d’où il vient en UTF-8",
        ) from error


def moment_text(moment: datetime) -> str:
    """Write a UTC moment as the ledger does, to the second: `2026-10-13T08:00:00Z`."""
    return f"{moment.isoformat()[:19]}Z"


def personal_digest(personal: JsonObject, *, salt: str) -> str:
    """Hash personal data with their salt (SHA-256 over canonical JSON)."""
    return hashlib.sha256(canonical_json({"salt": salt, "values": personal})).hexdigest()


def digest_of(event: Event) -> str:
    """Compute the digest that an event must bear: SHA-256 over canonical JSON, personal data by hash only."""
    covered = {
        "dossier": event.dossier,
        "sequence": event.sequence,
        "kind": event.kind,
        "recorded_at": moment_text(event.recorded_at),
        "facts": event.facts,
        "personal_sha256": event.personal_sha256,
        "previous": event.previous,
    }
    return hashlib.sha256(canonical_json(covered)).hexdigest()


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
        ValueError: the moment has no time zone, or personal data came without a salt.
        UsageError: a text is not Unicode.
    """
    if now.tzinfo is None:
        raise ValueError("a moment without time zone cannot be recorded")
    if entry.personal is None:
        salt = None
        personal_sha256 = None
    elif salt is None:
        raise ValueError("personal data need a salt")
    else:
        personal_sha256 = personal_digest(entry.personal, salt=salt)
    bare = Event(
        dossier=dossier,
        sequence=1 if previous is None else previous.sequence + 1,
        kind=entry.kind,
        recorded_at=now.astimezone(UTC).replace(microsecond=0),
        facts=entry.facts,
        personal=entry.personal,
        salt=salt,
        personal_sha256=personal_sha256,
        previous=FIRST_PREVIOUS if previous is None else previous.digest,
        digest="",
    )
    return replace(bare, digest=digest_of(bare))


def verify_chain(events: Iterable[Event]) -> tuple[Finding, ...]:
    """Check the chain of one case, given whole and in order.

    Returns:
        At most one finding for the first broken link (what follows hangs on it), one for each event whose
        personal data were altered, and one, harmless, that counts the events whose personal data are erased.
    """
    link: Finding | None = None
    personal: list[Finding] = []
    erased = 0
    previous: Event | None = None
    for event in events:
        link = link or _link_finding(previous, event)
        if event.erased:
            erased += 1
        elif _personal_altered(event):
            personal.append(_personal_finding(event))
        previous = event
    found = personal if link is None else [link, *personal]
    if erased and previous is not None:
        found.append(_erased_finding(previous.dossier, erased))
    return tuple(found)


def _link_finding(previous: Event | None, event: Event) -> Finding | None:
    """Tell what is wrong between an event and the one before, if anything."""
    expected = 1 if previous is None else previous.sequence + 1
    if event.sequence != expected:
        kind = FindingKind.GAP
        message = f"l’événement n° {expected} manque : le suivant porte le n° {event.sequence}"
    elif digest_of(event) != event.digest:
        kind = FindingKind.ALTERED
        message = "cet événement a été modifié après son enregistrement"
    elif event.previous != (FIRST_PREVIOUS if previous is None else previous.digest):
        kind = FindingKind.BROKEN_LINK
        message = "cet événement ne s’enchaîne pas au précédent : l’un des deux a été remplacé"
    else:
        return None
    return Finding(kind=kind, message=message, dossier=event.dossier, sequence=event.sequence)


def _personal_altered(event: Event) -> bool:
    if event.personal is None or event.salt is None:
        return (event.personal, event.salt, event.personal_sha256) != (None, None, None)
    return personal_digest(event.personal, salt=event.salt) != event.personal_sha256


def _personal_finding(event: Event) -> Finding:
    return Finding(
        kind=FindingKind.PERSONAL_ALTERED,
        message="les données personnelles de cet événement ont été modifiées après son enregistrement",
        dossier=event.dossier,
        sequence=event.sequence,
    )


def _erased_finding(dossier: str, count: int) -> Finding:
    return Finding(
        kind=FindingKind.PERSONAL_ERASED,
        message=f"données personnelles effacées ({count} événement{'s' if count > 1 else ''}) ; "
        "les preuves sont conservées",
        dossier=dossier,
    )
