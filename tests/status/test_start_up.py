"""A question that the index can answer does not wait for what it takes to compute a state."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SLOW = (
    "sqlalchemy",
    "pydantic",
    "ruamel",
    "docx",
    "docxtpl",
    "lxml",
    "pypdf",
    "pikepdf",
    "PIL",
    "babel",
    "holidays",
    "phonenumbers",
    "num2words",
    "jinja2",
    "rich",
    "icalendar",
    "pypdfium2",
    "pyhanko",
    "cryptography",
    "numpy",
    "zxingcpp",
)
LOADED = """
import sys
from piles_docs.cli.main import run
code = run(sys.argv[2:])
print("LOADED", code, *[name for name in sys.argv[1].split(",") if name in sys.modules])
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cases whose states were told before, from files that are some seconds old."""
    folder = tmp_path_factory.mktemp("espace")
    (folder / "cases").mkdir()
    (folder / "piles.toml").write_bytes((ROOT / "piles.toml").read_bytes())
    for name in ("luberon", "haut-verdon"):
        (folder / f"cases/{name}.yaml").write_bytes((ROOT / f"cases/{name}.yaml").read_bytes())
    while time.time() - (folder / "cases/haut-verdon.yaml").stat().st_ctime < 2.1:
        time.sleep(0.1)
    loaded(folder, "status")
    assert (folder / "out/.etats.sqlite").exists()
    return folder


def loaded(folder: Path, *words: str) -> list[str]:
    """Which of the slow libraries a command loads."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PILES_")}
    done = subprocess.run(
        [sys.executable, "-c", LOADED, ",".join(SLOW), *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told = done.stdout[done.stdout.rindex("LOADED") :].split()
    assert told[1] in {"0", "3"}, done.stderr
    return told[2:]


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["status", "luberon"],
        ["status", "--missing"],
        ["status", "--csv"],
        ["status", "--json"],
        ["status", "--step", "1", "--party", "porteuse", "--older-than", "3"],
        ["--help"],
        ["status", "--help"],
        ["--version"],
    ],
    ids=" ".join,
)
def test_what_is_known_is_told_without_loading_what_computes_it(words: list[str], workspace: Path) -> None:
    assert loaded(workspace, *words) == []


def test_the_page_loads_its_template_engine_and_nothing_else(workspace: Path) -> None:
    assert loaded(workspace, "status", "--html", "out/page.html") == ["jinja2"]


@pytest.mark.parametrize(
    "words", [["status", "luberon"], ["check", "luberon"], ["why", "luberon", "1"]], ids=" ".join
)
def test_computing_a_state_loads_what_reads_a_case_and_no_more(
    words: list[str], workspace: Path, tmp_path: Path
) -> None:
    """Nothing that makes documents or signs, nor what writes into the ledger."""
    for name in ("cases", "piles.toml"):
        (tmp_path / name).symlink_to(workspace / name)
    found = set(loaded(tmp_path, *words))
    assert "pydantic" in found
    assert found <= {"pydantic", "ruamel", "phonenumbers", "holidays"}


def test_a_draft_is_made_without_what_issues_signs_or_scans(workspace: Path, tmp_path: Path) -> None:
    for place in (workspace / "cases", workspace / "piles.toml", ROOT / "templates"):
        (tmp_path / place.name).symlink_to(place)
    found = set(loaded(tmp_path, "generate", "luberon", "-d", "charte"))
    assert "docxtpl" in found
    others = {"sqlalchemy", "pypdf", "pyhanko", "cryptography", "numpy", "zxingcpp", "babel", "rich"}
    assert found & others == set()


def test_a_fact_that_completes_nothing_is_recorded_without_what_makes_documents(
    workspace: Path, tmp_path: Path
) -> None:
    for name in ("cases", "piles.toml"):
        (tmp_path / name).symlink_to(workspace / name)
    words = ["record", "luberon", "milestone", "rencontre-faite", "--on", "2026-09-15"]
    assert set(loaded(tmp_path, *words)) <= {"pydantic", "ruamel", "phonenumbers", "holidays", "sqlalchemy"}


@pytest.mark.parametrize("pdf", ["--pdf", "--no-pdf"])
def test_drafting_what_has_not_changed_loads_nothing_that_drafts(
    pdf: str, workspace: Path, tmp_path: Path
) -> None:
    for place in (workspace / "cases", workspace / "piles.toml", ROOT / "templates"):
        (tmp_path / place.name).symlink_to(place)
    assert "docxtpl" in loaded(tmp_path, "generate", "luberon", pdf)
    assert loaded(tmp_path, "generate", "luberon", pdf, "--explain") == []
