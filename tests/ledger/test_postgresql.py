"""What is proper to a ledger in PostgreSQL: reaching the server, rights, locks, what an erasure leaves."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from piles_docs.cli.main import run
from piles_docs.errors import PilesError, RecordsBroken, ToolFailed, WouldOverwrite
from piles_docs.ledger import postgresql_refusals
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.chain import verify_chain
from piles_docs.ledger.database import Conflict
from piles_docs.ledger.events import Entry
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.verification import verify

from .conftest import by_hand, connected
from .postgresql_server import PostgresqlServer

ROOT = Path(__file__).parents[2]
SIGNED = Entry(kind="signed", facts={"party": "porteuse"}, personal={"note": "Mme Lise Exemple"})


@pytest.fixture
def ledger(url: str) -> Ledger:
    return Ledger.open(url)


@pytest.fixture
def clerk(server: PostgresqlServer, url: str) -> Iterator[str]:
    """A person of the network who has a password, and only the rights that a test gives."""
    server.administrate("CREATE ROLE clerk LOGIN PASSWORD 'secret'")
    yield url.replace("postgres@", "clerk@")
    server.administrate("DROP OWNED BY clerk", database=_name(url))
    server.administrate("DROP ROLE clerk")


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def refused(url: str) -> PilesError:
    with pytest.raises(PilesError) as caught:
        Ledger.open(url, patience=0.5).events("a")
    assert caught.value.remedy
    assert "secret" not in caught.value.message + caught.value.remedy
    return caught.value


# Reaching the server


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_ledger_is_opened_by_its_url(url: str, now: datetime, scheme: str) -> None:
    ledger = Ledger.open(url.replace("postgresql", scheme, 1))
    ledger.append("a", [SIGNED], expected=0, now=now)
    assert len(Ledger.open(url).events("a")) == 1


def test_a_password_is_used_and_never_shown(server: PostgresqlServer, url: str, clerk: str) -> None:
    server.administrate(f"GRANT CREATE ON DATABASE {_name(url)} TO clerk")
    for address in (
        f"postgresql://clerk:secret@127.0.0.1:{server.port}/{_name(url)}",
        f"postgresql://clerk@127.0.0.1:{server.port}/{_name(url)}?password=secret",
    ):
        ledger = Ledger.open(address)
        assert ledger.events("a") == ()
        assert "secret" not in ledger.place


def test_a_server_that_does_not_answer_is_said(server: PostgresqlServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        error = refused(f"postgresql://clerk:secret@127.0.0.1:{port}/piles")
    assert isinstance(error, ToolFailed)
    assert "ne répond pas" in error.message
    assert isinstance(refused("postgresql://clerk:secret@nulle-part.invalid/piles"), ToolFailed)
    assert isinstance(refused(f"postgresql:///piles?host={server.folder}/absent"), ToolFailed)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refused(f"postgresql://clerk@127.0.0.1:{silent.getsockname()[1]}/piles")
    assert isinstance(error, ToolFailed)


@pytest.mark.parametrize("user", ["clerk:faux", "clerk", "inconnu:secret"])
def test_a_refused_user_or_password_is_said(
    server: PostgresqlServer, url: str, clerk: str, user: str
) -> None:
    error = refused(f"postgresql://{user}@127.0.0.1:{server.port}/{_name(url)}")
    assert isinstance(error, ToolFailed)
    assert "n’accepte pas" in error.message
    assert "~/.pgpass" in error.remedy


def test_an_unknown_user_or_database_is_said(server: PostgresqlServer) -> None:
    assert "n’accepte pas" in refused(server.url("postgres", user="inconnu")).message
    error = refused(server.url("absente"))
    assert isinstance(error, ToolFailed)
    assert "n’existe pas" in error.message
    assert "createdb" in error.remedy


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("FATAL:  authentification par mot de passe échouée pour l’utilisateur « clerk »", "n’accepte pas"),
        ("FATAL:  le rôle « clerk » n'existe pas", "n’accepte pas"),
        ("FATAL:  la base de données « piles » n'existe pas", "n’existe pas"),
        ("FATAL:  sorry, too many clients already", "sorry, too many clients"),
        ("connection refused", "ne répond pas"),
    ],
)
def test_a_server_that_speaks_french_is_understood(words: str, said: str) -> None:
    assert said in postgresql_refusals.connecting(psycopg.OperationalError(words), "ici").message


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (psycopg.errors.SerializationFailure(), Conflict, "au même moment"),
        (psycopg.errors.LockNotAvailable(), WouldOverwrite, "occupé"),
        (psycopg.errors.AdminShutdown(), ToolFailed, "coupée"),
        (psycopg.OperationalError("server closed the connection"), ToolFailed, "coupée"),
        (psycopg.errors.ReadOnlySqlTransaction(), ToolFailed, "lecture seule"),
        (psycopg.errors.DiskFull(), ToolFailed, "plein"),
        (psycopg.errors.OutOfMemory("out of memory\nDETAIL: Lise"), ToolFailed, "out of memory"),
        (psycopg.errors.DataCorrupted("page 7\nDETAIL: Lise"), RecordsBroken, "page 7"),
    ],
)
def test_what_a_server_refuses_is_said_without_its_details(
    error: psycopg.Error, kind: type[PilesError], said: str
) -> None:
    told = postgresql_refusals.working(error, "ici")
    assert isinstance(told, kind)
    assert said in told.message
    assert "Lise" not in told.message
    assert told.remedy


def test_a_connection_that_breaks_during_a_record_is_said_and_nothing_is_half_done(
    ledger: Ledger, url: str, server: PostgresqlServer, now: datetime
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)

    def cut() -> str:
        server.administrate(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name(url)}'"  # noqa: S608
        )
        return "00" * 16

    with pytest.raises(ToolFailed, match="en entier ou pas du tout"):
        ledger.append("a", [SIGNED], expected=1, now=now, salt=cut)
    assert len(ledger.events("a")) == 1


def test_a_database_that_lacks_characters_is_refused(server: PostgresqlServer, now: datetime) -> None:
    latin = server.fresh_database("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    with pytest.raises(ToolFailed, match="UTF-8"):
        Ledger.open(latin).append("a", [SIGNED], expected=0, now=now)
    assert Ledger.open(latin).heads() == {}


# Rights


def test_reading_creates_nothing_and_needs_no_right_to(
    url: str, clerk: str, ledger: Ledger, now: datetime
) -> None:
    reader = Ledger.open(clerk)
    assert reader.heads() == {}
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regnamespace('piles')").fetchone() == (None,)
    with pytest.raises(RecordsBroken, match="Les droits"):
        reader.append("a", [SIGNED], expected=0, now=now)


def test_a_ledger_one_may_not_read_is_not_taken_for_an_empty_one(
    url: str, clerk: str, ledger: Ledger, now: datetime
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    stranger = Ledger.open(clerk)
    for attempt in (stranger.heads, lambda: stranger.events("a"), lambda: list(stranger.rows())):
        with pytest.raises(RecordsBroken, match="Les droits"):
            attempt()


def test_a_ledger_one_may_only_read_is_read_and_not_written(
    url: str, clerk: str, ledger: Ledger, now: datetime
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    by_hand(
        url, "GRANT USAGE ON SCHEMA piles TO clerk", "GRANT SELECT ON ALL TABLES IN SCHEMA piles TO clerk"
    )
    reader = Ledger.open(clerk)
    assert len(reader.events("a")) == 1
    for attempt in (
        lambda: reader.append("a", [SIGNED], expected=1, now=now),
        lambda: reader.erase_personal("a", up_to=1),
    ):
        with pytest.raises(RecordsBroken, match="Les droits"):
            attempt()
    assert len(ledger.events("a")) == 1


def test_someone_who_may_only_add_can_record_every_day(
    url: str, clerk: str, ledger: Ledger, now: datetime
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    by_hand(
        url,
        "GRANT USAGE ON SCHEMA piles TO clerk",
        "GRANT SELECT ON ALL TABLES IN SCHEMA piles TO clerk",
        "GRANT INSERT ON piles.events TO clerk",
        "GRANT INSERT, UPDATE ON piles.heads TO clerk",
    )
    assert len(Ledger.open(clerk).append("b", [SIGNED], expected=0, now=now)) == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        by_hand(clerk, "ALTER TABLE events DISABLE TRIGGER ALL")


# What the database itself forbids


@pytest.mark.parametrize("statement", ["TRUNCATE events", "TRUNCATE events CASCADE"])
def test_the_database_refuses_to_empty_the_table(
    ledger: Ledger, url: str, now: datetime, statement: str
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    with pytest.raises(psycopg.IntegrityError, match="never deleted"):
        by_hand(url, statement)
    assert len(ledger.events("a")) == 1


def test_another_programs_tables_of_the_same_name_are_left_alone(
    ledger: Ledger, url: str, now: datetime
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE public.events (titre text)")
        connection.execute("CREATE TABLE public.alembic_version (version_num text)")
    ledger.append("a", [SIGNED], expected=0, now=now)
    assert len(ledger.events("a")) == 1


def test_a_schema_made_beforehand_by_whoever_keeps_the_server_is_used(
    url: str, clerk: str, now: datetime
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA piles AUTHORIZATION clerk")
    assert len(Ledger.open(clerk).append("a", [SIGNED], expected=0, now=now)) == 1


def test_tables_that_are_no_ledger_are_said(ledger: Ledger, url: str, now: datetime) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA piles")
        connection.execute("CREATE TABLE piles.events (titre text)")
    for attempt in (ledger.heads, lambda: ledger.append("a", [SIGNED], expected=0, now=now)):
        with pytest.raises(RecordsBroken, match="autre programme"):
            attempt()


@pytest.mark.parametrize("locale", ["C.UTF-8", "und-x-icu"])
def test_cases_come_in_the_same_order_whatever_the_language_of_the_server(
    server: PostgresqlServer, now: datetime, locale: str
) -> None:
    provider = "LOCALE_PROVIDER icu ICU_LOCALE 'fr-FR'" if locale == "und-x-icu" else "LOCALE 'C.UTF-8'"
    ledger = Ledger.open(server.fresh_database(f"TEMPLATE template0 ENCODING 'UTF8' {provider}"))
    for dossier in ("été", "Zoo", "abc", "a-c", "ab"):
        ledger.append(dossier, [SIGNED], expected=0, now=now)
    assert [event.dossier for event in ledger.all_events()] == ["Zoo", "a-c", "ab", "abc", "été"]


# Other writers


def test_a_writer_who_falls_into_a_deadlock_begins_anew(
    ledger: Ledger, url: str, archive: Archive, now: datetime
) -> None:
    """Another program adds an event without locking the head first: each then waits for the other."""
    ledger.append("a", [SIGNED], expected=0, now=now)
    attempts: list[int] = []
    done = threading.Event()

    def other_adds() -> None:
        with connected(url) as other:
            other.execute("SET deadlock_timeout = '60s'")  # so that it is ours that finds out, and loses
            other.execute(
                "INSERT INTO events SELECT dossier, 2, kind, recorded_at, facts, NULL, NULL, digest, 'x' FROM events"
            )
        done.set()

    adding = threading.Thread(target=other_adds)

    def salt() -> str:
        attempts.append(1)
        if len(attempts) == 1:
            adding.start()
            _await_lock(url)
        return "00" * 16

    (event,) = ledger.append("a", [SIGNED], expected=None, now=now, salt=salt)
    adding.join(10)
    assert done.is_set()
    assert (event.sequence, len(attempts)) == (3, 2)
    assert event.previous == "x"


def _await_lock(url: str) -> None:
    """Wait until the other program waits for us."""
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(1000):
            if connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                return
            connection.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("the other program does not wait")


def test_readers_and_writers_do_not_wait_for_one_another(ledger: Ledger, url: str, now: datetime) -> None:
    ledger.append("a", [SIGNED, SIGNED], expected=0, now=now)
    with closing(ledger.rows()) as lingering:
        next(lingering)
        assert len(Ledger.open(url, patience=0.05).append("a", [SIGNED], expected=2, now=now)) == 1
        assert len(list(lingering)) == 1


def test_writers_of_different_cases_do_not_wait_for_one_another(
    ledger: Ledger, url: str, now: datetime
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    with connected(url) as other:
        other.execute("SELECT * FROM heads WHERE dossier = 'a' FOR UPDATE")
        assert len(Ledger.open(url, patience=0.05).append("b", [SIGNED], expected=0, now=now)) == 1


# Erasing


def _on_the_servers_disk(server: PostgresqlServer, url: str, words: bytes) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    folder = server.folder / "data" / "base" / str(row[0])
    return any(words in path.read_bytes() for path in folder.iterdir())


def test_erased_personal_data_are_nowhere_in_the_tables_files(
    ledger: Ledger, url: str, server: PostgresqlServer, now: datetime
) -> None:
    ledger.append("a", [SIGNED] * 20, expected=0, now=now)
    assert _on_the_servers_disk(server, url, b"Lise Exemple")
    assert ledger.erase_personal("a", up_to=20) == 20
    assert not _on_the_servers_disk(server, url, b"Lise")
    assert [finding.harmless for finding in verify_chain(ledger.rows())] == [True]


def test_copies_that_one_has_no_right_to_clean_are_said(
    url: str, clerk: str, ledger: Ledger, now: datetime
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    by_hand(
        url,
        "GRANT USAGE ON SCHEMA piles TO clerk",
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA piles TO clerk",
    )
    with pytest.raises(RecordsBroken, match="anciennes copies") as caught:
        Ledger.open(clerk).erase_personal("a", up_to=1)
    assert "VACUUM FULL piles.events" in caught.value.remedy
    assert [event.erased for event in ledger.events("a")] == [True]


def test_an_erasure_that_cannot_clean_now_is_said_and_done_again(
    ledger: Ledger, url: str, now: datetime, tmp_path: Path
) -> None:
    ledger.append("a", [SIGNED], expected=0, now=now)
    with connected(url) as other:
        other.execute("SELECT * FROM events")
        with pytest.raises(WouldOverwrite, match="occupé"):
            Ledger.open(url, patience=0.05).erase_personal("a", up_to=1)
    assert ledger.erase_personal("a", up_to=1) == 0
    assert [found.harmless for found in verify(ledger, Archive(tmp_path), lambda _facts: ())] == [True]


def test_the_commands_work_over_a_shared_ledger(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("piles.toml", "cases/embrunais.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setenv("PILES_REGISTRE_URL", url)

    def piles(*words: str) -> str:
        assert run(["--workspace", str(tmp_path), *words]) == 0
        return capsys.readouterr().out

    piles("record", "embrunais", "milestone", "rencontre-faite", "--on", "2025-01-10")
    head = piles("verify", "--head", "embrunais").strip()
    assert head.startswith("embrunais 1 ")
    assert "intacts" in piles("verify", "--expect", head)
    assert not (tmp_path / "records").exists()
