"""Killed at any instant, or run twice at once: nobody gets two messages about the same document."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from piles_docs.methodology.acts import Mailed, MailEnded
from piles_docs.methodology.threads import history
from piles_docs.usecases.verify import verify
from piles_docs.usecases.workspace import Workspace

from .posting import CASE, at, by_server, edit, messages, office, read, remind_one, sign, smtp

KILLS = 8
DELAY = 7


@pytest.fixture
def workspace(issued: Path, tmp_path: Path) -> Workspace:
    """Three parties have something to sign, and all three it is their turn."""
    shutil.copytree(issued, tmp_path / "espace")
    workspace = Workspace(tmp_path / "espace")
    sign(workspace, "convention-cadre", "porteuse", 0)
    sign(workspace, "plan-formation", "porteuse", 0)
    return workspace


def run(workspace: Workspace, day: int, names: Callable[[], str]) -> float:
    """Remind, by the server where there is one; gives the seconds it took."""
    began = time.monotonic()
    by_smtp = workspace.network().courriel.serveur is not None
    with smtp(workspace) if by_smtp else nullcontext() as line:
        remind_one(workspace, day, through=office(line, names))
    return time.monotonic() - began


def names_of(run_number: int) -> Callable[[], str]:
    """Message-IDs that no other run gives."""
    numbers = count()
    return lambda: f"{run_number:04x}{next(numbers):04x}"


def killed_after(seconds: float, workspace: Workspace, day: int, names: Callable[[], str]) -> bool:
    """Remind in a process that is killed after a time; whether it was still at work."""
    child = os.fork()
    if child == 0:
        try:
            run(workspace, day, names)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def two_about_the_same(workspace: Workspace, ids: list[str]) -> list[tuple[str, str, str]]:
    """Parties, documents and days about which more than one of these messages left."""
    about = {act.message: act for act in workspace.acts(CASE) if isinstance(act, Mailed)}
    assert set(ids) <= set(about), "a message left of which the ledger knows nothing"
    counted = Counter(
        (about[name].party, reference, about[name].on.isoformat())
        for name in ids
        for reference in about[name].references
    )
    return [what for what, number in counted.items() if number > 1]


def test_killed_at_any_instant_nobody_gets_two_messages(
    workspace: Workspace, mail_server: Callable[..., Any]
) -> None:
    server = mail_server()
    by_server(workspace, server.port)
    edit(
        workspace.root / "cases" / f"{CASE}.yaml",
        "presidence@haute-durance.example",
        "pose@haute-durance.example",
    )
    longest = run(workspace, DELAY, names_of(0))
    instants = random.Random(20261013)  # noqa: S311 - instants of death, not secrets
    killed = 0
    for attempt in range(1, KILLS + 1):
        day = DELAY * (attempt + 1)
        killed += killed_after(instants.uniform(0, longest), workspace, day, names_of(2 * attempt))
        run(workspace, day, names_of(2 * attempt + 1))
        assert verify(workspace) == ()
        ids = [str(read(one.content)["Message-ID"]) for one in server.received()]
        assert two_about_the_same(workspace, ids) == []
        # Each of the three was written to, or it is known that nobody knows.
        today = {
            act.party for act in workspace.acts(CASE) if isinstance(act, Mailed) and act.on == at(day).today
        }
        assert today == {"porteuse", "animateur", "tete-de-reseau"}
    assert killed, "no run was still at work when it was killed"


def test_killed_while_writing_files_each_is_there_once(workspace: Workspace) -> None:
    longest = run(workspace, DELAY, names_of(0))
    instants = random.Random(20261014)  # noqa: S311 - as above
    killed = 0
    for attempt in range(1, KILLS // 2 + 1):
        day = DELAY * (attempt + 1)
        killed += killed_after(instants.uniform(0, longest), workspace, day, names_of(2 * attempt))
        run(workspace, day, names_of(2 * attempt + 1))
        assert verify(workspace) == ()
        ids = [str(message["Message-ID"]) for message in messages(workspace)]
        assert two_about_the_same(workspace, ids) == []
        assert len(ids) == 3 * (attempt + 1)
        left = {mail.message for mail in history(workspace.acts(CASE)).mails}
        assert set(ids) == left
        ended = {act.message for act in workspace.acts(CASE) if isinstance(act, MailEnded)}
        assert left <= ended
    assert killed, "no run was still at work when it was killed"


def test_two_runs_at_once_send_each_message_once(
    workspace: Workspace, mail_server: Callable[..., Any]
) -> None:
    server = mail_server()
    by_server(workspace, server.port)
    context = get_context("fork")
    runs = [context.Process(target=run, args=(workspace, DELAY, names_of(number))) for number in range(2)]
    for process in runs:
        process.start()
    for process in runs:
        process.join(120)
        assert process.exitcode == 0
    assert sorted(one.to for one in server.received()) == [
        "animation@haute-durance.example",
        "presidence@haute-durance.example",
        "presidence@tete-de-reseau.example",
    ]
    assert verify(workspace) == ()
