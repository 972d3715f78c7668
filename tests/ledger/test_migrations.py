"""Ledgers of older versions: read as they are, brought up to date by the first record, whole or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, event, inspect

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.events import Entry
from piles_docs.ledger.heads import Head, read_heads
from piles_docs.ledger.reading import read_chain
from piles_docs.ledger.schema import NEWEST, REVISIONS, stamping
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.tables import metadata
from piles_docs.ledger.verification import verify

from .conftest import InChild, by_hand, connected

# What the version without heads and without any mark made, with its own events in it: two cases, one event
# whose personal data are erased.
OLD = (Path(__file__).parent / "registre-0001.sql").read_text("utf-8")
ENDS = {
    "embrunais": Head("embrunais", 1, "989d1868cb179ee560a761e054a1126ff886e454cf56e3a10f94ad57209713fe"),
    "haut-verdon": Head("haut-verdon", 3, "5de6b58f828087ee9c8c61aad4beeefd25459daf5d4d7cc0b3624019c65ae532"),
}
ENTRY = Entry(kind="milestone", facts={"milestone": "rencontre-faite"}, personal={"note": "Mme Lise Exemple"})


def make_old(place: Path | str) -> None:
    """Make a ledger of the first revision, events included."""
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(place)) as connection:
            connection.executescript(OLD)
        return
    with closing(sqlite3.connect(":memory:")) as source:
        source.executescript(OLD)
        rows = source.execute("SELECT * FROM events ORDER BY dossier, sequence").fetchall()
    with psycopg.connect(place) as target:
        for statement in (*REVISIONS["0001"]["postgresql"], *stamping("0001", "postgresql")):
            target.execute(statement.encode())
        marks = ", ".join(["%s"] * len(rows[0]))
        target.cursor().executemany(f"INSERT INTO piles.events VALUES ({marks})".encode(), rows)  # noqa: S608


@pytest.fixture
def old(place: Path | str) -> Ledger:
    make_old(place)
    return Ledger.open(place)


def shape(place: Path | str) -> object:
    """What a database holds beside rows, as it tells it itself."""
    with connected(place) as connection:
        if isinstance(connection, sqlite3.Connection):
            found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
            return [(kind, name, " ".join((sql or "").split())) for kind, name, sql in found]
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, collation_name, is_nullable FROM "
            "information_schema.columns WHERE table_schema = 'piles' ORDER BY 1, ordinal_position"
        ).fetchall()
        triggers = connection.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        ).fetchall()
        functions = connection.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'piles'::regnamespace ORDER BY 1"
        ).fetchall()
        indexes = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'piles' ORDER BY 1"
        ).fetchall()
        return columns, triggers, functions, indexes


def revision(place: Path | str) -> list[str]:
    with connected(place) as connection:
        return [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]


def test_an_older_ledger_is_read_as_it_is(old: Ledger, place: Path | str, archive: Archive) -> None:
    before = shape(place)
    assert old.heads() == ENDS
    assert old.dossiers() == ("embrunais", "haut-verdon")
    assert [event.erased for event in old.events("haut-verdon")] == [False, True, False]
    assert [finding.harmless for finding in verify(old, archive, lambda _facts: ())] == [True]
    assert shape(place) == before


def test_the_first_record_brings_an_older_ledger_up_to_date(
    old: Ledger, place: Path | str, archive: Archive, now: datetime
) -> None:
    before = old.events("haut-verdon")
    added = old.append("haut-verdon", [ENTRY], expected=3, now=now)
    assert old.events("haut-verdon") == before + added
    assert old.heads() == {**ENDS, "haut-verdon": Head("haut-verdon", 4, added[-1].digest)}
    assert [finding.harmless for finding in verify(old, archive, lambda _facts: ())] == [True]
    assert revision(place) == [NEWEST]


def test_a_ledger_brought_up_to_date_is_as_a_new_one(
    old: Ledger, place: Path | str, request: pytest.FixtureRequest, now: datetime
) -> None:
    old.append("a", [ENTRY], expected=0, now=now)
    brought = shape(place)
    if isinstance(place, Path):
        new: Path | str = place.with_name("neuf.sqlite")
    else:
        new = request.getfixturevalue("server").fresh_database()
    Ledger.open(new).append("a", [ENTRY], expected=0, now=now)
    # The first version wrote the same table in another layout.
    assert _without_layout(brought) == _without_layout(shape(new))


def _without_layout(found: object) -> str:
    return str(found).replace("( ", "(").replace(" )", ")").replace(" (", "(").replace(" ,", ",")


def test_erasing_in_an_older_ledger_brings_it_up_to_date(old: Ledger, place: Path | str) -> None:
    assert old.erase_personal("haut-verdon", up_to=3) == 2
    assert all(event.erased for event in old.events("haut-verdon"))
    assert revision(place) == [NEWEST]


def test_the_tables_that_are_asked_are_those_that_are_made(
    ledger: Ledger, place: Path | str, now: datetime
) -> None:
    ledger.append("a", [ENTRY], expected=0, now=now)
    with ledger._database.transaction(writes=False) as connection:
        found = inspect(connection)
        schema = "piles" if isinstance(place, str) else None
        for table in metadata.sorted_tables:
            columns = found.get_columns(table.name, schema=schema)
            assert [column["name"] for column in columns] == list(table.columns.keys())
            assert [column["nullable"] for column in columns] == [c.nullable for c in table.columns]


def test_an_older_file_is_read_without_sqlalchemy_too(path: Path) -> None:
    make_old(path)
    assert read_heads(path) == ENDS
    assert read_chain(path, "haut-verdon") == Ledger.open(path).events("haut-verdon")


@pytest.mark.parametrize(
    ("mark", "said"), [("0999", "version plus récente"), ("ae1027a6acf", "autre programme")]
)
def test_a_later_or_foreign_ledger_is_neither_read_nor_written(
    ledger: Ledger, place: Path | str, archive: Archive, now: datetime, mark: str, said: str
) -> None:
    ledger.append("a", [ENTRY], expected=0, now=now)
    by_hand(place, f"UPDATE alembic_version SET version_num = '{mark}'")  # noqa: S608 - ours
    before = shape(place)
    attempts: list[Callable[[], object]] = [
        lambda: ledger.events("a"),
        ledger.heads,
        lambda: ledger.append("a", [ENTRY], expected=None, now=now),
        lambda: ledger.erase_personal("a", up_to=1),
        lambda: verify(ledger, archive, lambda _facts: ()),
    ]
    for attempt in attempts:
        with pytest.raises(RecordsBroken, match=said) as caught:
            attempt()
        assert caught.value.remedy
    assert (revision(place), shape(place)) == ([mark], before)


def test_an_older_file_that_one_may_only_read_is_read_and_said_at_the_first_record(
    shared_folder: Path, now: datetime, as_nobody: InChild
) -> None:
    path = shared_folder / "registre.sqlite"
    make_old(path)
    path.chmod(0o444)
    shared_folder.chmod(0o555)
    ledger = Ledger.open(path)
    assert as_nobody(ledger.heads) == ENDS
    kind, message, _remedy = as_nobody(lambda: ledger.append("a", [ENTRY], expected=0, now=now))
    assert kind is RecordsBroken
    assert "les droits" in message


def _append_and_die(place: Path | str, instant: int, now: datetime) -> bool:
    """Record in a process that is killed before its n-th statement; tells whether it got to the end."""
    child = os.fork()
    if child == 0:
        try:
            seen = count()

            def die(*_arguments: object) -> None:
                if next(seen) == instant:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(Engine, "before_cursor_execute", die)
            Ledger.open(place).append("embrunais", [ENTRY], expected=1, now=now)
            os._exit(0)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


def test_a_migration_killed_at_any_statement_leaves_the_old_schema_or_the_new(
    old: Ledger, place: Path | str, archive: Archive, now: datetime
) -> None:
    before = shape(place)
    instants = 0
    while not _append_and_die(place, instants, now):
        instants += 1
        assert shape(place) == before
        assert old.heads() == ENDS
    assert instants > 5, "the migration has more statements than that"
    assert old.heads()["embrunais"].sequence == 2
    assert [finding.harmless for finding in verify(old, archive, lambda _facts: ())] == [True]
    assert revision(place) == [NEWEST]
