"""Acts: what people did with a case. The ledger keeps them; every state is computed from them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Means(StrEnum):
    """How a signature is given."""

    PAPER = "papier"
    ELECTRONIC = "electronique"


class Purpose(StrEnum):
    """Why a message goes to a signatory."""

    SENDING = "envoi"
    REMINDER = "rappel"


class Channel(StrEnum):
    """How a message leaves."""

    FILE = "fichier"
    """Written as a file, for a person to send."""
    SMTP = "smtp"
    """Handed to a mail server."""


class Level(StrEnum):
    """How long an electronic signature can be checked (ETSI EN 319 142-1, clause 6)."""

    B = "B-B"
    """While its certificate is valid."""
    T = "B-T"
    """It existed before a trusted time."""
    LT = "B-LT"
    """All that its check needs is in the file."""
    LTA = "B-LTA"
    """And that too has a trusted time, which can be renewed."""

    @property
    def rank(self) -> int:
        """From 0, the lowest."""
        return list(Level).index(self)


SEAL_FIELD = "Cachet"
"""The name of the field that the network head's seal fills; it shows nothing."""
_FIELD_PREFIX = "Signature-"


def field_of(party: str) -> str:
    """The name of a party's field in a PDF that is signed electronically."""
    return f"{_FIELD_PREFIX}{party}"


def party_of(field: str) -> str | None:
    """Whose field it is; None for the seal's, and for a field that is not ours."""
    return field.removeprefix(_FIELD_PREFIX) if field.startswith(_FIELD_PREFIX) else None


class Box(BaseModel):
    """Where one signature goes, on an issued PDF."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    party: str
    page: int
    """Page of the document, from 1."""
    rect: tuple[float, float, float, float]
    """Left, bottom, right, top, in points from the lower left corner of the page."""

    @property
    def field(self) -> str:
        """The name of its field, where the PDF is signed electronically."""
        return field_of(self.party)

    def place(self, width: float, height: float) -> str:
        """Say where on the page the box is: « en bas à droite ».

        Args:
            width: Of the page, in points.
            height: Of the page, in points.
        """
        left, bottom, right, top = self.rect
        middle = (bottom + top) / 2 / height
        level = "en haut" if middle > 2 / 3 else "en bas" if middle < 1 / 3 else "au milieu"
        return f"{level} à {'gauche' if (left + right) / 2 < width / 2 else 'droite'}"


class Original(BaseModel):
    """One original of an issued document, by the digests of its archived bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    docx_sha256: str
    pdf_sha256: str
    pages: int
    boxes: tuple[Box, ...] = ()
    code: str | None = None
    """What the codes at the corners of its pages name it by (`page_codes.code_of`); None without codes."""


class Enclosure(BaseModel):
    """A draft that was sent along to be read, by the digests of its archived bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    docx_sha256: str
    pdf_sha256: str
    pages: int


class _Act(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    PERSONAL: ClassVar[frozenset[str]] = frozenset()
    """Fields that may hold personal data; the ledger keeps them apart, so that they can be erased."""

    on: dt.date
    """The day it happened; the ledger adds when it was recorded."""


class Issued(_Act):
    """A document was issued for signature: its bytes are kept for good from here on."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"signatories", "values", "ahead"})

    kind: Literal["issued"] = "issued"
    document: str
    recipient: str | None = None
    period: str | None = None
    version: int
    reference: str
    means: dict[str, Means] = {}
    """By party; the parties are those who sign."""
    originals: tuple[Original, ...]
    enclosures: tuple[Enclosure, ...] = ()
    due_on: dt.date | None = None
    ends_on: dt.date | None = None
    """The last day of the convention's term."""
    template_sha256: str
    seal: Level | None = None
    """The level of the network head's seal, on a document that someone signs electronically."""
    signatories: dict[str, str] = {}
    """Who signs for each party, as printed."""
    values: dict[str, str] = {}
    """What of the case file the document read, by path."""
    is_ahead: bool = False
    """Whether its step was locked when it was issued."""
    ahead: str | None = None
    """Why it was issued all the same."""


class Signed(_Act):
    """One party signed one original."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"note", "holder"})

    kind: Literal["signed"] = "signed"
    reference: str
    party: str
    original: int
    means: Means
    evidence: tuple[str, ...] = ()
    """Digests of archived files that show it."""
    note: str | None = None
    pdf_sha256: str | None = None
    """Where the program judged it: the digest of the PDF that holds it, and those before it."""
    level: Level | None = None
    """As that PDF shows it."""
    certificate_sha256: str | None = None
    holder: str | None = None
    """Whose certificate it is, by its own words."""
    anchor: str | None = None
    """The root that the certificate leads to, and where that is believed from."""
    told_at: dt.datetime | None = None
    """When it was made, by the signatory's clock."""
    stamped_at: dt.datetime | None = None
    """Before which moment it was made, by a time-stamping service."""
    measures: dict[str, float] | None = None
    """Where a program found the ink on a scan and no person decided: what it decided by."""


class InkState(StrEnum):
    """What a program found in a signature box of a scanned page."""

    SIGNED = "signe"
    EMPTY = "vide"
    UNCERTAIN = "incertain"
    """It may be ink: a person must look."""


class ScannedBox(BaseModel):
    """One signature box of a scanned page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    party: str
    state: InkState
    measures: dict[str, float] = {}
    """What the state was decided by, each with its unit in its name."""


class ScannedPage(BaseModel):
    """One page of a scan that was recognised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scan_page: int
    """In the file, from 1."""
    reference: str
    original: int
    page: int
    """Of the document, from 1."""
    boxes: tuple[ScannedBox, ...] = ()


class Scanned(_Act):
    """Signed paper came back as a scan: the record that a reliable copy needs.

    C. civ., art. 1379, and decree n° 2016-1673: context and date, process and its tests, digest, keeping.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"operator", "device"})

    kind: Literal["scanned"] = "scanned"
    scan_sha256: str
    """Of the file as it came, kept untouched."""
    file_pages: int
    """How many it has, those of other cases too."""
    pages: tuple[ScannedPage, ...]
    """Those of this case."""
    resolution_dpi: int | None = None
    """As the file tells; None where it does not."""
    process: str
    """The version of the program and of its rules for ink, and where their tests are reported."""
    operator: str | None = None
    device: str | None = None


class FoundEmpty(_Act):
    """A person looked at a box that a program was not sure of: it is not signed."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"note"})

    kind: Literal["found-empty"] = "found-empty"
    reference: str
    party: str
    original: int
    note: str | None = None


class LevelRaised(_Act):
    """The electronic signatures of an original were given what a later check of them needs."""

    kind: Literal["level-raised"] = "level-raised"
    reference: str
    original: int
    pdf_sha256: str
    levels: dict[str, Level]
    """By party, what the PDF shows now."""


class Proven(_Act):
    """The proof file of a signed original was made: the sealed PDF that tells how it was signed."""

    kind: Literal["proven"] = "proven"
    reference: str
    original: int
    pdf_sha256: str
    seal: Level


class Refused(_Act):
    """A party declined to sign."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"note"})

    kind: Literal["refused"] = "refused"
    reference: str
    party: str
    evidence: tuple[str, ...] = ()
    note: str | None = None


class Voided(_Act):
    """An issued document was ended; it can be issued anew, as its next version."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"reason"})

    kind: Literal["voided"] = "voided"
    reference: str
    reason: str | None = None


class MilestoneReached(_Act):
    """A milestone was reached."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"note"})

    kind: Literal["milestone"] = "milestone"
    milestone: str
    evidence: tuple[str, ...] = ()
    note: str | None = None


class MeansChanged(_Act):
    """A party is to sign in another way than was asked; what it signed already stays signed."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"note"})

    kind: Literal["means-changed"] = "means-changed"
    reference: str
    party: str
    means: Means
    note: str | None = None


class Withdrawn(_Act):
    """Something recorded by mistake no longer counts; the ledger keeps it all the same."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"reason"})

    kind: Literal["withdrawn"] = "withdrawn"
    event: int
    """Its number in the chain of the case, from 1."""
    reason: str | None = None


class Mailed(_Act):
    """A message leaves for a signatory. Recorded before it does, so that none leaves twice."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"address"})

    kind: Literal["mailed"] = "mailed"
    message: str
    """Its Message-ID, which names no one."""
    purpose: Purpose
    party: str
    references: tuple[str, ...]
    channel: Channel
    address: str | None = None


class MailEnded(_Act):
    """What the mail server answered to a message."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"detail"})

    kind: Literal["mail-ended"] = "mail-ended"
    message: str
    is_accepted: bool
    detail: str | None = None


class Forgotten(_Act):
    """The personal data of the case were erased (GDPR, art. 17): of all acts before, and in these files."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"reason"})

    kind: Literal["forgotten"] = "forgotten"
    files: tuple[str, ...] = ()
    """Digests of the archived files that were erased: the proof of what they were."""
    reason: str | None = None


Act = Annotated[
    Issued
    | Signed
    | Scanned
    | FoundEmpty
    | LevelRaised
    | Proven
    | Refused
    | Voided
    | MilestoneReached
    | MeansChanged
    | Withdrawn
    | Mailed
    | MailEnded
    | Forgotten,
    Field(discriminator="kind"),
]
ACT: TypeAdapter[Act] = TypeAdapter(Act)
"""Reads an act from JSON data."""
