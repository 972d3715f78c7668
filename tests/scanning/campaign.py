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
SPREAD = 37
"""Pages follow each other in these steps, so that a short run meets many documents."""


@dataclass
class Tally:
    """What was said of so many scans."""

    pages: Counter[tuple[int, str]] = field(default_factory=Counter)
    """By how many codes are whole in the frame, and what was said: recognised, and so on."""
    boxes: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """By content, device, blemish, and what was said."""
    asked: int = 0
    """Boxes left to a person, though an answer was there to be seen."""
    answerable: int = 0
    """Of so many."""
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
        self.asked += other.asked
        self.answerable += other.answerable
        self.seconds += other.seconds
        self.faults += other.faults

    def said(self, kinds: Iterable[str]) -> Counter[str]:
        """What was said of boxes with these contents."""
        wanted = set(kinds)
        counts: Counter[str] = Counter()
        for (kind, _, _, verdict), count in self.boxes.items():
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
        sheets: All pages of the documents; only those with boxes are scanned, those with many more often.
        mix: What happens to them.
        seed: A name.
        ranks: Which scans.
        dpi: Of the devices.
    """
    issued = issued_documents(sheets)
    signed = [sheet for sheet in sheets for _ in range(len(sheet.boxes) ** 2)]
    tally = Tally()
    for rank in ranks:
        scan = make_scan(signed[rank * SPREAD % len(signed)], mix, f"{seed}{rank}", dpi=dpi)
        begin = time.process_time()
        [page] = read_pages(scan.content)
        assert isinstance(page, ScanPage)
        found = recognise_page(page, issued.get)
        tally.seconds.append(time.process_time() - begin)
        _count(tally, scan, found, f"{mix.name} {seed}{rank} {dpi} dpi")
    return tally


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
        tally.boxes[content.kind, scan.device, scan.blemish, verdict] += 1
        if is_wrong(content, verdict):
            tally.faults.append(
                f"{name} box {index + 1} ({scan.device}, {scan.blemish}): {content.kind} → {verdict}"
            )
        if not content.is_doubtful:
            tally.answerable += 1
            if verdict in {ASKED, NO_PAGE}:
                tally.asked += 1
                tally.reasons[reading.reason if reading else NO_PAGE] += 1


def is_wrong(content: Content, verdict: str) -> bool:
    """Whether what was said is one of the two errors that must not be."""
    if verdict == InkState.SIGNED:
        return not content.is_signed
    return verdict == InkState.EMPTY and content.is_inked
