"""What a person must look at: boxes of scanned pages that a program was not sure of, with their pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from piles_docs.methodology.acts import Original
from piles_docs.methodology.threads import Sighting, Thread, history
from piles_docs.scanning.alignment import IssuedPages
from piles_docs.scanning.pages import ScanPage, read_pages
from piles_docs.scanning.recognise import recognise_page
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """One box that waits for a person's eye."""

    dossier: str
    reference: str
    document: str
    """As commands take it."""
    party: str
    signatory: str
    original: int
    page: int
    """Of the document, from 1."""
    scan_page: int
    """Of the scan, from 1."""
    reason: str
    """Why the program is not sure, in French; empty where it no longer tells."""
    crop: bytes | None = field(repr=False)
    """A PNG of the box; None where the page can no longer be laid over the issued one."""

    @property
    def signed_command(self) -> str:
        """What to type where it is signed."""
        return (
            f"piles record {self.dossier} signature {self.document} --party {self.party} "
            f"--original {self.original} --on AAAA-MM-JJ"
        )

    @property
    def empty_command(self) -> str:
        """What to type where it is not."""
        return (
            f"piles record {self.dossier} unsigned {self.document} --party {self.party} "
            f"--original {self.original}"
        )


def to_review(workspace: Workspace, dossiers: Sequence[str], *, clock: Clock) -> Iterator[ToReview]:
    """Find the boxes that wait, by case; their pictures are made again from the archived scans.

    Raises:
        CaseInvalid: A case cannot be read.
        RecordsBroken: The ledger or the archive is damaged.
    """
    for dossier in dossiers:
        now = situation(workspace, dossier, clock.today)
        for thread in history(now.acts).threads.values():
            if thread.voided:
                continue
            for (party, number), sighting in thread.uncertain.items():
                original = next(one for one in thread.issued.originals if one.number == number)
                yield _seen(workspace, dossier, thread, party, original, sighting)


def _seen(
    workspace: Workspace, dossier: str, thread: Thread, party: str, original: Original, sighting: Sighting
) -> ToReview:
    reason, crop = _look(workspace, original, party, sighting)
    return ToReview(
        dossier=dossier,
        reference=thread.issued.reference,
        document=thread.key.name,
        party=party,
        signatory=thread.issued.signatories.get(party, party),
        original=original.number,
        page=sighting.page,
        scan_page=sighting.scan_page,
        reason=reason,
        crop=crop,
    )


def _look(
    workspace: Workspace, original: Original, party: str, sighting: Sighting
) -> tuple[str, bytes | None]:
    issued = IssuedPages(pdf=workspace.archive.get(original.pdf_sha256), boxes=original.boxes)
    content = workspace.archive.get(sighting.scan_sha256)
    page = next(islice(read_pages(content), sighting.scan_page - 1, None), None)
    if isinstance(page, ScanPage):
        for reading in recognise_page(page, lambda _: issued).boxes:
            if reading.box.party == party:
                output = io.BytesIO()
                reading.crop.save(output, "PNG")
                return reading.reason, output.getvalue()
    return "", None
