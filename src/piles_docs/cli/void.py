"""`piles void`: end an issued document."""

from __future__ import annotations

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.usecases.record import void


@click.command("void")
@click.argument("dossier", metavar="DOSSIER")
@click.argument("document", metavar="DOCUMENT")
@click.option("--reason", required=True, metavar="TEXTE", help="Pourquoi ; la raison est gardée.")
@click.pass_obj
def command(session: Session, dossier: str, document: str, reason: str) -> None:
    """Annuler un document émis, pour pouvoir en émettre une nouvelle version."""
    void(session.workspace(), dossier, document, reason=reason, clock=the_clock())
    click.echo(f"annulé : {document}. Pour l’émettre à nouveau : piles pack {dossier} -d {document}")
