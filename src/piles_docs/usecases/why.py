"""Explain a step or a document."""

from __future__ import annotations

import datetime as dt

from piles_docs.errors import UsageError
from piles_docs.methodology.explain import blocking, explain_document, explain_step
from piles_docs.methodology.states import CaseStatus
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace


def why(workspace: Workspace, dossier: str, name: str, today: dt.date) -> tuple[str, ...]:
    """Say in French why a step (by number or id) or a document is where it is, and what to do next.

    Raises:
        UsageError: The name is neither a step nor a document of the case.
    """
    now = situation(workspace, dossier, today)
    step = next((step for step in now.state.steps if name in {str(step.number), step.id}), None)
    if step:
        return explain_step(now.state, step, now.methodology)
    after = now.methodology.steps[-1]
    if name in {str(after.number), after.id}:
        if now.state.state is CaseStatus.IN_NETWORK:
            return (f"{now.case.piles.nom} est en réseau : chaque année, une nouvelle convention annuelle.",)
        return (
            f"{now.case.piles.nom} sera en réseau quand les sept étapes seront terminées.",
            f"Reste : {blocking(now.state, after.number, now.methodology)}.",
        )
    documents = [found for found in now.state.documents if name in {found.key.document, found.key.name}]
    if not documents:
        steps = ", ".join(f"{step.number} ({step.id})" for step in now.state.steps)
        raise UsageError(
            f"« {name} » n’est ni une étape ni un document de ce dossier", remedy=f"les étapes : {steps}"
        )
    return tuple(line for document in documents for line in explain_document(now.state, document))
