"""The honest files, made once for all tests of a worker."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from piles_docs.documents.conversion import LibreOffice
from piles_docs.usecases.workspace import Workspace

from ..authority import Authority
from .honest import Honest, make_pages


@pytest.fixture(scope="session")
def honest(repository: Workspace, signing_authority: Authority) -> Honest:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed here")
    return Honest(make_pages(repository, LibreOffice(Path(program))), signing_authority)
