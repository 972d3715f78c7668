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

from .postgresql_server import PostgresqlServer

KILLS = 20
WRITERS = 4
WRITES = 8


def evidence(facts: JsonObject) -> list[str]:
    return [facts["evidence"]]


def _write_until_killed(place: Path | str, archive: Archive, now: datetime, done: int) -> None:
    ledger = Ledger.open(place)
    while True:
        sha256 = archive.put(os.urandom(2000))
        entry = Entry(kind="signed", facts={"evidence": sha256}, personal={"note": "Mme Lise Exemple"})
        last = ledger.append("a", [entry, entry], expected=None, now=now)[-1]
        os.write(done, f"{last.sequence}\n".encode())


def _killed_after(acts: int, seconds: float, place: Path | str, archive: Archive, now: datetime) -> int:
    """Kill a writing process some time after an act; gives the last sequence that it said to be done."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _write_until_killed(place, archive, now, sending)
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
    place: Path | str, request: pytest.FixtureRequest, archive: Archive, now: datetime, fresh: bool
) -> None:
    instants = random.Random(20261013)  # noqa: S311 - instants of death, not secrets
    for attempt in range(KILLS // 2):
        if fresh and attempt:
            place = _another(place, attempt, request)
        said = _killed_after(instants.randint(0, 2), instants.uniform(0, 0.03), place, archive, now)
        ledger = Ledger.open(place)
        assert [finding for finding in verify(ledger, archive, evidence) if not finding.harmless] == []
        recorded = len(ledger.events("a"))
        assert recorded >= said
        assert recorded % 2 == 0, "two entries of one transaction were parted"
        sha256 = archive.put(b"la suite")
        (event,) = ledger.append("b", [Entry(kind="x", facts={"evidence": sha256})], expected=None, now=now)
        assert event.sequence == (1 if fresh else attempt + 1)


def _another(place: Path | str, attempt: int, request: pytest.FixtureRequest) -> Path | str:
    if isinstance(place, Path):
        return place.with_name(f"{attempt}") / "registre.sqlite"
    server: PostgresqlServer = request.getfixturevalue("server")
    return server.fresh_database()


def _write_many(place: Path | str, writer: int, now: datetime, careful: bool) -> None:
    ledger = Ledger.open(place, patience=60)
    for number in range(WRITES):
        entry = Entry(kind="x", facts={"writer": writer, "number": number}, personal={"note": "x"})
        while True:
            seen = len(ledger.events("a")) if careful else None
            try:
                ledger.append("a", [entry], expected=seen, now=now)
            except WouldOverwrite:
                if careful:
                    continue
                raise
            break


@pytest.mark.parametrize(
    "careful", [True, False], ids=["each expects what it saw", "each follows what is there"]
)
def test_several_processes_on_one_case_lose_nothing_and_never_fork_it(
    place: Path | str, archive: Archive, now: datetime, careful: bool
) -> None:
    """They make the ledger, too: nobody did before."""
    context = get_context("fork")
    writers = [
        context.Process(target=_write_many, args=(place, writer, now, careful)) for writer in range(WRITERS)
    ]
    for process in writers:
        process.start()
    for process in writers:
        process.join(60)
        assert process.exitcode == 0
    ledger = Ledger.open(place)
    events = ledger.events("a")
    assert [event.sequence for event in events] == list(range(1, WRITERS * WRITES + 1))
    written = sorted((event.facts["writer"], event.facts["number"]) for event in events)
    assert written == [(writer, number) for writer in range(WRITERS) for number in range(WRITES)]
    assert verify(ledger, archive, lambda _facts: ()) == ()
