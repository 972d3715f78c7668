from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from piles_docs.errors import PilesError
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.store import Ledger

from .postgresql_server import PostgresqlServer

InChild = Callable[[Callable[[], object]], Any]


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def server(postgresql_server: PostgresqlServer) -> PostgresqlServer:
    """A PostgreSQL server for the tests of this worker."""
    return postgresql_server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a ledger in a file is."""
    return tmp_path / "records" / "registre.sqlite"


@pytest.fixture
def url(server: PostgresqlServer) -> Iterator[str]:
    """Where a ledger in a database of its own is."""
    fresh = server.fresh_database()
    yield fresh
    server.drop(fresh)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Path | str:
    """Where a ledger is, in each kind of database; nothing is there yet."""
    found: Path | str = request.getfixturevalue("path" if request.param == "sqlite" else "url")
    return found


@pytest.fixture
def ledger(place: Path | str) -> Ledger:
    return Ledger.open(place)


@contextmanager
def connected(place: Path | str) -> Iterator[sqlite3.Connection | psycopg.Connection]:
    """Reach the tables of a ledger without the program, in one transaction."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as file, file:
            yield file
    else:
        with psycopg.connect(place, options="-csearch_path=piles") as connection:
            yield connection


def by_hand(place: Path | str, *statements: str) -> None:
    """Do to a ledger what someone with all rights could do."""
    with connected(place) as connection:
        for statement in statements:
            connection.execute(statement)


def tamper(place: Path | str, *statements: str) -> None:
    """The same, once what protects the events is gone."""
    table = "" if isinstance(place, Path) else " ON events"
    names = ("events_keep", "events_stay", "events_follow")
    by_hand(place, *(f"DROP TRIGGER {name}{table}" for name in names), *statements)


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
            # Its parts are what tests look at.
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
