#!/usr/bin/env python3
"""Run the program beside its peers, in turn, and print one table of medians and ratios; judges nothing.

    .venv/bin/python benchmarks/peers                # half an hour, on a machine that does nothing else
    .venv/bin/python benchmarks/peers --write        # the same, into docs/benchmarks.md
    .venv/bin/python benchmarks/peers --smoke        # once, without what must be installed first

Peers are installed into benchmarks/peers/.cache from pinned versions: docxtpl-ng in a Python of its own,
docxtemplater for Node, unoserver in a Python of the system. What cannot be installed is said to be missing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import pages
import starts
import words
from content import ROOT
from timing import Children, shown

import packs
import signing

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- peers -->\n", "<!-- /peers -->\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--runs", type=int, default=20)
    options.add_argument("--slow-runs", type=int, default=5, help="of what takes minutes")
    options.add_argument("--write", action="store_true")
    options.add_argument("--smoke", action="store_true")
    given = options.parse_args()
    runs, slow = (1, 1) if given.smoke else (given.runs, given.slow_runs)
    text = "\n".join(report(runs, slow, alone=given.smoke)) + "\n"
    print(text)
    if given.write:
        page = PAGE.read_text("utf-8")
        before, rest = page.split(BEGIN)
        PAGE.write_text(before + BEGIN + text + END + rest.split(END)[1], "utf-8")


def report(runs: int, slow: int, *, alone: bool) -> Iterator[str]:
    """The lines of the report."""
    notes: list[str] = []
    rows: list[str] = []
    children = Children()
    with tempfile.TemporaryDirectory(prefix="piles-") as place, children.held:
        folder = Path(place)
        forty = pages.workspace_of_forty(folder / "espace")
        rows += words.comparison(children, folder, runs, notes, alone=alone).rows()
        for comparison in starts.comparisons(forty, runs):
            rows += comparison.rows()
        if shutil.which("soffice") and not alone:
            bound = ((row.what, row.ours, row.theirs) for row in packs.measure(runs))
            rows += beside(bound, "plain pypdf", runs)
            rows += beside(signing.measure(folder / "signing", runs), "plain pyHanko", runs)
        rows += pages.comparison(children, forty, folder, slow, notes, alone=alone).rows()
    yield f"{machine()}. Medians of the time on the wall"
    yield "and, where it can be told, of the processor's; contenders take turns in one process tree.\n"
    yield "| work | who | median | times ours | of the processor | times ours | runs |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    yield from rows
    yield ""
    yield from notes


def beside(measured: Iterable[tuple[str, float, float]], peer: str, runs: int) -> Iterator[str]:
    """Rows of what another benchmark measured in pairs."""
    for work, ours, theirs in measured:
        yield f"| {work} | piles-docs | {shown(ours)} | | | | {runs} |"
        yield f"| | {peer} | {shown(theirs)} | {theirs / ours:.1f} | | | {runs} |"


def machine() -> str:
    """The machine and its programs in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    programs = [f"Python {platform.python_version()}", f"docxtpl {version('docxtpl')}"]
    for command, pattern in (("soffice", r"LibreOffice [\d.]+"), ("node", r"v[\d.]+")):
        if shutil.which(command):
            told = subprocess.run([command, "--version"], check=True, capture_output=True, text=True).stdout
            found = re.search(pattern, told)
            programs.append(found[0].replace("v", "Node ", 1) if found else command)
    day = dt.datetime.now(dt.UTC).strftime("%-d %B %Y")
    others = f"load {os.getloadavg()[2]:.0f}"  # of the last quarter of an hour, one of which is this
    return (
        f"On {day}, {cores} cores of a virtual machine with {memory:.0f} GiB, {others}, {', '.join(programs)}"
    )


if __name__ == "__main__":
    main()
