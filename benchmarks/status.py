#!/usr/bin/env python3
"""Measure `piles status` over many cases, each command in a process of its own; prints a Markdown table.

    .venv/bin/python benchmarks/status.py                       # 10 000 cases, some minutes to make them
    .venv/bin/python benchmarks/status.py --cases 500 --keep reseau

Every case is the sample case `embrunais`, with its twenty documents and more, under another name, somewhere
on its way: what happened to it is drawn from a seed. A folder given with --keep is made once and used again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from piles_docs.case.models import Case
from piles_docs.case.network_models import Network
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import Act, Issued, Means, MilestoneReached, Original, Signed
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.parties import full_name, in_signing_order, signatory
from piles_docs.methodology.rules import assess, current_values
from piles_docs.methodology.states import Key
from piles_docs.methodology.threads import reference
from piles_docs.usecases.state_index import FILE
from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = "embrunais"
TODAY = dt.date(2026, 11, 22)
SEED = 20261122
FIRST_NAMES = ("Lise", "Inès", "Paule", "Noémie", "Ana", "Huguette", "Zoé", "Alix", "Rose", "Jeanne")
PROGRAM = [sys.executable, "-m", "piles_docs"]
METHODOLOGY = load_methodology()
LONGEST_VALUES = 40


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--keep", type=Path, help="make the workspace here, or use the one that is here")
    words = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="piles-") as folder:
        root = words.keep or Path(folder)
        if not (root / "piles.toml").exists():
            make_network(root, words.cases)
        report(root)


# ---------------------------------------------------------------- the network


def make_network(root: Path, number: int) -> None:
    """Write a workspace of so many cases: files, and acts in the ledger."""
    (root / "cases").mkdir(parents=True, exist_ok=True)
    (root / "piles.toml").write_bytes((ROOT / "piles.toml").read_bytes())
    workspace = Workspace(root)
    network, ledger = workspace.network(), workspace.ledger()
    sample = Workspace(ROOT).case(SAMPLE)
    text = (ROOT / f"cases/{SAMPLE}.yaml").read_text("utf-8")
    chance = random.Random(SEED)  # noqa: S311  # the same network each time
    events = 0
    now = dt.datetime.combine(TODAY, dt.time(8), dt.UTC)
    for rank in range(number):
        case = named(sample, rank, chance)
        workspace.case_file(case.dossier).write_text(rewritten(text, sample, case), "utf-8")
        entries = [entry_of(act) for act in acts_of(case, network, chance)]
        events += len(ledger.append(case.dossier, entries, expected=0, now=now))
        if rank % 100 == 99:
            say(f"\r{rank + 1} / {number}")
    say(f"\n{events} events\n")


def named(sample: Case, rank: int, chance: random.Random) -> Case:
    """The sample case under another name, with another president."""
    person = sample.porteuse.representant.model_copy(update={"prenom": chance.choice(FIRST_NAMES)})
    return sample.model_copy(
        update={
            "dossier": f"territoire-{rank:05}",
            "piles": sample.piles.model_copy(update={"nom": f"PILES du territoire {rank}"}),
            "porteuse": sample.porteuse.model_copy(update={"representant": person}),
        }
    )


def rewritten(text: str, sample: Case, case: Case) -> str:
    """The file that describes it."""
    for old, new in (
        (f"dossier: {SAMPLE}", f"dossier: {case.dossier}"),
        ("nom: PILES de l'Embrunais", f"nom: {case.piles.nom}"),
        (
            f"prenom: {sample.porteuse.representant.prenom}",
            f"prenom: {case.porteuse.representant.prenom}",
        ),
    ):
        text = text.replace(old, new, 1)
    return text


def acts_of(case: Case, network: Network, chance: random.Random) -> Iterator[Act]:
    """What happened to a case until it came to some step; documents of that step wait for signatures."""
    reached = chance.randint(1, 8)
    state = assess(case, network, (), TODAY, METHODOLOGY)
    values = dict(list(current_values(case, network).items())[:LONGEST_VALUES])
    day = TODAY - dt.timedelta(days=60 * reached + chance.randint(0, 120))
    for step in range(1, reached + 1):
        day += dt.timedelta(days=chance.randint(1, 30))
        for document in state.documents:
            if document.step != step or document.lacks:
                continue
            issued = issue(case, network, document.key, min(day, TODAY), values)
            yield issued
            waiting = chance.randint(0, len(issued.means)) if step == reached else 0
            parties = in_signing_order(issued.means)
            for party in parties[: len(parties) - waiting]:
                for original in issued.originals:
                    yield Signed(
                        on=issued.on,
                        reference=issued.reference,
                        party=party,
                        original=original.number,
                        means=Means.PAPER,
                    )
        if step < reached and step <= len(METHODOLOGY.gated_steps):
            for milestone in METHODOLOGY.steps[step - 1].milestones:
                yield MilestoneReached(on=min(day, TODAY), milestone=milestone)


def issue(case: Case, network: Network, key: Key, on: dt.date, values: dict[str, str]) -> Issued:
    """The act that issues a document on paper."""
    document = METHODOLOGY.document(key.document)
    many = len(document.signatories) if document.originals == "one-a-party" else 1
    return Issued(
        on=on,
        document=key.document,
        recipient=key.recipient,
        period=key.period,
        version=1,
        reference=reference(case.dossier, key, 1),
        means=dict.fromkeys(document.signatories, Means.PAPER),
        originals=tuple(
            Original(number=number, docx_sha256="0" * 64, pdf_sha256="1" * 64, pages=4)
            for number in range(1, many + 1)
        ),
        due_on=on + dt.timedelta(days=15),
        ends_on=on + dt.timedelta(days=365) if document.ends else None,
        template_sha256="2" * 64,
        signatories={party: full_name(signatory(party, case, network)) for party in document.signatories},
        values=values,
    )


# ---------------------------------------------------------------- the figures


def report(root: Path) -> None:
    """Run the commands and print what they took."""
    first = min((root / "cases").glob("*.yaml")).stem
    index = root / "out" / FILE
    index.unlink(missing_ok=True)
    rows = [measure(root, "first status ever: the index is built", "status")]
    rows += [measure(root, f"status of all, {rank}", "status") for rank in ("once", "twice")]
    if drop_page_cache():
        rows.append(measure(root, "status of all, nothing in the disk cache", "status"))
    rows += [
        measure(root, "status of one", "status", first),
        measure(root, "status --missing", "status", "--missing"),
        measure(root, "status --csv", "status", "--csv"),
        measure(root, "status --html", "status", "--html", "out/reseau.html"),
        measure(root, "status --json", "status", "--json"),
        measure(root, "piles --help", "--help"),
    ]
    print(f"{len(list((root / 'cases').glob('*.yaml')))} cases, {os.cpu_count()} cores, "
          f"Python {sys.version.split()[0]}; index of {index.stat().st_size / 1e6:.0f} MB\n")  # fmt: skip
    print("| command | seconds | output | peak memory |\n| --- | ---: | ---: | ---: |")
    for row in rows:
        print(row)


def measure(root: Path, title: str, *words: str) -> str:
    """Run one command; a row of the table. The peak is that of the command's largest process."""
    dated = ["--as-of", TODAY.isoformat()] if "status" in words else []
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen([*PROGRAM, *words, *dated], cwd=root, stdout=output, stderr=output)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begin
        size = output.seek(0, os.SEEK_END)
    if child.returncode not in {0, 3}:
        raise SystemExit(f"piles {' '.join(words)}: {child.returncode}")
    return f"| {title} | {seconds:.2f} | {size / 1e6:.1f} MB | {used.ru_maxrss / 1024:.0f} MB |"


def drop_page_cache() -> bool:
    """Empty the system's cache of files, where that is permitted."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3", "ascii")
    except OSError:
        return False
    return True


def say(text: str) -> None:
    sys.stderr.write(text)


if __name__ == "__main__":
    main()
