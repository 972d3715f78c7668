"""`piles proof`: the proof file of what was signed electronically."""

from __future__ import annotations

import click

from piles_docs.cli.main import Session
from piles_docs.cli.output import say
from piles_docs.cli.recorded import prove, show_proofs


@click.command("proof")
@click.argument("dossier", metavar="DOSSIER")
@click.argument("document", metavar="[DOCUMENT]", required=False)
@click.pass_obj
def command(session: Session, dossier: str, document: str | None) -> None:
    """Faire le fichier de preuve d’un document signé électroniquement."""
    made = prove(session, dossier, document)
    show_proofs(made, quiet=session.quiet)
    if not made:
        say("Tout ce qui est signé électroniquement a déjà son fichier de preuve.", quiet=session.quiet)
