from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with the templates of the repository and its complete case."""
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "cases").mkdir()
    shutil.copy(ROOT / "cases" / "embrunais.yaml", tmp_path / "cases")
    shutil.copy(ROOT / "piles.toml", tmp_path)
    return Workspace(tmp_path)
