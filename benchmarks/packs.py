#!/usr/bin/env python3
"""What a pack of 140 pages with codes costs, beside pypdf's merge_page and append, in one run.

Prints a Markdown table of medians and ratios; judges nothing. The documents are those of a sample case, made
by LibreOffice before the clock starts. pypdf gets its stamps ready-made, one a page; ours are drawn while the
clock runs. Issuing writes each original as a file of its own, then binds: the first row has both do so. In
the second, pypdf takes its shortest way, all in one writer, and ours does the same work as before.
Usage: benchmarks/packs.py [--runs N]
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pikepdf
from pypdf import PdfReader, PdfWriter

from piles_docs.documents.conversion import find_converter
from piles_docs.documents.making import Order, make
from piles_docs.documents.originals import complete
from piles_docs.methodology.acts import Means
from piles_docs.methodology.instances import period
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.page_codes import code_of
from piles_docs.methodology.states import Key
from piles_docs.packs.binding import Part, bind, page_count
from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
PAGES = 140
CASE = "embrunais"
DOCUMENTS = ("deliberation", "charte", "convention-amorcage", "convention-cadre", "convention-annuelle")


@dataclass(frozen=True)
class Comparison:
    """Two ways to do a thing: medians, in seconds."""

    what: str
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.theirs / self.ours


@dataclass(frozen=True)
class Original:
    """A document as the converter made it, the name in its codes, and the same codes as pages to lay over."""

    pdf: bytes
    code: str
    stamps: bytes


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    print(f"Medians of {runs} runs, a pack of {PAGES} pages.\n")
    print("| what | ours | pypdf | times faster |\n| --- | ---: | ---: | ---: |")
    for row in measure(runs):
        print(f"| {row.what} | {1000 * row.ours:.0f} ms | {1000 * row.theirs:.0f} ms | {row.ratio:.1f} |")


def measure(runs: int) -> list[Comparison]:
    """Compare in this process, the two ways in turn, after one run of each that does not count."""
    originals = list(_originals())
    parts = [_part(one, _marked(one)) for one in originals]
    pairs = {
        f"{len(originals)} originals stamped, then bound": (_ours, _theirs),
        "the same; pypdf: bound at once, never written apart": (_ours, _stamped),
        "bound alone, with their stamps": (
            lambda _: bind(parts, title="Dossier"),
            lambda _: _appended(parts),
        ),
    }
    assert page_count(_ours(originals), name="") == page_count(_theirs(originals), name="") == PAGES  # noqa: S101  # the same work
    rows = []
    for what, (ours, theirs) in pairs.items():
        times = [(_seconds(ours, originals), _seconds(theirs, originals)) for _ in range(runs + 1)][1:]
        rows.append(Comparison(what, *map(statistics.median, zip(*times, strict=True))))
    return rows


def _ours(originals: Sequence[Original]) -> bytes:
    return bind([_part(one, _marked(one)) for one in originals], title="Dossier")


def _marked(one: Original) -> bytes:
    return complete(one.pdf, code=one.code, labels={}, name="")


def _part(one: Original, content: bytes) -> Part:
    return Part(title=one.code, content=content)


def _theirs(originals: Sequence[Original]) -> bytes:
    return _appended([_part(one, _stamped([one])) for one in originals])


def _stamped(originals: Sequence[Original]) -> bytes:
    """All appended, then each page stamped: pypdf 7 merges into the pages of a writer alone."""
    writer, output = PdfWriter(), io.BytesIO()
    for one in originals:
        writer.append(io.BytesIO(one.pdf), outline_item=one.code, import_outline=False)
    stamps = [stamp for one in originals for stamp in PdfReader(io.BytesIO(one.stamps)).pages]
    for page, stamp in zip(writer.pages, stamps, strict=True):
        page.merge_page(stamp)
    writer.write(output)
    return output.getvalue()


def _appended(parts: Sequence[Part]) -> bytes:
    writer, output = PdfWriter(), io.BytesIO()
    for part in parts:
        writer.append(io.BytesIO(part.content), outline_item=part.title, import_outline=False)
    writer.write(output)
    return output.getvalue()


def _originals() -> Iterator[Original]:
    """Originals of real documents, over and over, until they have 140 pages together; the last is cut."""
    pdfs = find_converter("libreoffice").convert({name: _word(name) for name in DOCUMENTS})
    missing = PAGES
    for number, name in enumerate(cycle(DOCUMENTS), 1):
        pdf = _first_pages(pdfs[name], missing)
        pages = page_count(pdf, name=name)
        code = code_of(f"{CASE}.{name}.v1", number)
        yield Original(pdf, code, _stamps(pages, code))
        missing -= pages
        if not missing:
            return


def _first_pages(pdf: bytes, most: int) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if len(document.pages) <= most:
            return pdf
        del document.pages[most:]
        output = io.BytesIO()
        document.save(output)
    return output.getvalue()


def _word(name: str) -> bytes:
    workspace, document = Workspace(ROOT), load_methodology().document(name)
    case = workspace.case(CASE)
    order = Order(
        document=document,
        key=Key(name, None, period(document, case)),
        reference=f"{CASE}.{name}.v1",
        version=1,
        draft=False,
        means=Means.PAPER,
        originals=1,
        issued_on=dt.date(2026, 1, 12),
    )
    return make(order, case, workspace.network(), workspace.template(name)).docx


def _stamps(pages: int, code: str) -> bytes:
    """The marks of a document, on pages that are otherwise empty."""
    with pikepdf.new() as blank:
        for _ in range(pages):
            blank.add_blank_page(page_size=(595.3, 841.9))
        output = io.BytesIO()
        blank.save(output)
    return complete(output.getvalue(), code=code, labels={}, name="")


def _seconds(work: Callable[[Sequence[Original]], bytes], originals: Sequence[Original]) -> float:
    begun = time.perf_counter()
    work(originals)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
