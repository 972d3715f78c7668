"""`piles log`: what was recorded about a case, in order."""

from __future__ import annotations

from dataclasses import asdict

import click

from piles_docs.cli.main import Session
from piles_docs.cli.output import say, show_json
from piles_docs.usecases.log import log


@click.command("log")
@click.argument("dossier", metavar="DOSSIER")
@click.option("--json", "as_json", is_flag=True, help="Résultat en JSON.")
@click.pass_obj
def command(session: Session, dossier: str, as_json: bool) -> None:
    """Tout ce qui a été enregistré sur un dossier, dans l’ordre."""
    lines = log(session.workspace(), dossier)
    if as_json:
        events = [
            asdict(line) | {"on": line.on.isoformat(), "recorded_at": line.recorded_at.isoformat()}
            for line in lines
        ]
        show_json({"schema": 1, "dossier": dossier, "events": events})
        return
    if not lines:
        say(f"Rien n’est encore enregistré sur {dossier}.", quiet=session.quiet)
    width = len(str(len(lines)))
    for line in lines:
        struck = f" [retiré par l’événement n° {line.withdrawn_by}]" if line.withdrawn_by else ""
        click.echo(f"{line.number:>{width}}  {line.on:%d/%m/%Y}  {line.text}{struck}")
