"""Acts as entries of the ledger, and back: what may be erased is kept apart from what is kept for good."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.events import Entry, Event, JsonObject
from piles_docs.methodology.acts import ACT, Act


class _Pair(BaseModel):
    """What an original, or an enclosure, is kept as."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    docx_sha256: str
    pdf_sha256: str


class _Citing(BaseModel):
    """The fields of acts that name archived files."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    originals: tuple[_Pair, ...] = ()
    enclosures: tuple[_Pair, ...] = ()
    evidence: tuple[str, ...] = ()
    pdf_sha256: str | None = None
    scan_sha256: str | None = None


FORGOTTEN = "forgotten"
"""The kind of event that says, in its facts under `files`, which archived files were erased on purpose."""


def entry_of(act: Act) -> Entry:
    """Write an act as an entry, its personal fields apart."""
    fields = act.model_dump(mode="json", exclude={"kind"})
    personal = {name: fields.pop(name) for name in sorted(act.PERSONAL)}
    return Entry(kind=act.kind, facts=fields, personal=personal or None)


def act_of(event: Event) -> Act:
    """Read the act that an event records; fields that were erased take their empty values.

    Raises:
        RecordsBroken: this program knows no such act.
    """
    try:
        return ACT.validate_python({"kind": event.kind, **event.facts, **(event.personal or {})})
    except ValidationError as error:
        raise RecordsBroken(
            f"L’événement n° {event.sequence} du dossier {event.dossier} (« {event.kind} ») "
            "n’est pas compris par cette version de piles",
            remedy="Lancez « piles verify » ; si tout y est intact, installez la dernière version de piles",
        ) from error


def archived_by(facts: JsonObject) -> tuple[str, ...]:
    """Name the archived files that the facts of an act refer to, by SHA-256.

    Facts that have lost their shape name none: a chain that verifies holds no such facts.
    """
    if not (
        facts.get("originals")
        or facts.get("enclosures")
        or facts.get("evidence")
        or facts.get("pdf_sha256")
        or facts.get("scan_sha256")
    ):
        return ()  # most acts name none, and a verification asks very often: written out, it is found at once
    try:
        citing = _Citing.model_validate(facts)
    except ValidationError:
        return ()
    items = (*citing.originals, *citing.enclosures)
    issued = [sha256 for item in items for sha256 in (item.docx_sha256, item.pdf_sha256)]
    own = [sha256 for sha256 in (citing.pdf_sha256, citing.scan_sha256) if sha256 is not None]
    return (*issued, *citing.evidence, *own)
