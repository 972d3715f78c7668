from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from piles_docs.errors import PilesError, RecordsBroken, WouldOverwrite
from piles_docs.ledger import sqlite
from piles_docs.ledger.events import Entry
from piles_docs.ledger.reading import read_chain
from piles_docs.ledger.store import Ledger

from .conftest import InChild

SIGNED = Entry(
    kind="signed", facts={"party": "porteuse", "original": 1}, personal={"note": "Mme Lise Exemple"}
)
MILESTONE = Entry(kind="milestone", facts={"milestone": "rencontre-faite", "evidence": ["été"]})


@pytest.fixture
def ledger(path: Path) -> Ledger:
    return Ledger.open(path)


def test_nothing_is_created_by_reading_nor_by_recording_nothing(
    ledger: Ledger, path: Path, now: datetime
) -> None:
    assert ledger.events("a") == ()
    assert ledger.append("a", [], expected=None, now=now) == ()
    assert not path.parent.exists()


def test_a_chain_is_read_without_sqlalchemy_as_with_it(ledger: Ledger, path: Path, now: datetime) -> None:
    assert read_chain(path, "a") == ()
    assert not path.parent.exists()
    ledger.append("b", [SIGNED], expected=0, now=now)
    ledger.append("a", [SIGNED, MILESTONE, *[SIGNED] * 10], expected=0, now=now)
    ledger.erase_personal("a", up_to=3)
    assert read_chain(path, "a") == ledger.events("a")
    assert len(read_chain(path, "a")) == 12
    assert read_chain(path, "c") == ()


def test_the_first_write_leaves_only_the_ledger_in_its_folder(
    ledger: Ledger, path: Path, now: datetime
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    assert [found.name for found in path.parent.iterdir()] == ["registre.sqlite"]


@pytest.mark.parametrize("kind", ["path", "text", "url", "relative"])
def test_a_file_is_opened_by_path_or_url(tmp_path: Path, now: datetime, kind: str) -> None:
    path = tmp_path / ("registre.sqlite" if kind == "url" else "dossier été #1 100%?/registre.sqlite")
    places: dict[str, Path | str] = {
        "path": path,
        "text": str(path),
        "url": f"sqlite:///{path}",
        "relative": str(path.relative_to(tmp_path)),
    }
    Ledger.open(places[kind], base=tmp_path).append("a", [SIGNED], expected=0, now=now)
    assert path.is_file()
    assert len(Ledger.open(path).events("a")) == 1


def test_a_relative_url_is_relative_to_the_folder_given(tmp_path: Path, now: datetime) -> None:
    Ledger.open("sqlite:///records/r.sqlite", base=tmp_path).append("a", [SIGNED], expected=0, now=now)
    assert (tmp_path / "records" / "r.sqlite").is_file()


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
    ledger: Ledger, path: Path, now: datetime, damage: Callable[[bytes], bytes]
) -> None:
    ledger.append("a", [SIGNED] * 20, expected=0, now=now)
    path.write_bytes(damaged := damage(path.read_bytes()))
    attempts: list[Callable[[], object]] = [
        lambda: ledger.events("a"),
        lambda: list(ledger.all_events()),
        lambda: read_chain(path, "a"),
        ledger.dossiers,
        lambda: ledger.append("a", [SIGNED], expected=None, now=now),
    ]
    for attempt in attempts:
        with pytest.raises(RecordsBroken, match="abîmé, ou n’est pas un registre") as caught:
            attempt()
        assert "sauvegarde" in caught.value.remedy
    assert path.read_bytes() == damaged


def test_something_else_in_the_ledgers_place_is_said(tmp_path: Path, now: datetime) -> None:
    ledger = Ledger.open(tmp_path)
    with pytest.raises(RecordsBroken, match="n’est pas un fichier"):
        ledger.events("a")
    with pytest.raises(RecordsBroken, match="n’est pas un fichier"):
        read_chain(tmp_path, "a")
    (tmp_path / "records").write_text("un fichier")
    with pytest.raises(RecordsBroken, match="n’est pas utilisable"):
        Ledger.open(tmp_path / "records" / "registre.sqlite").append("a", [SIGNED], expected=0, now=now)


def test_a_file_held_for_itself_by_another_is_waited_for_then_said_to_be_busy(
    ledger: Ledger, path: Path, now: datetime
) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    hurried = Ledger.open(path, patience=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WouldOverwrite, match="occupé"):
            hurried.events("a")
        with pytest.raises(WouldOverwrite, match="occupé"):
            read_chain(path, "a", patience=0.05)


def test_a_reader_who_lingers_makes_a_writer_busy_and_loses_nothing(
    ledger: Ledger, path: Path, now: datetime
) -> None:
    ledger.append("a", [MILESTONE, MILESTONE], expected=0, now=now)
    hurried = Ledger.open(path, patience=0.05)
    with closing(ledger.rows()) as lingering:
        next(lingering)
        with pytest.raises(WouldOverwrite, match="occupé"):
            hurried.append("a", [SIGNED], expected=2, now=now)
    assert len(hurried.append("a", [SIGNED], expected=2, now=now)) == 1


def test_a_ledger_one_may_only_read_is_read_and_not_written(
    shared_folder: Path, now: datetime, as_nobody: InChild
) -> None:
    path = shared_folder / "registre.sqlite"
    ledger = Ledger.open(path)
    ledger.append("a", [MILESTONE], expected=0, now=now)
    path.chmod(0o444)
    shared_folder.chmod(0o555)
    assert as_nobody(lambda: len(ledger.events("a"))) == 1
    kind, message, remedy = as_nobody(lambda: ledger.append("a", [SIGNED], expected=1, now=now))
    assert kind is RecordsBroken
    assert "les droits" in message
    assert "Demandez le droit" in remedy


def test_a_ledger_one_may_not_read_is_said(shared_folder: Path, now: datetime, as_nobody: InChild) -> None:
    path = shared_folder / "records" / "registre.sqlite"
    ledger = Ledger.open(path)
    ledger.append("a", [MILESTONE], expected=0, now=now)
    for closed in (path, path.parent):
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
    ledger: Ledger, path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    sqlite.create_file(path)
    assert len(ledger.events("a")) == 1

    def no_hard_links(_source: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_hard_links)
    sqlite.create_file(path)
    assert len(ledger.events("a")) == 1
    elsewhere = Ledger.open(path.with_name("cle-usb.sqlite"))
    assert len(elsewhere.append("a", [MILESTONE], expected=0, now=now)) == 1


def test_every_refusal_has_a_remedy(ledger: Ledger, path: Path, now: datetime) -> None:
    ledger.append("a", [MILESTONE], expected=0, now=now)
    with pytest.raises(PilesError) as caught, sqlite.clear_refusals(path):
        raise sqlite3.OperationalError("disk I/O error")
    assert isinstance(caught.value, RecordsBroken)
    assert caught.value.remedy


def test_erased_personal_data_are_nowhere_in_the_file(ledger: Ledger, path: Path, now: datetime) -> None:
    ledger.append("a", [SIGNED] * 30, expected=0, now=now)
    # Rows that grew too large for their page were moved: copies of them must not stay behind either.
    ledger.append("b", [SIGNED] * 200, expected=0, now=now)
    ledger.erase_personal("b", up_to=200)
    assert path.read_bytes().count(b"Lise Exemple") == 30
    assert ledger.erase_personal("a", up_to=30) == 30
    assert b"Lise" not in path.read_bytes()


def test_a_copy_that_an_older_version_left_in_the_file_goes_with_an_erasure(
    ledger: Ledger, path: Path, now: datetime
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        with connection:
            connection.execute("CREATE TABLE old (name TEXT)")
            connection.execute("INSERT INTO old VALUES ('M. Paul Exemple')")
        with connection:
            connection.execute("DROP TABLE old")
    assert b"Paul" in path.read_bytes()
    ledger.erase_personal("a", up_to=1)
    assert b"Paul" not in path.read_bytes()


def test_erasing_in_a_ledger_that_does_not_exist_creates_nothing(ledger: Ledger, path: Path) -> None:
    assert ledger.erase_personal("a", up_to=1) == 0
    assert not path.parent.exists()


@pytest.mark.parametrize("place", [Path("espace/records/registre.sqlite"), "records/registre.sqlite"])
def test_a_path_is_where_it_says_and_a_text_stands_in_the_base(
    place: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    """`piles --workspace espace`, from the folder above: the ledger is not espace/espace/records."""
    monkeypatch.chdir(tmp_path)
    ledger = Ledger.open(place, base=Path("espace"))
    ledger.append("un", [MILESTONE], expected=0, now=now)
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*.sqlite")] == [
        Path("espace/records/registre.sqlite")
    ]
