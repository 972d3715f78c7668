"""Where cases stand, as a stable, versioned shape for people and programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from piles_docs.errors import PilesError
from piles_docs.methodology.states import CaseState, DocumentState, StepState
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

SCHEMA = 1


def states(
    workspace: Workspace, dossiers: Sequence[str], today: dt.date
) -> tuple[tuple[CaseState, ...], tuple[PilesError, ...]]:
    """The states of cases; a case that cannot be read does not hide the others."""
    found, errors = [], []
    for dossier in workspace.choose(dossiers):
        try:
            found.append(situation(workspace, dossier, today).state)
        except PilesError as error:
            errors.append(error)
    return tuple(found), tuple(errors)


def as_json(cases: Sequence[CaseState], today: dt.date) -> dict[str, Any]:
    """The states as JSON data: arrays sorted, dates ISO 8601 (docs/status-json.md)."""
    return {"schema": SCHEMA, "as_of": today.isoformat(), "cases": [_case(state) for state in cases]}


def _case(state: CaseState) -> dict[str, Any]:
    return {
        "dossier": state.dossier,
        "piles": state.piles,
        "state": str(state.state),
        "ended_by": state.ended_by,
        "current_step": state.current_step,
        "steps": [_step(step) for step in state.steps],
        "milestones": [{"id": name, "on": on.isoformat()} for name, on in sorted(state.milestones.items())],
        "documents": [_document(document) for document in state.documents],
        "missing": [
            {
                "document": missing.key.document,
                "recipient": missing.key.recipient,
                "party": missing.party,
                "signatory": missing.signatory,
                "original": missing.original,
                "since_days": missing.since_days,
            }
            for missing in state.missing
        ],
    }


def _step(step: StepState) -> dict[str, Any]:
    return {
        "number": step.number,
        "id": step.id,
        "title": step.title,
        "state": str(step.state),
        "ahead": step.ahead,
        "waiting_for": [
            {"kind": str(waiting.kind), "milestone": waiting.milestone}
            if waiting.milestone
            else {"kind": str(waiting.kind), "document": waiting.document, "party": waiting.party}
            for waiting in step.waiting_for
        ],
    }


def _document(document: DocumentState) -> dict[str, Any]:
    issued = document.issued
    return {
        "id": document.key.document,
        "recipient": document.key.recipient,
        "period": document.key.period,
        "step": document.step,
        "state": str(document.state),
        "reference": issued.reference if issued else None,
        "version": issued.version if issued else None,
        "issued_on": issued.on.isoformat() if issued else None,
        "due_on": issued.due_on.isoformat() if issued and issued.due_on else None,
        "signed_on": document.signed_on.isoformat() if document.signed_on else None,
        "unlocks": list(document.unlocks),
        "stale": [
            {"path": field.path, "issued": field.issued, "current": field.current} for field in document.stale
        ],
        "lacks": list(document.lacks),
        "signatures": [
            {
                "party": signature.party,
                "signatory": signature.signatory,
                "original": signature.original,
                "state": str(signature.state),
                "means": str(signature.means) if signature.means else None,
                "on": signature.on.isoformat() if signature.on else None,
            }
            for signature in document.signatures
        ],
    }
