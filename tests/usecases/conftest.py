from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from piles_docs.usecases.workspace import Workspace

from ..seals import set_seal
from .posting import CASE, issue_all

ROOT = Path(__file__).parents[2]


def make_workspace(folder: Path) -> Workspace:
    """A workspace with the templates of the repository and its complete case."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "cases").mkdir()
    shutil.copy(ROOT / "cases" / f"{CASE}.yaml", folder / "cases")
    shutil.copy(ROOT / "piles.toml", folder)
    set_seal(folder)
    return Workspace(folder)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose packs wait to be sent; for copying, not for use."""
    made = make_workspace(tmp_path_factory.mktemp("emis"))
    issue_all(made)
    return made.root
