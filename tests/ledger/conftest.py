from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from piles_docs.errors import PilesError
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.store import Ledger

InChild = Callable[[Callable[[], object]], Any]


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "records" / "registre.sqlite")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "records" / "archive")


def _run_in_child(work: Callable[[], object]) -> Any:
    """Run in a process of its own, for limits that cannot be taken back; gives the result or the error."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        answer: object = "the child failed"
        try:
            answer = work()
        except PilesError as error:
            answer = error
        except BaseException as error:  # noqa: BLE001 - a child must never go on as a second test run
            answer = repr(error)
        finally:
            # An error with keyword-only arguments does not survive pickling: its parts do.
            if isinstance(answer, PilesError):
                answer = (type(answer), answer.message, answer.remedy)
            os.write(sending, pickle.dumps(answer))
            os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(content)  # noqa: S301 - written by our own child


@pytest.fixture
def in_child() -> InChild:
    return _run_in_child


@pytest.fixture
def as_nobody() -> InChild:
    """Run without the rights of root, before which permissions are nothing."""

    def run(work: Callable[[], object]) -> Any:
        def without_rights() -> object:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            return work()

        return _run_in_child(without_rights)

    return run


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that a person without rights can enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for inside in (folder, *folder.glob("**/")):
        inside.chmod(0o755)
    shutil.rmtree(folder)
