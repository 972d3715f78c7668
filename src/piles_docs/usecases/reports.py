"""Reports: where a case stands, in one shape for all faces: terminal, JSON, CSV, page.

`piles status --json` prints a `CaseReport` field by field, and docs/status-json.md explains each. Besides
facts they carry the French words that people read, so that a face only lays them out. Days are ISO 8601.

A report is written down as JSON and read back for a day. Reading loads neither the methodology nor the case.
What a network has tens of thousands of is written as a list of its fields, without their names.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from piles_docs.errors import Defect, PilesError, Severity
from piles_docs.french import delays

SCHEMA = 1
"""Version of the shape: keys may be added within one."""

JsonObject = dict[str, Any]


@dataclass(slots=True)  # neither frozen nor by name: so many are read that it is felt
class WaitingReport:
    """One thing that a step waits for."""

    kind: str
    """`signature` or `milestone`."""
    document: str | None
    party: str | None
    milestone: str | None
    text: str
    act: str | None
    """What to do about it; None while its step is locked or when the case is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """One of the seven steps."""

    number: int
    id: str
    title: str
    state: str
    state_title: str
    ahead: str | None
    """Why a document of this step was issued while it was locked."""
    waiting_for: tuple[WaitingReport, ...]

    @classmethod
    def read(cls, data: JsonObject) -> Self:
        """Read it back."""
        return cls(**data | {"waiting_for": _waiting(data)})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One party's signature on one original."""

    party: str
    signatory: str
    original: int
    state: str
    means: str | None
    on: str | None
    level: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleReport:
    """A value that the case gives differently since the document was issued."""

    path: str
    issued: str
    current: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReport:
    """A document that the case has or could have."""

    id: str
    recipient: str | None
    period: str | None
    name: str
    """As commands take it: `convention-annuelle.2027`."""
    title: str
    step: int | None
    state: str
    state_title: str
    reference: str | None
    version: int | None
    issued_on: str | None
    due_on: str | None
    signed_on: str | None
    unlocks: tuple[str, ...]
    stale: tuple[StaleReport, ...]
    lacks: tuple[str, ...]
    signatures: tuple[SignatureReport, ...]

    @property
    def level(self) -> str | None:
        """The lowest level of its electronic signatures: how long they can all be checked."""
        # The names of the levels grow with what they promise.
        return min((found.level for found in self.signatures if found.level), key=len, default=None)

    @classmethod
    def read(cls, data: JsonObject) -> Self:
        """Read it back."""
        return cls(
            **data
            | {
                "unlocks": tuple(data["unlocks"]),
                "stale": tuple(StaleReport(**found) for found in data["stale"]),
                "lacks": tuple(data["lacks"]),
                "signatures": tuple(SignatureReport(**found) for found in data["signatures"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who signs for a party."""

    party: str
    signatory: str


@dataclass(slots=True)  # as WaitingReport
class MissingReport:
    """A signature that an issued document waits for."""

    document: str
    recipient: str | None
    period: str | None
    name: str
    """The document, as commands take it."""
    title: str
    party: str
    party_title: str
    signatory: str
    """As printed; the party's title where the name was erased."""
    original: int
    originals: int
    """How many originals the document has."""
    means: str
    issued_on: str
    since_days: int
    due_on: str | None
    turn: bool
    """Whether everyone who signs before has signed."""
    after: Person | None
    """Whose turn it is, when it is another's."""
    mailed_on: str | None
    unlocks: tuple[str, ...]
    opens: str
    """What the document's signature counts for; empty when it is nothing."""

    @classmethod
    def read(cls, values: Sequence[Any], today: dt.date) -> Self:
        """Read it back, days counted on a day."""
        found = cls(*values)
        found.since_days = max((today - dt.date.fromisoformat(found.issued_on)).days, 0)
        found.unlocks = tuple(found.unlocks)
        if values[_AFTER]:
            found.after = Person(**values[_AFTER])
        return found


_AFTER = [field.name for field in fields(MissingReport)].index("after")


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainReport:
    """A signature box of a scanned page that a person must look at."""

    name: str
    """The document, as commands take it."""
    party: str
    signatory: str
    original: int


@dataclass(slots=True)  # as WaitingReport
class EndingReport:
    """A signed convention whose term is near or past, and that nothing signed follows."""

    document: str
    recipient: str | None
    period: str | None
    name: str
    title: str
    reference: str
    ends_on: str
    ends_on_title: str
    """The day in words: `31 décembre 2026`."""
    days_left: int
    """Negative once it is over."""
    text: str
    """`prend fin le 31 décembre 2026, dans 35 jours`."""
    act: str
    """What to do about it."""

    @classmethod
    def read(cls, values: Sequence[Any], today: dt.date) -> Self:
        """Read it back, days counted on a day."""
        found = cls(*values)
        found.days_left = (dt.date.fromisoformat(found.ends_on) - today).days
        found.text = delays.ending(found.ends_on_title, found.days_left)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReport:
    """A milestone that was reached."""

    id: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOverview:
    """A case among many: what it waits for, from whom, since when."""

    dossier: str
    piles: str
    state: str
    state_title: str
    ended_by: str | None
    ended_by_title: str | None
    forgotten: bool
    """Whether the personal data of the case were erased."""
    current_step: int
    """The first step that is not done, from 1; 8 when all seven are."""
    current_step_title: str
    waiting_for: tuple[WaitingReport, ...]
    """What the current step waits for; nothing once the case is closed."""
    missing: tuple[MissingReport, ...]
    uncertain: tuple[UncertainReport, ...]
    endings: tuple[EndingReport, ...]
    stale: tuple[str, ...]
    """Issued documents that no longer say what the case says, by name."""

    @property
    def is_closed(self) -> bool:
        """Whether a milestone ended it."""
        return self.ended_by is not None

    @classmethod
    def read(cls, text: str, today: dt.date) -> Self:
        """Read an overview back, days counted on a day.

        Raises:
            ValueError, TypeError, KeyError: It is not what this version writes.
        """
        return cls(**cls._parts(json.loads(text), today))

    @classmethod
    def _parts(cls, data: JsonObject, today: dt.date) -> dict[str, Any]:
        return data | {
            "waiting_for": _waiting(data),
            "missing": tuple(MissingReport.read(found, today) for found in data["missing"]),
            "uncertain": tuple(UncertainReport(**found) for found in data["uncertain"]),
            "endings": tuple(EndingReport.read(found, today) for found in data["endings"]),
            "stale": tuple(data["stale"]),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport(CaseOverview):
    """A case, whole."""

    steps: tuple[StepReport, ...]
    milestones: tuple[MilestoneReport, ...]
    documents: tuple[DocumentReport, ...]

    @classmethod
    def _parts(cls, data: JsonObject, today: dt.date) -> dict[str, Any]:
        # super() without arguments does not work in dataclasses with slots.
        return CaseOverview._parts(data, today) | {
            "steps": tuple(StepReport.read(found) for found in data["steps"]),
            "milestones": tuple(MilestoneReport(**found) for found in data["milestones"]),
            "documents": tuple(DocumentReport.read(found) for found in data["documents"]),
        }

    def overview(self) -> CaseOverview:
        """The small part of it."""
        return CaseOverview(**{field.name: getattr(self, field.name) for field in fields(CaseOverview)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A case whose state cannot be told, and why."""

    dossier: str
    exit_code: int
    message: str
    remedy: str
    defects: tuple[Defect, ...]

    @classmethod
    def of(cls, dossier: str, error: PilesError) -> Self:
        """Keep what is needed to say an error again."""
        return cls(
            dossier=dossier,
            exit_code=int(error.exit_code),
            message=error.message,
            remedy=error.remedy,
            defects=error.defects,
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """Read it back.

        Raises:
            ValueError, TypeError, KeyError: It is not what this version writes.
        """
        data = json.loads(text)
        defects = (
            Defect(**found | {"severity": Severity(found["severity"])}) for found in data.pop("defects")
        )
        return cls(**data, defects=tuple(defects))

    def error(self) -> PilesError:
        """The error, to be said again."""
        kinds = {int(kind.exit_code): kind for kind in PilesError.__subclasses__()}
        kind = kinds.get(self.exit_code, PilesError)
        return kind(self.message, remedy=self.remedy, defects=self.defects)


def written(report: CaseOverview | Unreadable) -> str:
    """Write a report down as JSON."""
    return json.dumps(report, default=_parts_of, ensure_ascii=False)


_MANY = (WaitingReport, MissingReport, EndingReport)


def _parts_of(report: Any) -> JsonObject | list[object]:
    parts = {field.name: getattr(report, field.name) for field in fields(report)}
    return list(parts.values()) if isinstance(report, _MANY) else parts


def _waiting(data: JsonObject) -> tuple[WaitingReport, ...]:
    return tuple(WaitingReport(*found) for found in data["waiting_for"])
