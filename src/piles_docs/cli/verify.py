"""`piles verify`: the ledger's chain and the archived bytes."""

from __future__ import annotations

import click

from piles_docs.cli.main import Session
from piles_docs.cli.output import say
from piles_docs.errors import ExitCode
from piles_docs.usecases.verify import verify


@click.command("verify")
@click.argument("dossiers", metavar="[DOSSIER]…", nargs=-1)
@click.pass_obj
def command(session: Session, dossiers: tuple[str, ...]) -> int:
    """Vérifier le registre et les pièces archivées."""
    findings = verify(session.workspace(), dossiers)
    harmful = [found for found in findings if not found.harmless]
    for found in findings:
        place = f"{found.dossier}, événement {found.sequence} : " if found.dossier else ""
        (click.echo if found in harmful else say)(f"{place}{found.message}")
    if harmful:
        click.echo("Le registre ou l’archive a été abîmé : reprenez une sauvegarde de records/.")
        return ExitCode.RECORDS_BROKEN
    click.echo("Registre et archive intacts.")
    return ExitCode.DONE
