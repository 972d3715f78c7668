"""An unchanged case is told from dates and digests alone; anything that changed is looked into."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from piles_docs.errors import CaseInvalid
from piles_docs.usecases import drafts, stamps
from piles_docs.usecases import generate as generating
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.drafts import NOTHING_CHANGED, Draft, Outcome, prepare
from piles_docs.usecases.workspace import Workspace

from .test_generate import Counting

CASE = "embrunais"
TODAY = dt.date(2026, 6, 15)


@pytest.fixture
def settled(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose files are old enough to be told by their dates, and whose drafts are made."""
    monkeypatch.setattr(stamps, "_SETTLED_NS", 0)
    _prepare(workspace)
    return workspace


def _prepare(workspace: Workspace, *documents: str, today: dt.date = TODAY) -> dict[str, Draft]:
    clock = Clock(today=today, now=dt.datetime.now(dt.UTC))
    made = prepare(workspace, CASE, documents=documents, converter=Counting(), overwrite=False, clock=clock)
    return {draft.name: draft for draft in made}


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that looked into the case."""
    asked: list[str] = []
    generate = generating.generate

    def noting(workspace: Workspace, dossier: str, **options: object) -> tuple[Draft, ...]:
        asked.append(dossier)
        return generate(workspace, dossier, **options)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(generating, "generate", noting)
    return asked


def test_an_unchanged_case_is_not_looked_into(settled: Workspace, looked: list[str]) -> None:
    again = _prepare(settled)
    assert looked == []
    assert {draft.outcome for draft in again.values()} == {Outcome.UNCHANGED}
    assert {draft.why for draft in again.values()} == {NOTHING_CHANGED}
    assert all(draft.path and draft.path.is_file() for draft in again.values())


def _edit_case(workspace: Workspace) -> None:
    path = workspace.case_file(CASE)
    path.write_text(path.read_text("utf-8").replace("quorum: 6", "quorum: 5"), "utf-8")


def _edit_settings(workspace: Workspace) -> None:
    path = workspace.root / "piles.toml"
    path.write_text(f"{path.read_text('utf-8')}\n", "utf-8")


def _touch_template(workspace: Workspace) -> None:
    (workspace.root / "templates" / "charte.docx").touch()


def _touch_block(workspace: Workspace) -> None:
    next((workspace.root / "templates" / "blocs").glob("*.docx")).touch()


def _delete_draft(workspace: Workspace) -> None:
    (workspace.out / CASE / "drafts" / "charte.pdf").unlink()


def _edit_draft(workspace: Workspace) -> None:
    with (workspace.out / CASE / "drafts" / "charte.docx").open("ab") as file:
        file.write(b" ")


def _spoil_last_run(workspace: Workspace) -> None:
    (workspace.out / CASE / "drafts" / ".dernier.json").write_text("{", "utf-8")


def _change_last_run(workspace: Workspace) -> None:
    path = workspace.out / CASE / "drafts" / ".dernier.json"
    run = json.loads(path.read_bytes())
    path.write_text(json.dumps(run | {"drafts": [{"name": 1, "autre": None}, []]}), "utf-8")


def _spoil_manifest(workspace: Workspace) -> None:
    (workspace.out / CASE / "drafts" / "manifeste.json").write_text("{", "utf-8")


def _change_manifest(workspace: Workspace) -> None:
    path = workspace.out / CASE / "drafts" / "manifeste.json"
    manifest = json.loads(path.read_bytes())
    first, second, *_ = manifest["documents"]
    manifest["documents"] |= {first: [], second: manifest["documents"][second] | {"docx_sha256": []}}
    path.write_text(json.dumps(manifest), "utf-8")


@pytest.mark.parametrize(
    "change",
    [
        _change_manifest,
        _edit_case,
        _change_last_run,
        _edit_settings,
        _touch_template,
        _touch_block,
        _delete_draft,
        _edit_draft,
        _spoil_manifest,
        _spoil_last_run,
    ],
)
def test_whatever_changed_is_looked_into(
    change: Callable[[Workspace], None], settled: Workspace, looked: list[str]
) -> None:
    change(settled)
    _prepare(settled)
    assert looked == [CASE]


def test_a_library_that_was_replaced_is_looked_into(
    settled: Workspace, looked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = ModuleSpec("docxtpl", None, origin=str(tmp_path / "docxtpl" / "__init__.py"))
    monkeypatch.setattr(drafts, "find_spec", lambda _: spec)
    _prepare(settled)
    _prepare(settled)
    assert looked == [CASE]
    (tmp_path / "docxtpl-9.dist-info").mkdir()
    _prepare(settled)
    assert looked == [CASE, CASE]


def test_another_day_or_a_document_named_is_looked_into(settled: Workspace, looked: list[str]) -> None:
    _prepare(settled, today=TODAY + dt.timedelta(days=1))
    _prepare(settled, "charte")
    assert looked == [CASE, CASE]


def test_a_file_of_this_very_moment_is_looked_into(workspace: Workspace, looked: list[str]) -> None:
    os.utime(workspace.case_file(CASE))
    _prepare(workspace)
    _prepare(workspace)
    assert looked == [CASE, CASE]


def test_a_draft_that_someone_edited_is_told_each_time(settled: Workspace) -> None:
    _edit_draft(settled)
    for _ in range(2):
        assert _prepare(settled)["charte"].outcome is Outcome.EDITED


def test_what_is_kept_of_a_run_names_nobody(settled: Workspace) -> None:
    name = settled.case(CASE).porteuse.representant.nom
    kept = list((settled.out / CASE / "drafts").glob("*.json"))
    assert [path.name for path in sorted(kept)] == [".dernier.json", "manifeste.json"]
    assert not [path for path in kept if name in path.read_text("utf-8")]


def test_an_unchanged_case_loads_no_library_of_documents(settled: Workspace) -> None:
    program = f"""
import datetime as dt, sys
from pathlib import Path
from piles_docs.usecases import stamps
stamps._SETTLED_NS = 0
from piles_docs.usecases.drafts import prepare
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.workspace import Workspace

class Named:
    stamp = "compteur 1"

clock = Clock(today=dt.date({TODAY.year}, {TODAY.month}, {TODAY.day}), now=dt.datetime.now(dt.UTC))
drafts = prepare(Workspace(Path(sys.argv[1])), "{CASE}", documents=(), converter=Named(), overwrite=False, clock=clock)
assert drafts
print(*sorted({{"docx", "docxtpl", "lxml", "pydantic", "jinja2", "sqlalchemy", "pikepdf", "ruamel"}} & set(sys.modules)))
"""
    words = [sys.executable, "-c", program, str(settled.root)]
    environment = os.environ | {"PYTHONPATH": str(Path(generating.__file__).parents[2])}
    answer = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
    assert answer.stdout.split() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "auto"),
        ('[document]\nconvertisseur = "dxpdf"\n', "dxpdf"),
        ('[document]\nconvertisseur = "libreoffice"\n', "libreoffice"),
    ],
)
def test_the_converter_is_known_without_the_rest_of_the_settings(
    text: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "piles.toml").write_text(text, "utf-8")
    assert Workspace(tmp_path).preferred_converter() == said


@pytest.mark.parametrize(
    "text", ['[document]\nconvertisseur = "word"\n', "document = 3\n", "[document\n", "\udcff"]
)
def test_a_converter_that_is_none_is_told_with_the_rest_of_the_settings(text: str, tmp_path: Path) -> None:
    (tmp_path / "piles.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CaseInvalid):
        Workspace(tmp_path).preferred_converter()
