"""The project's own pages, issued once for all tests of a worker."""

from __future__ import annotations

import pytest

from piles_docs.documents.conversion import Embedded
from piles_docs.usecases.workspace import Workspace

from .generator import Sheet
from .sheets import issued_pages

WANTED = (
    "charte",
    "convention-amorcage",
    "emargement-formation",
    "invitation-copil.cma-05",
    "plan-formation",
)


@pytest.fixture(scope="session")
def sheets(repository: Workspace) -> list[Sheet]:
    """All pages of five documents, by the converter that is always there."""
    return issued_pages(repository, Embedded(), WANTED)
