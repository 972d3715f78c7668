"""Send signatories their packs."""

from __future__ import annotations

from collections.abc import Sequence

from piles_docs.documents.conversion import Converter
from piles_docs.errors import Mismatch, UsageError
from piles_docs.methodology.acts import Purpose
from piles_docs.methodology.explain import STATE_WORDS
from piles_docs.methodology.instances import documents_of_step
from piles_docs.methodology.reminders import awaited
from piles_docs.methodology.states import Key
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.correspondence import Correspondence, Office, Wanted, correspond, wanted_parties
from piles_docs.usecases.generate import chosen
from piles_docs.usecases.situation import Situation, situation
from piles_docs.usecases.workspace import Workspace


def send(
    workspace: Workspace,
    dossier: str,
    *,
    step: int | None,
    documents: Sequence[str],
    parties: tuple[str, ...],
    is_dry_run: bool,
    office: Office,
    converter: Converter,
    clock: Clock,
) -> Correspondence:
    """Send packs of issued documents to those who have still to sign them.

    Args:
        workspace: The workspace.
        dossier: The case.
        step: Documents of this step; None: of all.
        documents: Documents by kind or whole name; with a step too, those of both. None named: all that wait.
        parties: Only to these; empty: to all.
        is_dry_run: Whether to tell only what would be sent.
        office: How messages leave.
        converter: What makes covers.
        clock: The moment.

    Raises:
        UsageError: A document, step or party is unknown.
        Mismatch: Nobody has to sign what is named: not issued, or signed already.
        CaseInvalid, RecordsBroken, WouldOverwrite: As `correspond`.
    """
    named = wanted_parties(parties)
    keys = _keys(situation(workspace, dossier, clock.today), step, documents)
    wanted = Wanted(purpose=Purpose.SENDING, keys=keys, parties=named, is_dry_run=is_dry_run)
    return correspond(workspace, dossier, wanted, office, converter, clock)


def _keys(now: Situation, step: int | None, documents: Sequence[str]) -> frozenset[Key] | None:
    waiting = {one.key for one in awaited(now.state)}
    states = []
    for name in documents:
        found = chosen(now, [name])
        if not any(state.key in waiting for state in found):
            raise Mismatch(
                f"{name} n’attend aucune signature : {STATE_WORDS[found[0].state]}",
                remedy=f"piles why {now.case.dossier} {name} dit quoi faire",
            )
        states += found
    if step is not None:
        kinds = {document.id for document in documents_of_step(now.methodology, step) if document.signatories}
        if not kinds:
            raise UsageError(
                f"l’étape {step} n’a pas de document à signer", remedy="les étapes vont de 1 à 7"
            )
        states += [state for state in now.state.documents if state.key.document in kinds]
    return frozenset(state.key for state in states) if documents or step is not None else None
