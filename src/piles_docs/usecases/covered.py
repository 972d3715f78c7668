"""What the digest of a recorded event is taken over: what others need to compute it again."""

from __future__ import annotations

import hashlib

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.events import Event, canonical_json, moment_text


def covered(event: Event) -> bytes:
    """What the digest of an event covers, byte for byte: its SHA-256 is that digest.

    One line of JSON, without personal data: those are in it by their own digest.

    Raises:
        RecordsBroken: It is not: the event was altered.
    """
    content = canonical_json(
        {
            "dossier": event.dossier,
            "facts": event.facts,
            "kind": event.kind,
            "personal_sha256": event.personal_sha256,
            "previous": event.previous,
            "recorded_at": moment_text(event.recorded_at),
            "sequence": event.sequence,
        }
    )
    if hashlib.sha256(content).hexdigest() != event.digest:
        raise RecordsBroken(
            f"l’événement n° {event.sequence} de {event.dossier} a été modifié",
            remedy="lancez piles verify, et reprenez une sauvegarde",
        )
    return content
