"""Say what was recorded, and what it opened or completed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count, say, working
from piles_docs.errors import SignatureFailed, SignatureNotJudged, SigningFailed, ToolFailed, ToolMissing
from piles_docs.methodology.states import CaseStatus
from piles_docs.methodology.threads import history
from piles_docs.usecases.record import Recorded
from piles_docs.usecases.situation import situation

if TYPE_CHECKING:
    from piles_docs.usecases.proving import ProofMade


def show_recorded(done: Recorded, what: str) -> None:
    """Say what was recorded and which steps it opened."""
    click.echo(f"enregistré : {what} ({count(len(done.acts), 'fait')})")
    for step in done.opened:
        click.echo(f"étape ouverte : {step}")
    if done.after.state is CaseStatus.IN_NETWORK and done.before.state is not CaseStatus.IN_NETWORK:
        click.echo("Les sept étapes sont terminées : le PILES est en réseau.")
    if done.after.state is CaseStatus.ENDED:
        click.echo("Le dossier est clos.")


def show_completed(session: Session, dossier: str, done: Recorded) -> None:
    """Make the proof and each party's copy of what everyone has signed only since, and say where they are."""
    if not done.completed:
        return
    from piles_docs.cli.copies import show_copies  # noqa: PLC0415  # what binds PDF files
    from piles_docs.usecases.copies import make_copies  # noqa: PLC0415  # as above

    workspace = session.workspace()
    now = situation(workspace, dossier, the_clock().today)
    if any(history(now.acts).threads[reference].files for reference in done.completed):
        _prove(session, dossier)
        now = situation(workspace, dossier, the_clock().today)
    show_copies(make_copies(workspace, now, done.completed))


def show_proofs(made: Iterable[ProofMade], *, quiet: bool) -> None:
    """Say which proof files were made, and how long their seal can be checked."""
    for proof in made:
        click.echo(f"fichier de preuve : {proof.path} (cachet {proof.seal})")
        if proof.shortfall:
            say(f"Attention, cachet moins durable que demandé : {proof.shortfall}.", quiet=quiet)


def _prove(session: Session, dossier: str) -> None:
    """What is signed is recorded already: a proof that cannot be made now is made later."""
    try:
        made = prove(session, dossier, None)
    except (SigningFailed, SignatureFailed, SignatureNotJudged, ToolFailed, ToolMissing) as error:
        say(f"Le fichier de preuve n’est pas fait : {error.message}.", quiet=session.quiet)
        say(f"    → Pour le faire plus tard : piles proof {dossier}", quiet=session.quiet)
        return
    show_proofs(made, quiet=session.quiet)


def prove(session: Session, dossier: str, document: str | None) -> tuple[ProofMade, ...]:
    """Make the proof files of a document, or those that are missing."""
    # Loaded here alone: what signs and judges takes long to load, and most signatures are on paper.
    from piles_docs.cli.secrets import TerminalSecrets  # noqa: PLC0415
    from piles_docs.documents.conversion import find_converter  # noqa: PLC0415
    from piles_docs.usecases.proving import make_proofs  # noqa: PLC0415
    from piles_docs.usecases.sealing import Sealer  # noqa: PLC0415

    workspace = session.workspace()
    with working(f"{dossier} : fichier de preuve…", quiet=session.quiet):
        return make_proofs(
            workspace,
            dossier,
            document,
            sealer=Sealer(workspace, TerminalSecrets()),
            converter=find_converter(workspace.network().document.convertisseur),
            clock=the_clock(),
        )
