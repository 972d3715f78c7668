"""`piles generate`: drafts in Word and PDF."""

from __future__ import annotations

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count, grouped, say, say_error, working
from piles_docs.documents.conversion import Embedded, find_converter
from piles_docs.errors import ExitCode, PilesError
from piles_docs.usecases.drafts import Draft, Outcome, prepare


@click.command("generate")
@click.argument("dossiers", metavar="[DOSSIER]…", nargs=-1)
@click.option(
    "--document",
    "-d",
    "documents",
    multiple=True,
    metavar="DOCUMENT",
    help="Ce document seulement ; répétable.",
)
@click.option("--pdf/--no-pdf", default=True, help="Faire aussi les PDF (oui d’habitude).")
@click.option(
    "--overwrite",
    is_flag=True,
    help="Refaire un projet modifié dans Word ; la version modifiée est gardée à côté.",
)
@click.option("--explain", is_flag=True, help="Dire pourquoi chaque projet a été refait, ou ne l’a pas été.")
@click.pass_obj
def command(
    session: Session,
    dossiers: tuple[str, ...],
    documents: tuple[str, ...],
    pdf: bool,
    overwrite: bool,
    explain: bool,
) -> int:
    """Préparer les projets de documents dans out/DOSSIER/drafts/."""
    workspace = session.workspace()
    converter = find_converter(workspace.network().document.convertisseur) if pdf else None
    if isinstance(converter, Embedded):
        say(
            "Les PDF viennent du convertisseur intégré, sans LibreOffice : ni PDF/A ni PDF/UA.",
            quiet=session.quiet,
        )
    code = ExitCode.DONE
    for dossier in workspace.choose(dossiers):
        try:
            with working(f"{dossier} : préparation des projets…", quiet=session.quiet):
                drafts = prepare(
                    workspace,
                    dossier,
                    documents=documents,
                    converter=converter,
                    overwrite=overwrite,
                    clock=the_clock(),
                )
        except PilesError as error:
            if len(workspace.choose(dossiers)) == 1:
                raise
            say_error(error)
            code = max(code, error.exit_code)
            continue
        code = max(code, _show(dossier, drafts, named=bool(documents), quiet=session.quiet))
        if explain:
            _explain(drafts)
    return code


def _explain(drafts: tuple[Draft, ...]) -> None:
    for draft in drafts:
        if draft.outcome is Outcome.INCOMPLETE:
            reason = f"il manque {grouped(draft.details)}"
        else:
            reason = " : ".join(filter(None, (draft.why, grouped(draft.changed))))
        click.echo(f"  {draft.name} : {draft.outcome}{' – ' if reason else ''}{reason}")


def _show(dossier: str, drafts: tuple[Draft, ...], *, named: bool, quiet: bool) -> ExitCode:
    made = sum(draft.outcome is Outcome.MADE for draft in drafts)
    same = sum(draft.outcome is Outcome.UNCHANGED for draft in drafts)
    click.echo(f"{dossier} : {count(made, 'fait')}, {count(same, 'inchangé')}, dans out/{dossier}/drafts/")
    code = ExitCode.DONE
    incomplete = [draft for draft in drafts if draft.outcome is Outcome.INCOMPLETE]
    if incomplete and not named:
        click.echo(
            f"  {len(incomplete)} autres sont à compléter : piles check {dossier} --all dit ce qui manque"
        )
    for draft in drafts:
        if draft.outcome is Outcome.EDITED:
            click.echo(f"  {draft.name} : {draft.outcome}")
            for line in draft.details:
                click.echo(f"      {line}")
            code = max(code, ExitCode.WOULD_OVERWRITE)
        elif draft.outcome is Outcome.INCOMPLETE and named:
            click.echo(f"  {draft.name} : il manque {grouped(draft.details)}")
            code = max(code, ExitCode.CASE_INVALID)
        elif draft.error:
            click.echo(f"  {draft.name} : {draft.outcome}")
            say_error(draft.error)
            code = max(code, draft.error.exit_code)
    early = sum(draft.locked for draft in drafts if draft.outcome in {Outcome.MADE, Outcome.UNCHANGED})
    if early:
        are = f"{count(early, 'projet')} {'sont' if early > 1 else 'est'} d’une étape encore verrouillée"
        say(f"  {are} : piles status {dossier} dit ce qui l’ouvrirait", quiet=quiet)
    return code
