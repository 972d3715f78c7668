"""Say what was recorded, and what it opened or completed."""

from __future__ import annotations

import click

from piles_docs.cli.copies import show_copies
from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count
from piles_docs.methodology.states import CaseStatus
from piles_docs.usecases.copies import make_copies
from piles_docs.usecases.record import Recorded
from piles_docs.usecases.situation import situation


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
    """Make each party's copy of what everyone has signed only since, and say where it is."""
    if done.completed:
        workspace = session.workspace()
        now = situation(workspace, dossier, the_clock().today)
        show_copies(make_copies(workspace, now, done.completed))
