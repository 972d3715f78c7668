"""Tell what was recorded about a case, in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from piles_docs.ledger.acts import act_of
from piles_docs.ledger.events import Event
from piles_docs.methodology.acts import Withdrawn
from piles_docs.methodology.journal import describe_act
from piles_docs.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event of a case."""

    number: int
    """Its number in the chain, from 1."""
    on: dt.date
    """The day it happened."""
    recorded_at: dt.datetime
    kind: str
    text: str
    withdrawn_by: int | None
    """The number of the event that took it back, or None."""
    digest: str


def log(workspace: Workspace, dossier: str) -> tuple[Line, ...]:
    """Tell what was recorded about a case, in order; a case whose file is gone keeps its record.

    Raises:
        UsageError: There is no such case, neither in cases/ nor in the ledger.
        RecordsBroken: The ledger cannot be read.
    """
    events = workspace.ledger().events(dossier)
    if not events:
        workspace.choose([dossier])
    return lines_of(events)


def lines_of(events: Sequence[Event]) -> tuple[Line, ...]:
    """Write the events of a case, given whole, as lines."""
    acts = [act_of(event) for event in events]
    withdrawn = {act.event: number for number, act in enumerate(acts, 1) if isinstance(act, Withdrawn)}
    return tuple(
        Line(
            number=event.sequence,
            on=act.on,
            recorded_at=event.recorded_at,
            kind=event.kind,
            text=describe_act(act),
            withdrawn_by=withdrawn.get(event.sequence),
            digest=event.digest,
        )
        for event, act in zip(events, acts, strict=True)
    )
