from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from piles_docs.cli.main import run
from piles_docs.errors import CaseInvalid, ExitCode, UsageError
from piles_docs.ledger.acts import entry_of
from piles_docs.ledger.findings import FindingKind
from piles_docs.methodology.acts import MilestoneReached
from piles_docs.usecases.verify import heads, verify
from piles_docs.usecases.workspace import LEDGER_URL, Workspace

NOW = datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)
MET = entry_of(MilestoneReached(milestone="rencontre-faite", on=NOW.date()))


@pytest.fixture(autouse=True)
def no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LEDGER_URL, raising=False)


@pytest.fixture
def recorded(workspace: Workspace) -> Workspace:
    """Two cases with something in the ledger; one of them has no file any more."""
    workspace.ledger().append("embrunais", [MET, MET], expected=0, now=NOW)
    workspace.ledger().append("ancien", [MET], expected=0, now=NOW)
    return workspace


def shorten(workspace: Workspace) -> None:
    """Cut the last event of a case off, with its head, as someone who knows how would."""
    with closing(sqlite3.connect(workspace.records / "registre.sqlite")) as connection, connection:
        connection.execute("DROP TRIGGER events_stay")
        connection.execute("DELETE FROM events WHERE dossier = 'embrunais' AND sequence = 2")
        connection.execute(
            "UPDATE heads SET sequence = 1, "
            "digest = (SELECT digest FROM events WHERE dossier = 'embrunais') WHERE dossier = 'embrunais'"
        )


def piles(workspace: Workspace, *words: str) -> int:
    return run(["--workspace", str(workspace.root), *words])


def test_heads_are_given_for_all_cases_or_those_named(recorded: Workspace) -> None:
    assert [(head.dossier, head.sequence) for head in heads(recorded)] == [("ancien", 1), ("embrunais", 2)]
    assert [head.dossier for head in heads(recorded, ["embrunais"])] == ["embrunais"]
    with pytest.raises(UsageError, match="embrunaise"):
        heads(recorded, ["embrunaise"])


def test_a_case_without_events_has_no_head(workspace: Workspace) -> None:
    assert heads(workspace, ["embrunais"]) == ()
    assert not workspace.records.exists()


def test_a_head_kept_elsewhere_is_checked_whichever_case_is_meant(recorded: Workspace) -> None:
    kept = [str(head.short()) for head in heads(recorded)]
    assert verify(recorded, ["ancien"], kept) == ()
    shorten(recorded)
    assert verify(recorded) == ()
    (finding,) = verify(recorded, ["ancien"], kept)
    assert (finding.kind, finding.dossier) == (FindingKind.REWRITTEN, "embrunais")
    with pytest.raises(UsageError, match="n’est pas une tête"):
        verify(recorded, (), ["embrunais 2"])


def test_the_command_shows_heads_that_it_takes_back(
    recorded: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert piles(recorded, "verify", "--head") == ExitCode.DONE
    shown = capsys.readouterr().out.splitlines()
    assert [line.rsplit(" ", 1)[0] for line in shown] == ["ancien 1", "embrunais 2"]
    words = [word for line in shown for word in ("--expect", line)]
    assert piles(recorded, "verify", *words) == ExitCode.DONE
    assert capsys.readouterr().out == "Registre et archive intacts.\n"
    shorten(recorded)
    assert piles(recorded, "verify") == ExitCode.DONE
    capsys.readouterr()
    assert piles(recorded, "verify", *words) == ExitCode.RECORDS_BROKEN
    assert f"embrunais, événement 2 : la tête notée « {shown[1]} »" in capsys.readouterr().out


def test_the_command_shows_no_head_of_a_broken_ledger(
    recorded: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(recorded.records / "registre.sqlite")) as connection, connection:
        connection.execute("UPDATE heads SET sequence = 3")
    assert piles(recorded, "verify", "--head") == ExitCode.RECORDS_BROKEN
    assert "des événements ont été retirés" in capsys.readouterr().out


def test_the_command_refuses_what_is_no_head(recorded: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert piles(recorded, "verify", "--expect", "embrunais") == ExitCode.USAGE
    assert "piles verify --head" in capsys.readouterr().err


def _address(workspace: Workspace, url: str) -> None:
    path = workspace.root / "piles.toml"
    path.write_text(path.read_text("utf-8").replace("# url =", f'url = "{url}" #'), "utf-8")


def test_the_ledger_is_where_the_workspace_says_whatever_the_current_folder(
    workspace: Workspace, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("ailleurs"))
    assert workspace.ledger_place() == workspace.records / "registre.sqlite"
    _address(workspace, "sqlite:///commun/registre.sqlite")
    workspace.ledger().append("embrunais", [MET], expected=0, now=NOW)
    assert (workspace.root / "commun" / "registre.sqlite").is_file()
    assert list(Path.cwd().iterdir()) == []


def test_the_environment_says_where_the_ledger_is_before_the_file_does(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _address(workspace, "postgresql://piles@serveur.example/piles")
    assert workspace.ledger().place == "postgresql://piles@serveur.example/piles"
    monkeypatch.setenv(LEDGER_URL, "postgresql://piles:secret@ailleurs.example/piles")
    assert workspace.ledger().place == "postgresql://piles:***@ailleurs.example/piles"
    monkeypatch.setenv(LEDGER_URL, "")
    assert workspace.ledger().place == "postgresql://piles@serveur.example/piles"


def test_a_password_in_the_file_is_refused(workspace: Workspace) -> None:
    _address(workspace, "postgresql://piles:secret@serveur.example/piles")
    with pytest.raises(CaseInvalid) as caught:
        workspace.ledger()
    (defect,) = caught.value.defects
    assert "PILES_REGISTRE_URL" in defect.remedy
    assert "secret" not in str(caught.value) + str(defect)
