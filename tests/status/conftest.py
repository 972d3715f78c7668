from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from piles_docs.usecases.workspace import Workspace

from .network import TODAY, issued, make_network, milestone, record, signed

BOTH = {"porteuse": "Mme Lise Exemple", "tete-de-reseau": "M. Camille Fictif"}


@pytest.fixture
def various(tmp_path: Path) -> Workspace:
    """Cases in several places: the beginning, waiting for signatures, ahead of its step, ended, unreadable."""
    workspace = make_network(tmp_path / "espace", "amont", "bourg", "col", "dent", "etang")

    def day(days: int) -> dt.date:
        return TODAY - dt.timedelta(days)

    charter = issued("bourg", "charte", {"porteuse": "Mme Lise Exemple"}, on=day(40), due_on=day(25))
    record(workspace, "bourg", milestone("rencontre-faite", day(60)), charter)
    framework = issued("col", "convention-cadre", BOTH, on=day(300), ends_on=TODAY + dt.timedelta(35))
    start = issued("col", "convention-amorcage", BOTH, on=day(12), originals=2)
    record(workspace, "col", framework, *signed(framework, on=day(290)), start)
    record(workspace, "dent", milestone("rencontre-faite", day(9)), milestone("abandon", day(3)))
    workspace.case_file("etang").write_text("dossier: [", "utf-8")
    return workspace
