"""`piles init`: a new workspace."""

from __future__ import annotations

from pathlib import Path

import click

from piles_docs.usecases.init import init


@click.command("init")
@click.argument("dossier", metavar="DOSSIER", type=click.Path(path_type=Path))
def command(dossier: Path) -> None:
    """Créer un espace de travail : modèles, piles.toml, un dossier d’exemple."""
    for name in init(dossier):
        click.echo(f"créé : {dossier / name}")
    click.echo(f"\nEnsuite : cd {dossier} ; complétez piles.toml ; puis piles check")
