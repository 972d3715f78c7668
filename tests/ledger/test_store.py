from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest

from piles_docs.errors import RecordsBroken, UsageError, WouldOverwrite
from piles_docs.ledger import store
from piles_docs.ledger.chain import verify_chain
from piles_docs.ledger.database import Conflict
from piles_docs.ledger.events import Entry, event_after
from piles_docs.ledger.heads import Head
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.tables import events_table

from .conftest import by_hand, connected, tamper

SIGNED = Entry(
    kind="signed", facts={"party": "porteuse", "original": 1}, personal={"note": "Mme Lise Exemple"}
)
MILESTONE = Entry(kind="milestone", facts={"milestone": "rencontre-faite", "evidence": ["été"]})
FORBIDDEN = (sqlite3.IntegrityError, psycopg.IntegrityError)


def test_reading_a_ledger_that_does_not_exist_finds_nothing(ledger: Ledger) -> None:
    assert ledger.events("a") == ()
    assert list(ledger.all_events()) == []
    assert ledger.dossiers() == ()
    assert ledger.heads() == {}
    assert ledger.storage_findings() == ()
    assert ledger.erase_personal("a", up_to=1) == 0


def test_what_is_appended_is_read_back_the_same(ledger: Ledger, now: datetime) -> None:
    events = ledger.append("a", [SIGNED, MILESTONE], expected=0, now=now)
    more = ledger.append("a", [MILESTONE], expected=2, now=now)
    assert ledger.events("a") == events + more
    assert [event.sequence for event in events + more] == [1, 2, 3]
    assert verify_chain(ledger.rows()) == ()


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
    ledger.append("a", [SIGNED], expected=0, now=now)
    assert ledger.append("a", [], expected=1, now=now) == ()
    with pytest.raises(WouldOverwrite):
        ledger.append("a", [], expected=0, now=now)


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


@pytest.mark.parametrize(
    "url",
    [
        "mysql://piles:secret@exemple.example/piles",
        "postgresql+asyncpg://piles:secret@exemple.example/piles",
        "postgresql://piles:secret@exemple.example",
        "postgresql://piles@exemple.example?password=secret",
        "postgresql://piles:p@secret@exemple.example/piles",
        "postgresql://piles:secret@exemple.example:port/piles",
        "://secret",
        "sqlite://",
    ],
)
def test_an_address_that_is_not_understood_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Ledger.open(url)
    assert "secret" not in caught.value.message + caught.value.remedy


# What the database itself forbids


@pytest.mark.parametrize("column", [column.name for column in events_table.columns])
def test_the_database_refuses_to_change_a_column(
    ledger: Ledger, place: Path | str, now: datetime, column: str
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    before = ledger.events("a")
    value = 7 if column == "sequence" else "'autre'"
    with pytest.raises(FORBIDDEN, match="never changes"):
        by_hand(place, f"UPDATE events SET {column} = {value}")  # noqa: S608 - names of our own columns
    assert ledger.events("a") == before


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events",
        "INSERT INTO events SELECT dossier, 3, kind, recorded_at, facts, NULL, NULL, '', '' FROM events",
        "INSERT INTO events SELECT 'b', 2, kind, recorded_at, facts, NULL, NULL, '', '' FROM events",
    ],
)
def test_the_database_refuses_to_delete_or_leave_a_gap(
    ledger: Ledger, place: Path | str, now: datetime, statement: str
) -> None:
    before = ledger.append("a", [SIGNED], expected=0, now=now)
    with pytest.raises(FORBIDDEN, match="event"):
        by_hand(place, statement)
    assert ledger.events("a") == before


def test_the_database_refuses_to_replace(ledger: Ledger, place: Path | str, now: datetime) -> None:
    before = ledger.append("a", [SIGNED], expected=0, now=now)
    statement = "INSERT OR REPLACE INTO events SELECT * FROM events"
    if isinstance(place, str):
        statement = (
            "INSERT INTO events SELECT * FROM events "
            "ON CONFLICT (dossier, sequence) DO UPDATE SET facts = '{}'"
        )
    with pytest.raises(FORBIDDEN, match="event"):
        by_hand(place, statement)
    assert ledger.events("a") == before


# Heads


def test_a_head_is_where_a_chain_ends(ledger: Ledger, now: datetime) -> None:
    ledger.append("b", [MILESTONE], expected=0, now=now)
    ledger.append("a", [SIGNED, MILESTONE], expected=0, now=now)
    last = ledger.append("a", [MILESTONE], expected=2, now=now)[-1]
    assert list(ledger.heads()) == ["a", "b"] == list(ledger.dossiers())
    assert ledger.heads()["a"] == Head("a", 3, last.digest)
    assert ledger.heads()["b"].sequence == 1


def test_an_event_that_another_program_adds_moves_the_head_too(
    ledger: Ledger, place: Path | str, now: datetime
) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    by_hand(
        place,
        "INSERT INTO events SELECT dossier, 2, kind, recorded_at, facts, NULL, NULL, '', 'x' FROM events",
    )
    assert ledger.heads()["a"] == Head("a", 2, "x")


@pytest.mark.parametrize(
    "change",
    ["DELETE FROM events WHERE sequence = 2", "DELETE FROM events", "UPDATE events SET digest = 'x'"],
)
def test_nothing_is_added_to_a_chain_whose_end_is_not_the_one_recorded(
    ledger: Ledger, place: Path | str, now: datetime, change: str
) -> None:
    ledger.append("a", [MILESTONE, MILESTONE], expected=0, now=now)
    tamper(place, change)
    with pytest.raises(RecordsBroken, match="modifiés ou retirés"):
        ledger.append("a", [SIGNED], expected=None, now=now)
    assert len(ledger.append("b", [SIGNED], expected=None, now=now)) == 1


def test_a_snapshot_does_not_see_what_is_recorded_later(
    ledger: Ledger, place: Path | str, now: datetime
) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    with ledger.snapshot() as before:
        heads = before.heads()
        if isinstance(place, str):  # in a file, others cannot write meanwhile
            Ledger.open(place).append("a", [MILESTONE], expected=1, now=now)
        assert before.heads() == heads
        assert len(before.events("a")) == len(list(before.rows())) == 1
        assert list(before.rows("b")) == []


# Erasing


def test_personal_data_are_erased_up_to_an_event_and_the_chain_still_verifies(
    ledger: Ledger, now: datetime
) -> None:
    ledger.append("a", [SIGNED, MILESTONE, SIGNED, SIGNED], expected=0, now=now)
    ledger.append("b", [SIGNED], expected=0, now=now)
    assert ledger.erase_personal("a", up_to=3) == 2
    assert [event.erased for event in ledger.events("a")] == [True, False, True, False]
    assert [event.erased for event in ledger.events("b")] == [False]
    with ledger.snapshot() as snapshot:
        assert [finding.harmless for finding in verify_chain(snapshot.rows("a"))] == [True]
    assert ledger.erase_personal("a", up_to=3) == 0
    assert len(ledger.append("a", [SIGNED], expected=4, now=now)) == 1


# Other writers


def _lose(times: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Make the next attempts to append fail as when another writer came first."""
    real, tried = event_after, count()

    def after(*arguments: object, **named: object) -> object:
        if next(tried) < times:
            raise Conflict("trop tard", remedy="relancez")
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "event_after", after)
    return lambda: next(tried)


def test_an_append_that_follows_whatever_is_there_begins_anew(
    ledger: Ledger, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose(store.MOST_ATTEMPTS - 1, monkeypatch)
    assert [event.sequence for event in ledger.append("a", [MILESTONE], expected=None, now=now)] == [1]


def test_it_does_not_begin_anew_for_ever(
    ledger: Ledger, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = _lose(1000, monkeypatch)
    with pytest.raises(WouldOverwrite):
        ledger.append("a", [MILESTONE], expected=None, now=now)
    assert tried() == store.MOST_ATTEMPTS
    assert ledger.heads() == {}


def test_an_append_that_expects_something_never_begins_anew(
    ledger: Ledger, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = _lose(1, monkeypatch)
    with pytest.raises(WouldOverwrite):
        ledger.append("a", [MILESTONE], expected=0, now=now)
    assert tried() == 1


def test_an_event_that_cannot_be_read_is_named(ledger: Ledger, place: Path | str, now: datetime) -> None:
    ledger.append("a", [SIGNED, SIGNED], expected=0, now=now)
    tamper(place, "UPDATE events SET facts = '[' WHERE sequence = 2")
    with pytest.raises(RecordsBroken, match="n° 2 du dossier a est illisible"):
        ledger.events("a")


def test_a_held_ledger_is_waited_for_then_said_to_be_busy(
    ledger: Ledger, place: Path | str, now: datetime
) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    hurried = Ledger.open(place, patience=0.05)
    with connected(place) as other:
        if isinstance(other, sqlite3.Connection):
            other.execute("BEGIN IMMEDIATE")
        else:
            other.execute("SELECT * FROM heads FOR UPDATE")
        assert len(hurried.events("a")) == 1
        with pytest.raises(WouldOverwrite, match="occupé"):
            hurried.append("a", [SIGNED], expected=None, now=now)
    hurried.append("a", [SIGNED], expected=1, now=now)
