"""`piles doctor`: what is installed, what is missing, how to get it."""

from __future__ import annotations

import click

from piles_docs.errors import ExitCode
from piles_docs.usecases.doctor import examine


@click.command("doctor")
def command() -> int:
    """Ce qui est installé, ce qui manque, comment l’obtenir."""
    code = ExitCode.DONE
    for finding in examine():
        click.echo(f"{'bon    ' if finding.good else 'manque '} {finding.name} : {finding.found}")
        if finding.remedy:
            click.echo(f"        → {finding.remedy}")
        if not finding.good:
            code = ExitCode.TOOL_MISSING
    return code
