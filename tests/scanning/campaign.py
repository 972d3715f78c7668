"""Make scans from a seed, read them, and count what was said against what is true.

`test_campaign.py` does so with some dozen pages in every run of the tests, `scripts/scanning` with thousands.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from piles_docs.methodology.acts import InkState
from piles_docs.scanning.alignment import IssuedPages
from piles_docs.scanning.pages import ScanPage, read_pages
from piles_docs.scanning.recognise import RecognisedPage, recognise_page

from .generator import Content, Mix, Scan, Sheet, make_scan

ASKED, NO_PAGE = "asked", "page not recognised"
SHARES = {"as issued": 5, "crowded": 4, "without boxes": 1}
"""Of each ten scans: pages as they are issued, pages with many boxes, and pages that only have to be recognised."""
FEWEST_CROWDED = 4
"""Boxes on a page: none that is issued has so many."""


@dataclass
class Tally:
    """What was said of so many scans."""

    pages: Counter[tuple[int, str]] = field(default_factory=Counter)
    """By how many codes are whole in the frame, and what was said: recognised, and so on."""
    boxes: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)
    """By content, device, blemish, kind of page, and what was said."""
    asked_by_page: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Boxes with an answer to be seen, by the kind of their page, and whether they were left to a person."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why they were."""
    seconds: list[float] = field(default_factory=list)
    """Of the processor, for each page, its file unpacked."""
    faults: list[str] = field(default_factory=list)
    """Empty said to be signed, ink said to be nothing, a page taken for another."""

    def add(self, other: Tally) -> None:
        """Count what another tally counted."""
        self.pages += other.pages
        self.boxes += other.boxes
        self.reasons += other.reasons
        self.asked_by_page += other.asked_by_page
        self.seconds += other.seconds
        self.faults += other.faults

    @property
    def asked(self) -> int:
        """Boxes left to a person, though an answer was there to be seen."""
        return sum(count for (_, is_asked), count in self.asked_by_page.items() if is_asked)

    @property
    def answerable(self) -> int:
        """Of so many."""
        return self.asked_by_page.total()

    def said(self, kinds: Iterable[str]) -> Counter[str]:
        """What was said of boxes with these contents."""
        wanted = set(kinds)
        counts: Counter[str] = Counter()
        for (kind, *_, verdict), count in self.boxes.items():
            if kind in wanted:
                counts[verdict] += count
        return counts


def issued_documents(sheets: Sequence[Sheet]) -> dict[str, IssuedPages]:
    """What was issued, by the name in its codes."""
    found: dict[str, IssuedPages] = {}
    for sheet in sheets:
        known = found.get(sheet.document)
        boxes = (*(known.boxes if known else ()), *sheet.boxes)
        found[sheet.document] = IssuedPages(sheet.pdf, boxes)
    return found


def campaign(sheets: Sequence[Sheet], mix: Mix, seed: str, ranks: Iterable[int], *, dpi: int = 200) -> Tally:
    """Make and read scans; the seed and a rank give one scan, whatever else is made.

    Args:
        sheets: All pages of the documents.
        mix: What happens to them.
        seed: A name.
        ranks: Which scans.
        dpi: Of the devices.
    """
    issued = issued_documents(sheets)
    tally = Tally()
    # Scans of one sheet follow each other: it is drawn once.
    for index, rank in sorted((sheet_of(sheets, rank), rank) for rank in ranks):
        scan = make_scan(sheets[index], mix, f"{seed}{rank}", dpi=dpi)
        begin = time.process_time()
        [page] = read_pages(scan.content)
        assert isinstance(page, ScanPage)
        found = recognise_page(page, issued.get)
        tally.seconds.append(time.process_time() - begin)
        _count(tally, scan, found, f"{mix.name} {seed}{rank} {dpi} dpi")
    return tally


def sheet_of(sheets: Sequence[Sheet], rank: int) -> int:
    """Which sheet is scanned: kinds by their shares, and of a kind one after the other."""
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    kind = kinds[rank % len(kinds)]
    mine = [index for index, sheet in enumerate(sheets) if kind_of(sheet) == kind]
    before = rank // len(kinds) * SHARES[kind] + kinds[: rank % len(kinds)].count(kind)
    return mine[before % len(mine)]


def kind_of(sheet: Sheet) -> str:
    """How many boxes it has, as a word of `SHARES`."""
    if not sheet.boxes:
        return "without boxes"
    return "crowded" if len(sheet.boxes) >= FEWEST_CROWDED else "as issued"


def _count(tally: Tally, scan: Scan, found: RecognisedPage, name: str) -> None:
    sheet = scan.sheet
    is_right = found.code is not None and (found.code.document, found.code.page) == (
        sheet.document,
        sheet.page,
    )
    if found.code is not None and not is_right:
        tally.faults.append(f"{name}: taken for another page")
    known = "recognised" if is_right else str(found.problem)
    if is_right and found.is_cut:
        known = "recognised, a code cut off"
    tally.pages[scan.codes_whole, known] += 1
    for index, content in enumerate(scan.contents):
        reading = found.boxes[index] if is_right else None
        verdict = NO_PAGE
        if reading:
            verdict = ASKED if reading.state is InkState.UNCERTAIN else str(reading.state)
        tally.boxes[content.kind, scan.device, scan.blemish, kind_of(sheet), verdict] += 1
        if is_wrong(content, verdict):
            tally.faults.append(
                f"{name} box {index + 1} ({scan.device}, {scan.blemish}): {content.kind} → {verdict}"
            )
        if not content.is_doubtful:
            is_asked = verdict in {ASKED, NO_PAGE}
            tally.asked_by_page[kind_of(sheet), is_asked] += 1
            if is_asked:
                tally.reasons[reading.reason if reading else NO_PAGE] += 1


def is_wrong(content: Content, verdict: str) -> bool:
    """Whether what was said is one of the two errors that must not be."""
    if verdict == InkState.SIGNED:
        return not content.is_signed
    return verdict == InkState.EMPTY and content.is_inked
