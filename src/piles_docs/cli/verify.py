"""`piles verify`: the ledger's chain and the archived bytes."""

from __future__ import annotations

import click

from piles_docs.cli.main import Session
from piles_docs.cli.output import say
from piles_docs.errors import ExitCode
from piles_docs.usecases.verify import heads, verify


@click.command("verify")
@click.argument("dossiers", metavar="[DOSSIER]…", nargs=-1)
@click.option(
    "--head",
    "show_heads",
    is_flag=True,
    help="Si tout est intact, montrer la tête de chaque dossier, à garder ailleurs.",
)
@click.option(
    "--expect",
    "expected",
    metavar="TÊTE",
    multiple=True,
    help="Une tête gardée ailleurs (« haut-verdon 17 3f2a-9c41-07be-55d0 ») doit être encore dans le "
    "registre ; peut être répétée.",
)
@click.pass_obj
def command(session: Session, dossiers: tuple[str, ...], show_heads: bool, expected: tuple[str, ...]) -> int:
    """Vérifier le registre et les pièces archivées."""
    findings = verify(session.workspace(), dossiers, expected)
    harmful = [found for found in findings if not found.harmless]
    for found in findings:
        number = f", événement {found.sequence}" if found.sequence else ""
        place = f"{found.dossier}{number} : " if found.dossier else ""
        (click.echo if found in harmful else say)(f"{place}{found.message}")
    if harmful:
        click.echo("Le registre ou l’archive a été abîmé : reprenez une sauvegarde de records/.")
        return ExitCode.RECORDS_BROKEN
    if show_heads:
        for head in heads(session.workspace(), dossiers):
            click.echo(head.short())
    else:
        click.echo("Registre et archive intacts.")
    return ExitCode.DONE
