"""Acts as entries of the ledger: what may hold personal data is kept apart, so that it can be erased."""

from __future__ import annotations

from pydantic import ValidationError

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.events import Entry, Event
from piles_docs.methodology.acts import ACT, Act


def entry_of(act: Act) -> Entry:
    """Part an act into facts, kept for good, and personal data, which may be erased one day."""
    data = act.model_dump(mode="json")
    personal = {name: data.pop(name) for name in sorted(act.PERSONAL)}
    kind = data.pop("kind")
    return Entry(kind=kind, facts=data, personal=personal if any(personal.values()) else None)


def act_of(event: Event) -> Act:
    """Read an act back; personal data that were erased take their empty values.

    Raises:
        RecordsBroken: The event is of no kind that this program knows.
    """
    try:
        return ACT.validate_python({"kind": event.kind, **event.facts, **(event.personal or {})}, strict=False)
    except ValidationError as error:
        raise RecordsBroken(
            f"l’événement {event.sequence} du dossier {event.dossier} n’est pas lisible par cette version",
            remedy="installez la version de piles-docs qui l’a écrit, ou une plus récente",
        ) from error
