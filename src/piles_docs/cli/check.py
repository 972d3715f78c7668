"""`piles check`: what is wrong in the case files, and what can be made."""

from __future__ import annotations

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import grouped, say_defects, show_json
from piles_docs.errors import ExitCode, has_errors
from piles_docs.usecases.check import Checked, check


@click.command("check")
@click.argument("dossiers", metavar="[DOSSIER]…", nargs=-1)
@click.option("--all", "show_all", is_flag=True, help="Dire aussi ce qui manque aux étapes suivantes.")
@click.option("--json", "as_json", is_flag=True, help="Résultat en JSON.")
@click.pass_obj
def command(session: Session, dossiers: tuple[str, ...], show_all: bool, as_json: bool) -> int:
    """Vérifier les dossiers : les erreurs, les documents possibles, ce qui manque aux autres."""
    workspace = session.workspace()
    results = [check(workspace, dossier, the_clock().today) for dossier in workspace.choose(dossiers)]
    if as_json:
        show_json({"schema": 1, "cases": [_as_json(result) for result in results]})
    else:
        for result in results:
            _show(result, show_all=show_all)
    return ExitCode.CASE_INVALID if any(has_errors(result.defects) for result in results) else ExitCode.DONE


def _show(result: Checked, *, show_all: bool) -> None:
    say_defects(result.defects)
    if result.state is None:
        click.echo(f"{result.dossier} : à corriger.")
        return
    lacking = [document for document in result.state.documents if document.lacks]
    later = [document for document in lacking if (document.step or 0) > result.state.current_step]
    click.echo(f"{result.dossier} : {len(result.state.documents) - len(lacking)} documents possibles.")
    for document in lacking:
        if show_all or document not in later:
            click.echo(f"  {document.key.name} : il manque {grouped(document.lacks)}")
    if later and not show_all:
        count = f"{len(later)} documents des étapes suivantes sont à compléter"
        click.echo(f"  {count} : piles check {result.dossier} --all")


def _as_json(result: Checked) -> dict[str, object]:
    documents = result.state.documents if result.state else ()
    return {
        "dossier": result.dossier,
        "defects": [
            {
                "file": defect.file,
                "line": defect.line,
                "column": defect.column,
                "severity": str(defect.severity),
                "message": defect.message,
                "remedy": defect.remedy,
                "path": defect.path,
            }
            for defect in result.defects
        ],
        "possible": [document.key.name for document in documents if not document.lacks],
        "lacking": {document.key.name: list(document.lacks) for document in documents if document.lacks},
    }
