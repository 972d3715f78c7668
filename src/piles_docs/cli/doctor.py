"""`piles doctor`: what is installed, what is missing, how to get it; what a workspace signs with."""

from __future__ import annotations

from pathlib import Path

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.errors import ExitCode, UsageError
from piles_docs.usecases.doctor import Finding, examine
from piles_docs.usecases.workspace import Workspace, find_workspace


@click.command("doctor")
@click.pass_obj
def command(session: Session) -> int:
    """Ce qui est installé, ce qui manque, comment l’obtenir.

    Dans un espace de travail, aussi : jusqu’à quand vaut le certificat du cachet, si le service d’horodatage
    répond, quelles autorités sont crues. Aucun mot de passe n’est demandé.
    """
    code = ExitCode.DONE
    for finding in examine():
        code = max(code, _show(finding))
    workspace = _workspace(session)
    if workspace is not None:
        from piles_docs.usecases.signature_findings import signature_findings  # noqa: PLC0415  # slow to load

        for finding in signature_findings(workspace, the_clock()):
            code = max(code, _show(finding))
    return code


def _show(finding: Finding) -> ExitCode:
    word = "manque" if not finding.good else "attention" if finding.is_warning else "bon"
    click.echo(f"{word:<9} {finding.name} : {finding.found}")
    if finding.remedy:
        click.echo(f"          → {finding.remedy}")
    return ExitCode.DONE if finding.good else ExitCode.TOOL_MISSING


def _workspace(session: Session) -> Workspace | None:
    """The workspace, if there is one: `piles doctor` serves before there is."""
    if session.folder is not None:
        return session.workspace()
    try:
        return find_workspace(Path.cwd())
    except (UsageError, FileNotFoundError):
        return None
