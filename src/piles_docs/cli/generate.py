"""`piles generate`: drafts in Word and PDF."""

from __future__ import annotations

from contextlib import ExitStack

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count, counting, grouped, paused, say, say_error
from piles_docs.documents.conversion import Embedded, find_converter
from piles_docs.errors import ExitCode
from piles_docs.usecases.drafts import Draft, Outcome
from piles_docs.usecases.generate_many import Drafted, Drafting, generate_many


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
@click.option(
    "--cluster",
    metavar="tcp://MACHINE:PORT",
    help="Répartir les dossiers sur les machines d’une grappe Dask, par son ordonnanceur.",
)
@click.pass_obj
def command(
    session: Session,
    dossiers: tuple[str, ...],
    documents: tuple[str, ...],
    pdf: bool,
    overwrite: bool,
    explain: bool,
    cluster: str | None,
) -> int:
    """Préparer les projets de documents dans out/DOSSIER/drafts/."""
    workspace = session.workspace()
    preference = workspace.preferred_converter() if pdf else None
    if preference and isinstance(find_converter(preference), Embedded):
        say(
            "Les PDF viennent du convertisseur intégré, sans LibreOffice : ni PDF/A ni PDF/UA.",
            quiet=session.quiet,
        )
    chosen = workspace.choose(dossiers)
    drafting = Drafting(
        workspace=workspace,
        documents=documents,
        converter=preference,
        overwrite=overwrite,
        clock=the_clock(),
    )
    code = ExitCode.DONE
    with ExitStack() as held:
        crew = None
        if cluster:
            from piles_docs.usecases.cluster import joined  # noqa: PLC0415  # for this option alone

            crew = held.enter_context(joined(cluster, drafting))
        step = held.enter_context(counting("préparation des projets", len(chosen), quiet=session.quiet))
        for drafted in generate_many(drafting, chosen, crew=crew):
            if drafted.error and len(chosen) == 1:
                raise drafted.error
            with paused():
                code = max(code, _tell(drafted, named=bool(documents), quiet=session.quiet, explain=explain))
            step()
    return code


def _tell(drafted: Drafted, *, named: bool, quiet: bool, explain: bool) -> ExitCode:
    if drafted.error:
        say_error(drafted.error)
        return drafted.error.exit_code
    code = _show(drafted.dossier, drafted.drafts, named=named, quiet=quiet)
    if explain:
        _explain(drafted.drafts)
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
