#!/usr/bin/env python3
"""How fast the ledger is on this machine: prints a Markdown table; judges nothing.

Usage: benchmarks/ledger.py [--events N] [--cases N] [--postgresql URL]
A PostgreSQL database that is given must be empty: what is recorded stays recorded.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from piles_docs.ledger.acts import archived_by, entry_of
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.events import Entry
from piles_docs.ledger.heads import read_heads
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.verification import verify
from piles_docs.methodology.acts import Issued, Means, MilestoneReached, Original, Signed

SEED = 20261013
NOW = datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)
DAY = date(2026, 10, 13)
APPENDS = 200
Measured = tuple[str, str]
Result = TypeVar("Result")


def history(chance: random.Random, number: int, events: int) -> list[Entry]:
    """What might happen to a case: an issue in ten, milestones and signatures.

    No file is cited that is not in the archive: each is the digest of nothing, kept once.
    """
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    acts: list[Issued | Signed | MilestoneReached] = []
    for place in range(events):
        reference = f"dossier-{number:05}.convention-amorcage.v{place}"
        if place % 10 == 0:
            original = Original(number=1, docx_sha256=nothing, pdf_sha256=nothing, pages=4)
            acts.append(
                Issued(
                    on=DAY,
                    document="convention-amorcage",
                    version=1,
                    reference=reference,
                    means={"porteuse": Means.PAPER, "tete-de-reseau": Means.PAPER},
                    originals=(original,),
                    template_sha256=f"{chance.getrandbits(256):064x}",
                    signatories={"porteuse": "Mme Lise Exemple", "tete-de-reseau": "M. Paul Exemple"},
                    values={f"porteuse.valeur_{field}": "Une valeur du dossier" for field in range(12)},
                )
            )
        elif place % 2:
            note = f"Vu par Mme Lise Exemple, {chance.randint(1, 99)} rue du Pont"
            acts.append(
                Signed(
                    on=DAY, reference=reference, party="porteuse", original=1, means=Means.PAPER, note=note
                )
            )
        else:
            acts.append(MilestoneReached(on=DAY, milestone="rencontre-faite"))
    return [entry_of(act) for act in acts]


def fill(place: Path | str, cases: int, events: int) -> list[Measured]:
    """Record a whole history for each case."""
    ledger, chance = Ledger.open(place), random.Random(SEED)  # noqa: S311  # not a secret
    began = time.perf_counter()
    for number in range(cases):
        ledger.append(f"dossier-{number:05}", history(chance, number, events), expected=0, now=NOW)
    seconds = time.perf_counter() - began
    label = f"record {cases * events:,} events, {events} in each of {cases:,} transactions"
    return [(label, f"{cases * events / seconds:,.0f} events/s")]


def append(place: Path | str) -> list[Measured]:
    """Record one event at a time, each on the disk before the next."""
    ledger = Ledger.open(place)
    (entry,) = history(random.Random(SEED), 0, 1)  # noqa: S311  # not a secret
    began = time.perf_counter()
    for _ in range(APPENDS):
        ledger.append("dossier-00000", [entry], expected=None, now=NOW)
    return [("record one event", f"{1000 * (time.perf_counter() - began) / APPENDS:.1f} ms")]


def read_one(place: Path | str) -> list[Measured]:
    """Read the chain of one case out of the middle."""
    ledger = Ledger.open(place)
    dossiers = ledger.dossiers()
    seconds, events = _timed(lambda: ledger.events(dossiers[len(dossiers) // 2]))
    return [(f"read one case of {len(events)} events", f"{1000 * seconds:.1f} ms")]


def heads(place: Path | str) -> list[Measured]:
    """Read the heads of all cases."""
    ledger = Ledger.open(place)
    seconds, found = _timed(ledger.heads)
    rows = [(f"heads of {len(found):,} cases", f"{1000 * seconds:.1f} ms")]
    if isinstance(place, Path):
        seconds, light = _timed(lambda: read_heads(place))
        rows.append((f"the same without SQLAlchemy, of {len(light):,} cases", f"{1000 * seconds:.1f} ms"))
    return rows


def verified(place: Path | str, records: Path) -> list[Measured]:
    """Verify everything."""
    ledger, archive = Ledger.open(place), Archive(records / "archive")
    archive.put(b"")
    total = sum(head.sequence for head in ledger.heads().values())
    began = time.perf_counter()
    findings = verify(ledger, archive, archived_by)
    seconds = time.perf_counter() - began
    label = f"verify {total:,} events ({len(findings)} findings)"
    return [(label, f"{total / seconds:,.0f} events/s, {seconds:.1f} s")]


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """The quickest of five runs, in seconds, and what it gave."""
    best, result = float("inf"), work()
    for _ in range(5):
        began = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - began)
    return best, result


def _measured(work: Callable[[], list[Measured]]) -> list[tuple[str, str, str]]:
    """Do a piece of work in a process of its own, and add the most memory that it had."""
    with multiprocessing.get_context("spawn").Pool(1) as child:
        rows, kilobytes = child.apply(_with_memory, (work,))
    return [(label, figure, f"{kilobytes / 1024:.0f} MiB") for label, figure in rows]


def _with_memory(work: Callable[[], list[Measured]]) -> tuple[list[Measured], int]:
    return work(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Measure each thing and print the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--events", type=int, default=500_000)
    words.add_argument("--cases", type=int, default=10_000)
    words.add_argument("--postgresql", metavar="URL")
    asked = words.parse_args()
    each = max(1, asked.events // asked.cases)
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder)
        places: list[tuple[str, Path | str]] = [("SQLite", records / "registre.sqlite")]
        if asked.postgresql:
            places.append(("PostgreSQL", asked.postgresql))
        print("| database | what | figure | peak memory |\n| --- | --- | --- | --- |")
        for name, place in places:
            for work in (
                partial(fill, place, asked.cases, each),
                partial(append, place),
                partial(read_one, place),
                partial(heads, place),
                partial(verified, place, records),
            ):
                for row in _measured(work):
                    print(f"| {name} | {' | '.join(row)} |", flush=True)
            if isinstance(place, Path):
                print(f"| {name} | size of the file | {place.stat().st_size / 2**20:.0f} MiB | |", flush=True)


if __name__ == "__main__":
    main()
