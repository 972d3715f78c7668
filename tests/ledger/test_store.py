from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from piles_docs.errors import PilesError, RecordsBroken, UsageError, WouldOverwrite
from piles_docs.ledger import sqlite
from piles_docs.ledger.events import Entry, verify_chain
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.tables import events_table

from .conftest import InChild

SIGNED = Entry(
    kind="signed", facts={"party": "porteuse", "original": 1}, personal={"note": "Mme Lise Exemple"}
)
MILESTONE = Entry(kind="milestone", facts={"milestone": "rencontre-faite", "evidence": ["été"]})


def test_reading_a_ledger_that_does_not_exist_finds_nothing_and_creates_nothing(ledger: Ledger) -> None:
    assert ledger.events("a") == ()
    assert list(ledger.all_events()) == []
    assert ledger.dossiers() == ()
    assert ledger.storage_findings() == ()
    assert not ledger.path.parent.exists()


def test_what_is_appended_is_read_back_the_same(ledger: Ledger, now: datetime) -> None:
    events = ledger.append("a", [SIGNED, MILESTONE], expected=0, now=now)
    more = ledger.append("a", [MILESTONE], expected=2, now=now)
    assert ledger.events("a") == events + more
    assert [event.sequence for event in events + more] == [1, 2, 3]
    assert verify_chain(ledger.events("a")) == ()


def test_the_first_write_leaves_only_the_ledger_in_its_folder(ledger: Ledger, now: datetime) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    assert [path.name for path in ledger.path.parent.iterdir()] == ["registre.sqlite"]


def test_cases_are_kept_apart_and_read_in_order(ledger: Ledger, now: datetime) -> None:
    for dossier in ("b", "a", "b"):
        ledger.append(dossier, [MILESTONE], expected=None, now=now)
    assert ledger.dossiers() == ("a", "b")
    assert [(event.dossier, event.sequence) for event in ledger.all_events()] == [
        ("a", 1),
        ("b", 1),
        ("b", 2),
    ]


def test_each_entry_gets_a_salt_of_its_own(ledger: Ledger, now: datetime) -> None:
    salts = count()
    given = ledger.append("a", [SIGNED, SIGNED], expected=0, now=now, salt=lambda: f"{next(salts):032x}")
    assert [event.salt for event in given] == [f"{0:032x}", f"{1:032x}"]
    one, other = ledger.append("b", [SIGNED, SIGNED], expected=0, now=now)
    assert one.salt != other.salt
    assert len(bytes.fromhex(one.salt or "")) == 16


def test_appending_nothing_records_nothing(ledger: Ledger, now: datetime) -> None:
    assert ledger.append("a", [], expected=None, now=now) == ()
    assert ledger.dossiers() == ()


@pytest.mark.parametrize("expected", [0, 2])
def test_a_chain_that_moved_on_is_not_written_to(ledger: Ledger, now: datetime, expected: int) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    with pytest.raises(WouldOverwrite, match="entre-temps") as caught:
        ledger.append("a", [SIGNED], expected=expected, now=now)
    assert "Relancez" in caught.value.remedy
    assert len(ledger.events("a")) == 1


def test_several_entries_are_recorded_all_or_none(ledger: Ledger, now: datetime) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    unreadable = Entry(kind="note", facts={"text": "\udce9"})
    with pytest.raises(UsageError):
        ledger.append("a", [SIGNED, unreadable], expected=1, now=now)
    assert len(ledger.events("a")) == 1


@pytest.mark.parametrize("url", [False, True])
def test_a_ledger_is_opened_by_path_or_url(tmp_path: Path, now: datetime, url: bool) -> None:
    path = tmp_path / "dossier été #1 100%?" / "registre.sqlite"
    if not url:
        Ledger.open(str(path)).append("a", [SIGNED], expected=0, now=now)
        assert len(Ledger.open(path).events("a")) == 1
    else:
        path = tmp_path / "registre.sqlite"
        Ledger.open(f"sqlite:///{path}").append("a", [SIGNED], expected=0, now=now)
    assert path.is_file()


@pytest.mark.parametrize("url", ["postgresql://piles:secret@exemple.example/piles", "sqlite://"])
def test_another_database_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Ledger.open(url)
    assert "secret" not in caught.value.message


# What the database itself forbids


def by_hand(ledger: Ledger, *statements: str) -> None:
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("column", [column.name for column in events_table.columns])
def test_the_database_refuses_to_change_a_column(ledger: Ledger, now: datetime, column: str) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    before = ledger.events("a")
    value = 7 if column == "sequence" else "'autre'"
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        by_hand(ledger, f"UPDATE events SET {column} = {value}")  # noqa: S608 - names of our own columns
    assert ledger.events("a") == before


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT * FROM events",
        "INSERT INTO events SELECT dossier, 3, kind, recorded_at, facts, NULL, NULL, '', '' FROM events",
    ],
)
def test_the_database_refuses_to_delete_replace_or_leave_a_gap(
    ledger: Ledger, now: datetime, statement: str
) -> None:
    before = ledger.append("a", [SIGNED], expected=0, now=now)
    with pytest.raises(sqlite3.IntegrityError, match="event"):
        by_hand(ledger, statement)
    assert ledger.events("a") == before


def test_the_database_lets_personal_data_be_erased(ledger: Ledger, now: datetime) -> None:
    ledger.append("a", [SIGNED, MILESTONE], expected=0, now=now)
    by_hand(ledger, "UPDATE events SET personal = NULL WHERE dossier = 'a'")
    assert [event.erased for event in ledger.events("a")] == [True, False]
    assert [finding.harmless for finding in verify_chain(ledger.events("a"))] == [True]


# Damage and other programs


def _keep(length: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:length]


def _foreign(_content: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript("CREATE TABLE clients (nom TEXT); CREATE TABLE events (titre TEXT)")
        return connection.serialize()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_keep(0), id="emptied"),
        pytest.param(_keep(10), id="ten bytes left"),
        pytest.param(_keep(4096), id="one page left"),
        pytest.param(_keep(-100), id="end cut off"),
        pytest.param(_foreign, id="another program's database"),
        pytest.param(lambda _content: b"Bonjour,\n" * 2000, id="a text"),
        pytest.param(
            lambda content: content[:4096] + os.urandom(len(content) - 4096), id="overwritten pages"
        ),
    ],
)
def test_a_damaged_or_foreign_file_is_said_and_left_alone(
    ledger: Ledger, now: datetime, damage: Callable[[bytes], bytes]
) -> None:
    ledger.append("a", [SIGNED] * 20, expected=0, now=now)
    ledger.path.write_bytes(damaged := damage(ledger.path.read_bytes()))
    attempts: list[Callable[[], object]] = [
        lambda: ledger.events("a"),
        lambda: list(ledger.all_events()),
        ledger.dossiers,
        lambda: ledger.append("a", [SIGNED], expected=None, now=now),
    ]
    for attempt in attempts:
        with pytest.raises(RecordsBroken, match="abîmé, ou n’est pas un registre") as caught:
            attempt()
        assert "sauvegarde" in caught.value.remedy
    assert ledger.path.read_bytes() == damaged


def test_something_else_in_the_ledgers_place_is_said(tmp_path: Path, now: datetime) -> None:
    ledger = Ledger.open(tmp_path)
    with pytest.raises(RecordsBroken, match="n’est pas un fichier"):
        ledger.events("a")
    (tmp_path / "records").write_text("un fichier")
    with pytest.raises(RecordsBroken, match="n’est pas utilisable"):
        Ledger.open(tmp_path / "records" / "registre.sqlite").append("a", [SIGNED], expected=0, now=now)


def test_an_event_that_cannot_be_read_is_named(ledger: Ledger, now: datetime) -> None:
    ledger.append("a", [SIGNED, SIGNED], expected=0, now=now)
    by_hand(ledger, "DROP TRIGGER events_keep", "UPDATE events SET facts = '[' WHERE sequence = 2")
    with pytest.raises(RecordsBroken, match="n° 2 du dossier a est illisible"):
        ledger.events("a")


def test_a_held_ledger_is_waited_for_then_said_to_be_busy(ledger: Ledger, now: datetime) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    hurried = Ledger.open(ledger.path, patience=0.05)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(hurried.events("a")) == 1
        with pytest.raises(WouldOverwrite, match="occupé"):
            hurried.append("a", [SIGNED], expected=1, now=now)
        other.execute("ROLLBACK")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WouldOverwrite, match="occupé"):
            hurried.events("a")
    hurried.append("a", [SIGNED], expected=1, now=now)


def test_a_reader_who_lingers_makes_a_writer_busy_and_loses_nothing(ledger: Ledger, now: datetime) -> None:
    ledger.append("a", [MILESTONE, MILESTONE], expected=0, now=now)
    hurried = Ledger.open(ledger.path, patience=0.05)
    with closing(ledger.rows()) as lingering:
        next(lingering)
        with pytest.raises(WouldOverwrite, match="occupé"):
            hurried.append("a", [SIGNED], expected=2, now=now)
    assert len(hurried.append("a", [SIGNED], expected=2, now=now)) == 1


def test_a_ledger_one_may_only_read_is_read_and_not_written(
    shared_folder: Path, now: datetime, as_nobody: InChild
) -> None:
    ledger = Ledger.open(shared_folder / "registre.sqlite")
    ledger.append("a", [MILESTONE], expected=0, now=now)
    ledger.path.chmod(0o444)
    shared_folder.chmod(0o555)
    assert as_nobody(lambda: len(ledger.events("a"))) == 1
    kind, message, remedy = as_nobody(lambda: ledger.append("a", [SIGNED], expected=1, now=now))
    assert kind is RecordsBroken
    assert "les droits" in message
    assert "Demandez le droit" in remedy


def test_a_ledger_one_may_not_read_is_said(shared_folder: Path, now: datetime, as_nobody: InChild) -> None:
    ledger = Ledger.open(shared_folder / "records" / "registre.sqlite")
    ledger.append("a", [MILESTONE], expected=0, now=now)
    for closed in (ledger.path, ledger.path.parent):
        closed.chmod(0o000)
        kind, message, _remedy = as_nobody(lambda: ledger.events("a"))
        assert kind is RecordsBroken
        assert "les droits" in message


def test_a_folder_one_may_not_write_is_said_at_the_first_record(
    shared_folder: Path, now: datetime, as_nobody: InChild
) -> None:
    shared_folder.chmod(0o555)
    ledger = Ledger.open(shared_folder / "records" / "registre.sqlite")
    kind, message, _remedy = as_nobody(lambda: ledger.append("a", [SIGNED], expected=0, now=now))
    assert kind is RecordsBroken
    assert "créer le registre" in message
    assert list(shared_folder.iterdir()) == []


def test_a_ledger_made_by_another_in_the_meantime_is_never_replaced(
    ledger: Ledger, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    sqlite.create_file(ledger.path)
    assert len(ledger.events("a")) == 1

    def no_hard_links(_source: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_hard_links)
    sqlite.create_file(ledger.path)
    assert len(ledger.events("a")) == 1
    elsewhere = Ledger.open(ledger.path.with_name("cle-usb.sqlite"))
    assert len(elsewhere.append("a", [MILESTONE], expected=0, now=now)) == 1


def test_every_refusal_has_a_remedy(ledger: Ledger, now: datetime) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    with pytest.raises(PilesError) as caught, sqlite.clear_refusals(ledger.path):
        raise sqlite3.OperationalError("disk I/O error")
    assert isinstance(caught.value, RecordsBroken)
    assert caught.value.remedy
