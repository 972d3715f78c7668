"""Take back signed paper as scans, from any cases mixed: what each page is, and what is certain on it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version

from piles_docs.errors import CaseInvalid, Mismatch, PilesError, ToolFailed, UsageError, WouldOverwrite
from piles_docs.ledger.acts import act_of, entry_of
from piles_docs.methodology.acts import (
    Act,
    InkState,
    Issued,
    Means,
    Original,
    Scanned,
    ScannedBox,
    ScannedPage,
    Signed,
)
from piles_docs.methodology.threads import Thread, history
from piles_docs.scanning.alignment import IssuedPages
from piles_docs.scanning.origin import device_of
from piles_docs.scanning.pages import BadPage, ScanPage, count_pages, read_pages
from piles_docs.scanning.recognise import Problem, RecognisedPage, recognise_page
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.files import one_at_a_time
from piles_docs.usecases.record import Recorded, recorded
from piles_docs.usecases.situation import Situation, check_acts, judged_again, situation
from piles_docs.usecases.workspace import Workspace

_TEST_REPORT = "docs/scanning.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which original of which issued document codes name."""

    dossier: str
    reference: str
    original: Original
    issued: IssuedPages = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """What one page of the file is."""

    number: int
    place: Place | None
    page: int | None
    """Of the document, from 1."""
    problem: str
    """Why it is not recognised, in French; empty where it is."""
    is_cut: bool = False
    """Whether a code of it lies beyond the edge of the scan."""
    is_nameless: bool = False
    """Whether something is on it, but no code that can be read: it may be the page that misses."""
    boxes: tuple[ScannedBox, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswer:
    """What a scan brought to one case."""

    dossier: str
    recorded: Recorded | None
    """None where all of it was recorded already."""
    remarks: tuple[str, ...]
    """What a person should know: pages that miss or came twice, ended versions; in French."""
    to_review: int
    """Boxes that a person must look at."""
    error: PilesError | None = None
    """Why nothing was recorded in this case; the others are not held up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanAnswer:
    """What a file of scanned pages turned out to be."""

    name: str
    pages: tuple[PageAnswer, ...]
    cases: tuple[CaseAnswer, ...]


@dataclass(slots=True)
class _Register:
    """Finds what codes name; each document once."""

    workspace: Workspace
    _known: dict[str, Place | None] = field(default_factory=dict)

    def place(self, code: str) -> Place | None:
        if code not in self._known:
            self._known[code] = self._find(code)
        return self._known[code]

    def lookup(self, code: str) -> IssuedPages | None:
        place = self.place(code)
        return place.issued if place else None

    def _find(self, code: str) -> Place | None:
        for event in self.workspace.ledger().naming("issued", {f'"{code}"'}):
            act = act_of(event)
            for original in act.originals if isinstance(act, Issued) else ():
                if isinstance(act, Issued) and original.code == code:
                    pages = IssuedPages(
                        pdf=self.workspace.archive.get(original.pdf_sha256), boxes=original.boxes
                    )
                    return Place(
                        dossier=event.dossier, reference=act.reference, original=original, issued=pages
                    )
        return None


def read_scan(
    workspace: Workspace, content: bytes, *, tell: Callable[[int, int], None] = lambda _, __: None
) -> tuple[tuple[PageAnswer, ...], int | None]:
    """Recognise the pages of a scan, one after the other, recording nothing.

    Args:
        workspace: Where the documents were issued.
        content: Of the file.
        tell: Is told how many pages were looked at, and of how many.

    Returns:
        What each page is, and the resolution that the file tells.
    """
    register = _Register(workspace)
    answers, resolution, count = [], None, count_pages(content)
    for page in read_pages(content):
        tell(page.number - 1, count)
        if isinstance(page, ScanPage):
            resolution = resolution or page.dpi
        answers.append(_answer(page, register))
    return tuple(answers), resolution


def take_scan(
    workspace: Workspace,
    name: str,
    content: bytes,
    pages: Sequence[PageAnswer],
    *,
    resolution: int | None,
    operator: str | None,
    signed_on: dt.date | None,
    clock: Clock,
) -> ScanAnswer:
    """Record what a scan shows: the file is archived untouched, a signature is recorded where ink is certain.

    Args:
        workspace: Where the documents were issued.
        name: Of the file, for messages.
        content: Of the file.
        pages: As `read_scan` found them.
        resolution: Of the scan, in dots per inch.
        operator: Who takes it back.
        signed_on: When it was signed; a scan does not tell, so the day of its return counts otherwise.
        clock: The moment.

    Raises:
        RecordsBroken: The ledger or the archive is damaged.
    """
    agreed = _agreed(pages)
    by_case: dict[str, list[PageAnswer]] = {}
    for page in agreed:
        if page.place:
            by_case.setdefault(page.place.dossier, []).append(page)
    nameless = {page.number for page in pages if page.is_nameless}
    scanned = Scanned(
        on=clock.today,
        scan_sha256=hashlib.sha256(content).hexdigest(),
        file_pages=len(pages),
        pages=(),
        resolution_dpi=resolution,
        process=f"piles-docs {version('piles-docs')}, {_TEST_REPORT}",
        operator=operator,
        device=device_of(content),
    )
    cases = tuple(
        _take(workspace, dossier, content, found, nameless, scanned, signed_on, clock)
        for dossier, found in by_case.items()
    )
    return ScanAnswer(name=name, pages=tuple(agreed), cases=cases)


def _answer(page: ScanPage | BadPage, register: _Register) -> PageAnswer:
    if isinstance(page, BadPage):
        return PageAnswer(number=page.number, place=None, page=None, problem=page.reason)
    seen = recognise_page(page, register.lookup)
    if seen.problem or seen.code is None:
        words = seen.problem.words if seen.problem else ""
        nameless = seen.problem in {Problem.NO_CODE, Problem.CODE_UNREADABLE}
        return PageAnswer(number=page.number, place=None, page=None, problem=words, is_nameless=nameless)
    return PageAnswer(
        number=page.number,
        place=register.place(seen.code.document),
        page=seen.code.page,
        problem="",
        is_cut=seen.is_cut,
        boxes=_boxes(seen),
    )


def _boxes(seen: RecognisedPage) -> tuple[ScannedBox, ...]:
    return tuple(
        ScannedBox(
            party=reading.box.party,
            state=reading.state,
            measures={name: round(value, 3) for name, value in asdict(reading.measures).items()}
            if reading.measures
            else {},
        )
        for reading in seen.boxes
    )


def _agreed(pages: Sequence[PageAnswer]) -> list[PageAnswer]:
    """Where a page came twice and its boxes differ, a person decides."""
    states: dict[tuple[str, int, str], set[InkState]] = {}
    for page in pages:
        for box in page.boxes:
            states.setdefault(_box_key(page, box), set()).add(box.state)
    return [
        replace(
            page,
            boxes=tuple(
                box
                if len(states[_box_key(page, box)]) == 1
                else box.model_copy(update={"state": InkState.UNCERTAIN})
                for box in page.boxes
            ),
        )
        for page in pages
    ]


def _box_key(page: PageAnswer, box: ScannedBox) -> tuple[str, int, str]:
    if page.place is None:
        raise AssertionError("a page with boxes has its place")
    return page.place.reference, page.place.original.number, box.party


def _take(
    workspace: Workspace,
    dossier: str,
    content: bytes,
    pages: Sequence[PageAnswer],
    nameless: Collection[int],
    scanned: Scanned,
    signed_on: dt.date | None,
    clock: Clock,
) -> CaseAnswer:
    def once() -> CaseAnswer:
        now = situation(workspace, dossier, clock.today)
        threads = history(now.acts).threads
        seen = tuple(_scanned_page(page, threads) for page in pages)
        act = scanned.model_copy(update={"pages": seen})
        remarks = _remarks(pages, nameless, threads)
        known = any(isinstance(other, Scanned) and other.scan_sha256 == act.scan_sha256 for other in now.acts)
        if known:
            remarks.insert(0, "ce fichier a déjà été repris")
        signatures = _signatures(now, act, signed_on or clock.today, clock, remarks)
        acts: list[Act] = [*([] if known else [act]), *signatures]
        if not acts:
            return CaseAnswer(
                dossier=dossier, recorded=None, remarks=tuple(remarks), to_review=_to_review(now, act)
            )
        check_acts(now, acts, clock.today)
        workspace.archive.put(content)
        workspace.ledger().append(
            dossier, [entry_of(one) for one in acts], expected=len(now.acts), now=clock.now
        )
        after = recorded(workspace, now, acts, clock)
        later = situation(workspace, dossier, clock.today)
        return CaseAnswer(
            dossier=dossier, recorded=after, remarks=tuple(remarks), to_review=_to_review(later, act)
        )

    try:
        with one_at_a_time(workspace.out / dossier):
            return judged_again(once)
    except (CaseInvalid, Mismatch, UsageError, WouldOverwrite, ToolFailed) as error:
        return CaseAnswer(dossier=dossier, recorded=None, remarks=(), to_review=0, error=error)


def _scanned_page(page: PageAnswer, threads: dict[str, Thread]) -> ScannedPage:
    if page.place is None or page.page is None:
        raise AssertionError("only recognised pages are recorded")
    thread = threads[page.place.reference]
    return ScannedPage(
        scan_page=page.number,
        reference=page.place.reference,
        original=page.place.original.number,
        page=page.page,
        boxes=tuple(_asked_on_paper(box, thread) for box in page.boxes),
    )


def _asked_on_paper(box: ScannedBox, thread: Thread) -> ScannedBox:
    """Ink of who was to sign electronically may be that signature, printed: a person looks."""
    is_other_way = thread.means.get(box.party) is Means.ELECTRONIC and box.state is InkState.SIGNED
    return box.model_copy(update={"state": InkState.UNCERTAIN}) if is_other_way else box


def _signatures(
    now: Situation, act: Scanned, signed_on: dt.date, clock: Clock, remarks: list[str]
) -> list[Signed]:
    """One act for each box that is certainly signed; what the rules refuse is told instead."""
    threads = history(now.acts).threads
    found: dict[tuple[str, str, int], Signed] = {}
    for page in act.pages:
        for box in page.boxes:
            key = (page.reference, box.party, page.original)
            is_known = (box.party, page.original) in threads[page.reference].signed
            if box.state is not InkState.SIGNED or is_known or key in found:
                continue
            signed = Signed(
                on=max(signed_on, threads[page.reference].issued.on),
                reference=page.reference,
                party=box.party,
                original=page.original,
                means=Means.PAPER,
                evidence=(act.scan_sha256,),
                measures=box.measures,
            )
            try:
                check_acts(now, [*found.values(), signed], clock.today)
            except (Mismatch, UsageError) as error:
                remarks.append(f"signature de {box.party} non enregistrée : {error.message}")
            else:
                found[key] = signed
    return list(found.values())


def _remarks(pages: Sequence[PageAnswer], nameless: Collection[int], threads: dict[str, Thread]) -> list[str]:
    """Pages that miss or came twice, codes that were cut, versions that ended."""
    counts: dict[tuple[str, int], dict[int, int]] = {}
    remarks = []
    for page in pages:
        if page.place and page.page:
            key = (page.place.reference, page.place.original.number)
            seen = counts.setdefault(key, {})
            seen[page.page] = seen.get(page.page, 0) + 1
            if page.is_cut:
                remarks.append(f"page {page.number} du fichier : un coin est coupé, numérisez-la entière")
    for (reference, number), seen in counts.items():
        thread = threads[reference]
        original = next(one for one in thread.issued.originals if one.number == number)
        name = f"{reference}, exemplaire {number}"
        before = thread.pages_seen.get(number, set())
        missing = [page for page in range(1, original.pages + 1) if page not in {*seen, *before}]
        twice = [str(page) for page, times in sorted(seen.items()) if times > 1]
        if missing:
            words = ", ".join(map(str, missing))
            remarks.append(f"{name} : il manque la page {words} sur {original.pages}")
        mine = [page for page in pages if page.place and page.place.original.code == original.code]
        remarks += [
            f"page {scan_page} du fichier : à cet endroit de la pile manque la page {page} de {name} ; si "
            "c’est elle, ses codes sont coupés : numérisez-la entière"
            for scan_page, page in _in_place_of(missing, mine, nameless)
        ]
        if twice:
            remarks.append(f"{name} : la page {', '.join(twice)} y est plusieurs fois")
        if thread.voided:
            remarks.append(f"{name} : cette version a été annulée")
    return remarks


def _in_place_of(
    missing: Sequence[int], pages: Sequence[PageAnswer], nameless: Collection[int]
) -> Iterator[tuple[int, int]]:
    """Pages without name where one of an original misses: after the page before it, or before the next."""
    after = {page.page + 1: page.number + 1 for page in pages if page.page}
    before = {page.page - 1: page.number - 1 for page in pages if page.page}
    for page in missing:
        beside = {after.get(page), before.get(page)} & set(nameless)
        yield from ((scan_page, page) for scan_page in sorted(filter(None, beside)))


def _to_review(now: Situation, act: Scanned) -> int:
    threads = history(now.acts).threads
    return sum(len(threads[reference].uncertain) for reference in {page.reference for page in act.pages})
