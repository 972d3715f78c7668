"""Check case files: every defect, which documents can be made, and what the others lack."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from piles_docs.errors import Defect, has_errors
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.rules import assess
from piles_docs.methodology.states import CaseState
from piles_docs.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a case file says, and what it allows."""

    dossier: str
    defects: tuple[Defect, ...]
    state: CaseState | None
    """None when the file has errors."""


def check(workspace: Workspace, dossier: str, today: dt.date) -> Checked:
    """Check one case file.

    Raises:
        CaseInvalid: piles.toml has errors, or the file cannot be opened.
        RecordsBroken: The ledger cannot be read.
    """
    network = workspace.network()
    reading = workspace.read(dossier)
    if reading.case is None or has_errors(reading.defects):
        return Checked(dossier=dossier, defects=reading.defects, state=None)
    state = assess(reading.case, network, workspace.acts(dossier), today, load_methodology())
    return Checked(dossier=dossier, defects=reading.defects, state=state)
