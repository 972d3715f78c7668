"""Remind those whose turn it is to sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from piles_docs.documents.conversion import Converter
from piles_docs.errors import CaseInvalid, WouldOverwrite
from piles_docs.methodology.acts import Purpose
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.correspondence import Correspondence, Office, Wanted, correspond, wanted_parties
from piles_docs.usecases.workspace import Workspace


def remind(
    workspace: Workspace,
    dossiers: Sequence[str],
    *,
    parties: tuple[str, ...],
    is_dry_run: bool,
    office: Office,
    converter: Converter,
    clock: Clock,
) -> Iterator[Correspondence]:
    """Remind the signatories of cases, one message a person and case; each case is told when it is done.

    A case that cannot be read does not hide the others; what would stop all, such as a mail server that is
    away, ends it.

    Raises:
        UsageError: A case or party is unknown.
        RecordsBroken: As `correspond`.
    """
    wanted = Wanted(purpose=Purpose.REMINDER, parties=wanted_parties(parties), is_dry_run=is_dry_run)
    for dossier in workspace.choose(dossiers):
        try:
            done = correspond(workspace, dossier, wanted, office, converter, clock)
        except (CaseInvalid, WouldOverwrite) as error:
            done = Correspondence(dossier, office.channel, failures=[error])
        yield done
        if done.is_cut_short:
            return
