from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from piles_docs.usecases.workspace import Workspace

from ..seals import set_seal
from .posting import CASE, issue_all

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with the templates of the repository and its complete case."""
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "cases").mkdir()
    shutil.copy(ROOT / "cases" / "embrunais.yaml", tmp_path / "cases")
    shutil.copy(ROOT / "piles.toml", tmp_path)
    set_seal(tmp_path)
    return Workspace(tmp_path)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose packs wait to be sent; for copying, not for use."""
    folder = tmp_path_factory.mktemp("emis")
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "cases").mkdir()
    shutil.copy(ROOT / "cases" / f"{CASE}.yaml", folder / "cases")
    shutil.copy(ROOT / "piles.toml", folder)
    set_seal(folder)
    issue_all(Workspace(folder))
    return folder
