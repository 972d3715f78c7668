"""What keeps a cluster from being joined is said at once, and no password ever travels."""

from __future__ import annotations

import datetime as dt
import socket
import sys
from pathlib import Path

import pytest

from piles_docs.errors import ToolFailed, ToolMissing, UsageError
from piles_docs.ledger.places import shared_base
from piles_docs.usecases import cluster
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.generate_many import Drafting
from piles_docs.usecases.workspace import LEDGER_URL, Workspace

CLOCK = Clock(today=dt.date(2026, 6, 15), now=dt.datetime(2026, 6, 15, 8, tzinfo=dt.UTC))
SECRET = "tr%C3%A8s-secret"  # noqa: S105  # nobody's


@pytest.fixture
def drafting(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Drafting:
    monkeypatch.setenv(LEDGER_URL, f"postgresql://lise:{SECRET}@base.example/piles")
    return Drafting(workspace=workspace, documents=(), converter=None, overwrite=False, clock=CLOCK)


def join(address: str, drafting: Drafting) -> None:
    with cluster.joined(address, drafting):
        raise AssertionError("joined")


def test_the_library_that_is_missing_is_named(drafting: Drafting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed.scheduler", None)
    with pytest.raises(ToolMissing, match="distributed") as caught:
        join("tcp://127.0.0.1:8786", drafting)
    assert "piles-docs[cluster]" in caught.value.remedy


@pytest.mark.parametrize("place", ["", "records/registre.sqlite", "sqlite:///records/registre.sqlite"])
def test_a_ledger_in_a_file_is_refused(
    place: str, drafting: Drafting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LEDGER_URL, place)
    with pytest.raises(UsageError, match="SQLite"):
        join("tcp://127.0.0.1:8786", drafting)


@pytest.mark.parametrize("address", ["", "grappe", "127.0.0.1:8786", "tcp://machine", "http://machine:8786"])
def test_what_is_no_address_is_refused(address: str, drafting: Drafting) -> None:
    with pytest.raises(UsageError, match="adresse"):
        join(address, drafting)


def test_a_scheduler_that_does_not_answer_is_told(
    drafting: Drafting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_SECONDS_TO_ANSWER", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ToolFailed, match="aucun ordonnanceur"):
            join(address, drafting)


def test_an_address_that_asks_for_certificates_where_there_are_none_is_told(drafting: Drafting) -> None:
    with pytest.raises(UsageError, match="certificat"):
        join("tls://127.0.0.1:8786", drafting)


def test_a_folder_that_cannot_be_written_is_told(drafting: Drafting) -> None:
    drafting.workspace.out.write_text("a file", "utf-8")
    with pytest.raises(ToolFailed, match="out"), cluster._sign(drafting.workspace):
        raise AssertionError("written")


def test_the_sign_is_gone_with_whoever_set_it(drafting: Drafting) -> None:
    with cluster._sign(drafting.workspace) as sign:
        assert sign.is_file()
    assert list(drafting.workspace.out.iterdir()) == []


def test_a_library_that_is_replaced_while_it_runs_is_the_one_that_was_loaded(
    drafting: Drafting, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cluster._makers(drafting)
    monkeypatch.setattr(cluster, "version", lambda _: "as it will be tomorrow")
    assert cluster._makers(drafting) == before


def test_what_is_told_to_workers_names_the_database_and_nobody(drafting: Drafting) -> None:
    assert shared_base(drafting.workspace.ledger_place()) == "postgresql://base.example/piles"
    by_socket = f"postgresql://lise:{SECRET}@/piles?host=/run/pg&port=5433&password={SECRET}&sslkey=/x"
    assert shared_base(by_socket) == "postgresql:///piles?host=%2Frun%2Fpg&port=5433"


def test_a_worker_that_does_not_see_the_folder_refuses(drafting: Drafting, tmp_path: Path) -> None:
    here = cluster._Surroundings(makers=(), base="", sign=tmp_path / "ailleurs")
    with pytest.raises(ToolFailed, match="ne voit pas l’espace de travail"):
        cluster._draft_there(drafting, here, "embrunais")


def test_a_worker_names_what_would_make_other_bytes(drafting: Drafting, tmp_path: Path) -> None:
    (tmp_path / "signe").touch()
    makers = dict(cluster._makers(drafting)) | {"Python": "2.7.18", "lxml": "0"}
    here = cluster._Surroundings(
        makers=tuple(makers.items()), base="postgresql://base.example/piles", sign=tmp_path / "signe"
    )
    with pytest.raises(ToolFailed, match="y diffèrent : Python, lxml"):
        cluster._draft_there(drafting, here, "embrunais")


def test_what_documents_depend_on_is_compared(drafting: Drafting) -> None:
    names = {name for name, _ in cluster._makers(drafting)}
    assert {"piles-docs", "Python", "deflate", "lxml", "docxtpl", "python-docx", "pillow"} <= names
