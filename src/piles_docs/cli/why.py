"""`piles why`: why a step or a document is where it is, and the next act."""

from __future__ import annotations

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.usecases.why import why


@click.command("why")
@click.argument("dossier", metavar="DOSSIER")
@click.argument("name", metavar="ÉTAPE|DOCUMENT")
@click.pass_obj
def command(session: Session, dossier: str, name: str) -> None:
    """Pourquoi une étape est verrouillée ou un document incomplet, et que faire."""
    for line in why(session.workspace(), dossier, name, the_clock().today):
        click.echo(line)
