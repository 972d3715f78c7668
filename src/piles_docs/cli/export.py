"""`piles export`: a bundle that others can check without this program."""

from __future__ import annotations

from pathlib import Path

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count
from piles_docs.usecases.export import export


@click.command("export")
@click.argument("dossier", metavar="DOSSIER")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="RÉPERTOIRE",
    help="Où l’écrire ; sinon out/<dossier>/exports.",
)
@click.pass_obj
def command(session: Session, dossier: str, to: Path | None) -> None:
    """Tout ce qui est enregistré sur un dossier, vérifiable sans ce programme."""
    done = export(session.workspace(), dossier, to=to, clock=the_clock())
    click.echo(f"exporté : {done.path} ({count(done.events, 'fait')}, {count(done.files, 'pièce')})")
    click.echo(f"tête du registre : {done.head.short()}")
