"""`piles pack`: issue documents and bind a signature pack for each signatory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import day, means_option, on_option, the_clock
from piles_docs.cli.output import count, grouped, say, working
from piles_docs.cli.secrets import TerminalSecrets
from piles_docs.documents.conversion import find_converter
from piles_docs.methodology.acts import Issued, Means
from piles_docs.methodology.journal import MEANS_WORDS
from piles_docs.methodology.parties import in_signing_order
from piles_docs.usecases.issuing import PackPlan, plan_pack, trial_issue
from piles_docs.usecases.pack import Packed, pack
from piles_docs.usecases.sealing import Sealer
from piles_docs.usecases.situation import check_acts, situation


@click.command("pack")
@click.argument("dossier", metavar="DOSSIER")
@click.option(
    "--step", type=click.IntRange(1, 8), metavar="N", help="Tous les documents à signer de cette étape."
)
@click.option(
    "--document", "-d", "documents", multiple=True, metavar="DOCUMENT", help="Ce document ; répétable."
)
@means_option()
@click.option(
    "--ahead", metavar="RAISON", help="Émettre malgré une étape verrouillée ; la raison est gardée."
)
@on_option(required=False, help_text="Jour d’émission, s’il n’est pas aujourd’hui.")
@click.option("--dry-run", is_flag=True, help="Dire ce qui serait fait, sans rien faire.")
@click.pass_obj
def command(
    session: Session,
    dossier: str,
    step: int | None,
    documents: tuple[str, ...],
    means: str | None,
    ahead: str | None,
    on: dt.datetime | None,
    dry_run: bool,
) -> None:
    """Émettre des documents pour signature, et faire un dossier par signataire."""
    workspace, clock = session.workspace(), the_clock()
    if dry_run:
        now = situation(workspace, dossier, clock.today)
        plan = plan_pack(now, step=step, documents=documents)
        wanted = Means(means) if means else None
        trials = [trial_issue(now, state, wanted, day(on) or clock.today, ahead) for state in plan.to_issue]
        _show_plan(plan, trials)
        check_acts(now, trials, clock.today)
        return
    with working(f"{dossier} : préparation des dossiers de signature…", quiet=session.quiet):
        packed = pack(
            workspace,
            dossier,
            step=step,
            documents=documents,
            means=Means(means) if means else None,
            ahead=ahead,
            issued_on=day(on),
            converter=find_converter(workspace.network().document.convertisseur),
            clock=clock,
            sealer=Sealer(workspace, TerminalSecrets()),
        )
    _show(packed, quiet=session.quiet)


def _show_plan(plan: PackPlan, trials: Sequence[Issued]) -> None:
    for act in trials:
        click.echo(f"à émettre : {act.reference} ({count(len(act.originals), 'exemplaire')})")
    already = [state.issued for state in plan.already if state.issued]
    for act in already:
        click.echo(f"déjà émis : {act.reference}")
    acts = [*trials, *already]
    for party in in_signing_order({party for act in acts for party in act.means}):
        mine = [act for act in acts if party in act.means]
        words = ", ".join(f"{act.reference} ({MEANS_WORDS[act.means[party]]})" for act in mine)
        click.echo(f"à signer par {mine[0].signatories[party] or party} : {words}")
    for state in plan.incomplete:
        click.echo(f"incomplet : {state.key.name}, il manque {grouped(state.lacks)}")


def _show(packed: Packed, *, quiet: bool) -> None:
    for state in packed.plan.incomplete:
        say(f"Laissé de côté : {state.key.name}, il manque {grouped(state.lacks)}", quiet=quiet)
    for state in packed.plan.already:
        if state.stale:
            say(
                f"Attention : {state.key.name} ne dit plus ce que dit le dossier ; voir piles why",
                quiet=quiet,
            )
    for act in packed.issued:
        click.echo(f"émis : {act.reference} ({count(len(act.originals), 'exemplaire')})")
        if act.ahead:
            say(f"    en avance sur la méthode, raison enregistrée : {act.ahead}", quiet=quiet)
    for shortfall in packed.shortfalls:
        say(f"Attention, cachet moins durable que demandé : {shortfall}", quiet=quiet)
    for unmarked in packed.unmarked:
        say(
            f"Attention, sans codes, ces pages ne se reconnaîtront pas toutes seules : {unmarked}. "
            "Dans Word, laissez libres les coins des pages",
            quiet=quiet,
        )
    for made in packed.packs:
        click.echo(
            f"à signer par {made.signatory} : {made.path.name}, {count(len(made.to_sign), 'signature')}, "
            f"avant le {made.due_on:%d/%m/%Y}"
        )
    if packed.archive_path:
        click.echo(f"fichiers séparés : {packed.archive_path.name}")
        click.echo(f"Tout est dans {packed.archive_path.parent}")
