"""States: of a signature, a document, a step, a case. None is stored; all are computed from the acts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from piles_docs.methodology.acts import Issued, Level, Means


class StepStatus(StrEnum):
    """A step waits for earlier ones, is being worked on, or is complete."""

    LOCKED = "locked"
    OPEN = "open"
    DONE = "done"


class DocumentStatus(StrEnum):
    """The life of a document."""

    INCOMPLETE = "incomplete"
    """Case data are missing."""
    DRAFT = "draft"
    ISSUED = "issued"
    PARTLY_SIGNED = "partly-signed"
    SIGNED = "signed"
    DECLINED = "declined"
    VOID = "void"
    SUPERSEDED = "superseded"
    """Signed, and followed by a later one that is signed too."""
    EXPIRED = "expired"
    """Its term ended before it was signed."""


LIVE = frozenset(
    {DocumentStatus.ISSUED, DocumentStatus.PARTLY_SIGNED, DocumentStatus.SIGNED, DocumentStatus.SUPERSEDED}
)
"""Issued, and neither ended nor refused: it cannot be issued once more."""


class SignatureStatus(StrEnum):
    """What is known of one party's signature on one original."""

    MISSING = "missing"
    RECEIVED = "received"
    UNCERTAIN = "uncertain"
    """A person must look."""
    REFUSED = "refused"


class CaseStatus(StrEnum):
    """Where a whole case stands."""

    ACTIVE = "active"
    IN_NETWORK = "en-reseau"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureState:
    """One party's signature on one original."""

    party: str
    signatory: str
    original: int
    state: SignatureStatus
    means: Means | None = None
    """How it was given or, once the document is issued, is to be given."""
    on: dt.date | None = None
    level: Level | None = None
    """How long an electronic signature can be checked, where the program judged it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleField:
    """A value that the case gives differently since the document was issued."""

    path: str
    issued: str
    current: str


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which document is meant: its kind, to whom, for which year."""

    document: str
    recipient: str | None = None
    period: str | None = None

    @property
    def name(self) -> str:
        """One word for files and messages: `invitation-copil.mairie-castellane`."""
        return ".".join(part for part in (self.document, self.recipient, self.period) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """A document of a case, in its latest version."""

    key: Key
    title: str
    step: int | None
    state: DocumentStatus
    lacks: tuple[str, ...] = ()
    """Paths of case data that it needs and the case does not give."""
    issued: Issued | None = None
    signed_on: dt.date | None = None
    stale: tuple[StaleField, ...] = ()
    signatures: tuple[SignatureState, ...] = ()
    unlocks: tuple[str, ...] = ()


class WaitingKind(StrEnum):
    """What a step can wait for."""

    SIGNATURE = "signature"
    MILESTONE = "milestone"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFor:
    """One thing that a step waits for."""

    kind: WaitingKind
    document: str | None = None
    party: str | None = None
    milestone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """A step of a case."""

    number: int
    id: str
    title: str
    state: StepStatus
    ahead: str | None
    """Why a document of this step was issued while it was locked."""
    waiting_for: tuple[WaitingFor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSignature:
    """A signature of an issued document that has not come."""

    key: Key
    party: str
    signatory: str
    original: int
    means: Means
    since_days: int
    """Days since the document was issued."""
    due_on: dt.date | None
    is_turn: bool
    """Whether everyone who signs before this party has signed."""
    mailed_on: dt.date | None
    """When the party was last written to about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A signed convention whose term is near or past, and that nothing signed follows."""

    key: Key
    reference: str
    ends_on: dt.date
    days_left: int
    """Negative once it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """A case on a given day."""

    dossier: str
    piles: str
    state: CaseStatus
    ended_by: str | None
    current_step: int
    steps: tuple[StepState, ...]
    documents: tuple[DocumentState, ...]
    missing: tuple[MissingSignature, ...]
    endings: tuple[Ending, ...]
    milestones: dict[str, dt.date]
    """Milestones reached, and when."""
    is_forgotten: bool = False
    """Whether the personal data of the case were erased."""

    def document(self, key: Key) -> DocumentState | None:
        """Find a document of the case."""
        return next((found for found in self.documents if found.key == key), None)
