#!/usr/bin/env python3
"""Draft 20 documents of each of many cases as Word, on all cores: how fast, and whether memory stays flat.

    .venv/bin/python benchmarks/many.py                    # 1 000 cases, 20 000 documents, some minutes
    .venv/bin/python benchmarks/many.py --cases 50

Every case is the sample case `embrunais` under other names: of the hub, of its host, of who signs.
Prints Markdown; judges nothing but that every document was made.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from piles_docs.usecases.clock import Clock
from piles_docs.usecases.drafts import Outcome
from piles_docs.usecases.generate import DRAFTED
from piles_docs.usecases.generate_many import Drafting, generate_many
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
SAMPLE, DOCUMENTS = "embrunais", 20
TODAY = dt.date(2026, 11, 26)
CLOCK = Clock(today=TODAY, now=dt.datetime(2026, 11, 26, 8, tzinfo=dt.UTC))
FIRST_NAMES = ("Lise", "Inès", "Paule", "Noémie", "Ana", "Huguette", "Zoé", "Alix", "Rose", "Jeanne")
SHARES = (0.1, 0.5, 1.0)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--cases", type=int, default=1_000)
    with tempfile.TemporaryDirectory(prefix="piles-") as folder:
        report(make_workspace(Path(folder), options.parse_args().cases))


def make_workspace(root: Path, number: int) -> Workspace:
    """A workspace of so many cases."""
    shutil.copytree(ROOT / "templates", root / "templates")
    shutil.copy(ROOT / "piles.toml", root)
    (root / "cases").mkdir()
    workspace, chance = Workspace(root), random.Random(20261126)  # noqa: S311  # the same cases each time
    sample = Workspace(ROOT).case(SAMPLE)
    text = (ROOT / f"cases/{SAMPLE}.yaml").read_text("utf-8")
    for rank in range(number):
        name, person = f"territoire-{rank:05}", sample.porteuse.representant
        changed = text
        for old, new in (
            (f"dossier: {SAMPLE}", f"dossier: {name}"),
            ("nom: PILES de l'Embrunais", f"nom: PILES du territoire {rank}"),
            (f"nom: {sample.porteuse.nom}", f"nom: Collectif solidaire du territoire {rank}"),
            ("siege: {voie: 5 rue", f"siege: {{voie: {rank + 1} rue"),
            (f"prenom: {person.prenom}", f"prenom: {chance.choice(FIRST_NAMES)}"),
            (f"nom: {person.nom}", f"nom: {person.nom}-{in_letters(rank)}"),
        ):
            assert old in changed, old  # noqa: S101  # the sample changed
            changed = changed.replace(old, new, 1)
        workspace.case_file(name).write_text(changed, "utf-8")
    return workspace


def in_letters(rank: int) -> str:
    """A name that no other rank has."""
    return "".join("abcdefghij"[int(figure)] for figure in str(rank)).capitalize()


def report(workspace: Workspace) -> None:
    """Draft everything, and print what it took."""
    dossiers = workspace.dossiers()
    states = situation(workspace, dossiers[0], TODAY).state.documents
    possible = [state.key.name for state in states if state.state in DRAFTED and not state.lacks]
    drafting = Drafting(
        workspace=workspace,
        documents=tuple(possible[:DOCUMENTS]),
        converter=None,
        overwrite=False,
        clock=CLOCK,
    )
    points = {max(1, round(share * len(dossiers))): share for share in SHARES}
    rows, begun = [], time.perf_counter()
    for rank, drafted in enumerate(generate_many(drafting, dossiers), 1):
        outcomes = [draft.outcome for draft in drafted.drafts]
        assert outcomes == [Outcome.MADE] * DOCUMENTS, (drafted.error, outcomes)  # noqa: S101  # no half run counts
        if rank in points:
            seconds = time.perf_counter() - begun
            made = rank * DOCUMENTS
            rows.append(
                f"| {points[rank]:.0%} | {made:,} | {seconds:.0f} s | {made / seconds:.0f} | {memory()} |"
            )
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{rank} / {len(dossiers)}")
    cores = len(os.sched_getaffinity(0))
    print(f"{len(dossiers):,} cases, {len(dossiers) * DOCUMENTS:,} documents, {cores} cores.\n")
    print("| done | documents | after | documents a second | memory: parent, then each process (peak) |")
    print("| ---: | ---: | ---: | ---: | --- |")
    print("\n".join(rows))
    used = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    print(f"\nOf the processor: {1000 * used / (len(dossiers) * DOCUMENTS):.1f} ms a document, all included.")


def memory() -> str:
    """The resident memory of this process and of its children now, with each one's peak, in MiB."""
    pids = [os.getpid(), *sorted(child.pid or 0 for child in multiprocessing.active_children())]
    return ", ".join(f"{_status(pid, 'VmRSS')} ({_status(pid, 'VmHWM')})" for pid in pids)


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
