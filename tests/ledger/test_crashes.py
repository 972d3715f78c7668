from __future__ import annotations

import os
import random
import signal
import time
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from piles_docs.errors import WouldOverwrite
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.events import Entry, JsonObject
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.verification import verify

KILLS = 20
WRITERS = 4
WRITES = 8


def evidence(facts: JsonObject) -> list[str]:
    return [facts["evidence"]]


def _write_until_killed(records: Path, now: datetime, done: int) -> None:
    ledger, archive = Ledger.open(records / "registre.sqlite"), Archive(records / "archive")
    while True:
        sha256 = archive.put(os.urandom(2000))
        entry = Entry(kind="signed", facts={"evidence": sha256}, personal={"note": "Mme Lise Exemple"})
        last = ledger.append("a", [entry, entry], expected=None, now=now)[-1]
        os.write(done, f"{last.sequence}\n".encode())


def _killed_after(acts: int, seconds: float, records: Path, now: datetime) -> int:
    """Kill a writing process some time after an act; gives the last sequence that it said to be done."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _write_until_killed(records, now, sending)
        finally:
            os._exit(1)
    os.close(sending)
    with os.fdopen(receiving) as pipe:
        said = [pipe.readline() for _ in range(acts)]
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the writer ended by itself"
        return max(map(int, [*said, *pipe]), default=0)


@pytest.mark.parametrize("fresh", [True, False], ids=["from nothing", "one ledger through all"])
def test_killed_at_any_instant_nothing_said_is_lost_and_nothing_is_half_done(
    tmp_path: Path, now: datetime, fresh: bool
) -> None:
    instants = random.Random(20261013)  # noqa: S311 - instants of death, not secrets
    for attempt in range(KILLS // 2):
        records = tmp_path / (f"records-{attempt}" if fresh else "records")
        said = _killed_after(instants.randint(0, 2), instants.uniform(0, 0.03), records, now)
        ledger, archive = Ledger.open(records / "registre.sqlite"), Archive(records / "archive")
        assert [finding for finding in verify(ledger, archive, evidence) if not finding.harmless] == []
        recorded = len(ledger.events("a"))
        assert recorded >= said
        assert recorded % 2 == 0, "two entries of one transaction were parted"
        sha256 = archive.put(b"la suite")
        (event,) = ledger.append("b", [Entry(kind="x", facts={"evidence": sha256})], expected=None, now=now)
        assert event.sequence == (1 if fresh else attempt + 1)


def _write_many(path: Path, writer: int, now: datetime) -> None:
    ledger = Ledger.open(path, patience=60)
    for number in range(WRITES):
        while True:
            seen = len(ledger.events("a"))
            entry = Entry(kind="x", facts={"writer": writer, "number": number}, personal={"note": "x"})
            try:
                ledger.append("a", [entry], expected=seen, now=now)
            except WouldOverwrite:
                continue
            break


def test_several_processes_on_one_case_lose_nothing_and_never_fork_it(
    ledger: Ledger, archive: Archive, now: datetime
) -> None:
    context = get_context("fork")
    writers = [
        context.Process(target=_write_many, args=(ledger.path, writer, now)) for writer in range(WRITERS)
    ]
    for process in writers:
        process.start()
    for process in writers:
        process.join(60)
        assert process.exitcode == 0
    events = ledger.events("a")
    assert [event.sequence for event in events] == list(range(1, WRITERS * WRITES + 1))
    written = sorted((event.facts["writer"], event.facts["number"]) for event in events)
    assert written == [(writer, number) for writer in range(WRITERS) for number in range(WRITES)]
    assert verify(ledger, archive, lambda _facts: ()) == ()
