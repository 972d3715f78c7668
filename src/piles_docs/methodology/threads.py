"""Acts sorted by document: each issue with what came back of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from piles_docs.methodology.acts import (
    Act,
    Forgotten,
    FoundEmpty,
    InkState,
    Issued,
    Level,
    LevelRaised,
    Mailed,
    MailEnded,
    Means,
    MeansChanged,
    MilestoneReached,
    Original,
    Proven,
    Refused,
    Scanned,
    ScannedPage,
    Signed,
    Voided,
    Withdrawn,
)
from piles_docs.methodology.states import DocumentStatus, Key

AMENDMENT = "avenant"
RENEWAL = "renouvellement"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a signature box was seen on a scan."""

    scan_sha256: str
    scan_page: int
    """In the file, from 1."""
    page: int
    """Of the document, from 1."""


@dataclass(slots=True)
class Thread:
    """One issued version of a document, and the acts about it."""

    issued: Issued
    signed: dict[tuple[str, int], Signed] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    voided: Voided | None = None
    means: dict[str, Means] = field(default_factory=dict)
    """How each party is to sign, as it stands."""
    files: dict[int, str] = field(default_factory=dict)
    """By original, the digest of the latest PDF that the program judged: all signatures so far are in it."""
    levels: dict[tuple[str, int], Level] = field(default_factory=dict)
    """By party and original, the level of an electronic signature, as it stands."""
    proofs: dict[int, str] = field(default_factory=dict)
    """By original, the digest of its latest proof file."""
    uncertain: dict[tuple[str, int], Sighting] = field(default_factory=dict)
    """By party and original, the boxes that a person must look at, and where."""
    pages_seen: dict[int, set[int]] = field(default_factory=dict)
    """By original, the pages that came back on scans."""

    @property
    def key(self) -> Key:
        """Which document it is a version of."""
        return Key(self.issued.document, self.issued.recipient, self.issued.period)

    @property
    def required(self) -> tuple[tuple[str, int], ...]:
        """Every signature it needs: each party on each original."""
        return tuple(
            (party, original.number) for original in self.issued.originals for party in self.issued.means
        )

    @property
    def is_complete(self) -> bool:
        """Whether every signature that it needs was received."""
        return bool(self.required) and all(needed in self.signed for needed in self.required)

    def take(self, act: Signed | FoundEmpty | LevelRaised | Proven | Refused | Voided | MeansChanged) -> None:
        """Count in what came back of it."""
        match act:
            case Signed():
                self.signed[act.party, act.original] = act
                self.uncertain.pop((act.party, act.original), None)
                if act.pdf_sha256:
                    self.files[act.original] = act.pdf_sha256
                if act.level:
                    self.levels[act.party, act.original] = act.level
            case FoundEmpty():
                self.uncertain.pop((act.party, act.original), None)
            case LevelRaised():
                self.files[act.original] = act.pdf_sha256
                self.levels.update({(party, act.original): level for party, level in act.levels.items()})
            case Proven():
                self.proofs[act.original] = act.pdf_sha256
            case Refused():
                self.refused[act.party] = act
            case Voided():
                self.voided = act
            case _:
                self.means[act.party] = act.means

    def see(self, page: ScannedPage, scan_sha256: str) -> None:
        """Count in a page that came back on a scan."""
        self.pages_seen.setdefault(page.original, set()).add(page.page)
        for box in page.boxes:
            if box.state is InkState.UNCERTAIN and (box.party, page.original) not in self.signed:
                sighting = Sighting(scan_sha256, page.scan_page, page.page)
                self.uncertain[box.party, page.original] = sighting

    def file_of(self, original: Original) -> str:
        """The digest of the PDF of an original as it stands: as issued, or with the signatures so far."""
        return self.files.get(original.number, original.pdf_sha256)

    def holder_original(self, party: str) -> int:
        """The number of the original that is a party's own: one each, in their order (C. civ., art. 1375)."""
        rank = list(self.issued.means).index(party)
        return self.issued.originals[min(rank, len(self.issued.originals) - 1)].number

    @property
    def signed_on(self) -> dt.date | None:
        """The day of the last signature, once complete."""
        return max(act.on for act in self.signed.values()) if self.is_complete else None

    def status(self, today: dt.date) -> DocumentStatus:
        """Where this version stands on a day."""
        if self.voided:
            return DocumentStatus.VOID
        if self.refused:
            return DocumentStatus.DECLINED
        if self.is_complete:
            return DocumentStatus.SIGNED
        if self.issued.means and self.issued.ends_on and self.issued.ends_on < today:
            return DocumentStatus.EXPIRED
        return DocumentStatus.PARTLY_SIGNED if self.signed else DocumentStatus.ISSUED


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a case."""

    threads: dict[str, Thread]
    """By reference, in the order of issue."""
    milestones: dict[str, MilestoneReached]
    mails: tuple[Mailed, ...] = ()
    """Messages that left, or may have left; not those that the mail server refused."""
    mail_ends: dict[str, MailEnded] = field(default_factory=dict)
    """By message."""
    forgotten: Forgotten | None = None

    def latest(self, key: Key) -> Thread | None:
        """The last issued version of a document."""
        versions = [thread for thread in self.threads.values() if thread.key == key]
        return versions[-1] if versions else None

    def amendments(self, thread: Thread) -> tuple[Thread, ...]:
        """The signed amendments of an act, in the order of their issue."""
        threads = list(self.threads.values())
        return tuple(
            other
            for other in threads[threads.index(thread) + 1 :]
            if other.key == Key(AMENDMENT, thread.issued.document, thread.issued.period)
            and other.is_complete
            and not other.voided
            and not other.refused
        )

    def ends_on(self, thread: Thread, path: str | None) -> dt.date | None:
        """The last day of an act, as its amendments left it.

        Args:
            thread: The act.
            path: Where the case writes the last day of this kind of act.
        """
        ends = [act.issued.values[path] for act in self.amendments(thread) if path in act.issued.values]
        return dt.date.fromisoformat(ends[-1]) if ends else thread.issued.ends_on

    def last_mail(self, reference: str, party: str) -> Mailed | None:
        """The last message that a party got about an issued document."""
        about = [mail for mail in self.mails if mail.party == party and reference in mail.references]
        return max(about, key=lambda mail: mail.on, default=None)

    def issued_keys(self) -> tuple[Key, ...]:
        """The documents that were ever issued."""
        return tuple(dict.fromkeys(thread.key for thread in self.threads.values()))

    def is_signed(self, document: str) -> bool:
        """Whether a document of this kind is signed, whatever its year."""
        return self.signed(document) is not None

    def signed(self, document: str) -> Thread | None:
        """The signed and still standing version of a kind of document: of a yearly one, the latest year's."""
        standing = [
            thread
            for thread in self.threads.values()
            if thread.issued.document == document
            and thread.is_complete
            and not thread.voided
            and not thread.refused
        ]
        return max(reversed(standing), key=lambda thread: thread.key.period or "", default=None)


def history(acts: Sequence[Act]) -> History:
    """Sort all the acts of a case, in the order they were recorded; those withdrawn do not count."""
    threads: dict[str, Thread] = {}
    milestones: dict[str, MilestoneReached] = {}
    mails: dict[str, Mailed] = {}
    ends: dict[str, MailEnded] = {}
    forgotten: Forgotten | None = None
    withdrawn = {act.event for act in acts if isinstance(act, Withdrawn)}
    for number, act in enumerate(acts, 1):
        if number in withdrawn:
            continue
        match act:
            case Issued():
                threads[act.reference] = Thread(act, means=dict(act.means))
            case Scanned():
                for page in act.pages:
                    threads[page.reference].see(page, act.scan_sha256)
            case Signed() | FoundEmpty() | LevelRaised() | Proven() | Refused() | Voided() | MeansChanged():
                threads[act.reference].take(act)
            case MilestoneReached():
                milestones[act.milestone] = act
            case Mailed():
                mails[act.message] = act
            case MailEnded():
                ends[act.message] = act
            case Forgotten():
                forgotten = act
    left = tuple(mail for name, mail in mails.items() if name not in ends or ends[name].is_accepted)
    return History(threads, milestones, left, ends, forgotten)


def next_version(acts: Sequence[Act], key: Key) -> int:
    """The version that the next issue of a document bears, from 1."""
    latest = history(acts).latest(key)
    return latest.issued.version + 1 if latest else 1


def reference(dossier: str, key: Key, version: int) -> str:
    """The reference of an issued document: printed on it, and its file's name. It holds no person's name."""
    return f"{dossier}.{key.name}.v{version}"
