"""`piles copies`: each party's own copy of what is signed."""

from __future__ import annotations

from collections.abc import Iterable

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import say
from piles_docs.usecases.copies import Copy, make_copies
from piles_docs.usecases.record import issued
from piles_docs.usecases.situation import situation


@click.command("copies")
@click.argument("dossier", metavar="DOSSIER")
@click.option(
    "--document", "-d", "documents", multiple=True, metavar="DOCUMENT", help="Ce document ; répétable."
)
@click.pass_obj
def command(session: Session, dossier: str, documents: tuple[str, ...]) -> None:
    """Refaire la copie de chaque partie, pour ce qui est signé par tous."""
    workspace = session.workspace()
    now = situation(workspace, dossier, the_clock().today)
    copies = make_copies(workspace, now, [issued(now, name).issued.reference for name in documents])
    show_copies(copies)
    if copies:
        click.echo(f"Tout est dans {workspace.out / dossier / 'copies'}")
    else:
        say("Rien de tel n’est encore signé par toutes les parties.", quiet=session.quiet)


def show_copies(copies: Iterable[Copy]) -> None:
    """Say which copy is whose, and whether it shows the signatures."""
    for copy in copies:
        files = ", ".join(path.name for path in copy.paths)
        click.echo(f"copie de {copy.party} : {files}")
        if not copy.shows_signatures:
            say("    aucune pièce n’y montre les signatures : gardez le papier, ou joignez son scan")
