"""`piles forget`: erase the personal data of a case."""

from __future__ import annotations

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count, say
from piles_docs.errors import ExitCode
from piles_docs.usecases.forget import KEPT_YEARS, Erasure, forget, plan_erasure


@click.command("forget")
@click.argument("dossier", metavar="DOSSIER")
@click.option(
    "--reason", required=True, metavar="TEXTE", help="Pourquoi, sans nommer personne : elle est gardée."
)
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
@click.option("--dry-run", is_flag=True, help="Dire ce qui serait effacé, sans rien effacer.")
@click.pass_obj
def command(session: Session, dossier: str, reason: str, yes: bool, dry_run: bool) -> int:
    """Effacer les données personnelles d’un dossier ; la preuve de ce qui fut signé reste."""
    workspace, clock = session.workspace(), the_clock()
    erasure = plan_erasure(workspace, dossier, clock)
    _show(erasure)
    if dry_run:
        return ExitCode.DONE
    if not yes and click.prompt("Pour effacer, tapez le nom du dossier", err=True) != dossier:
        click.echo("Rien n’a été effacé.")
        return ExitCode.USAGE
    forget(workspace, dossier, reason=reason, clock=clock)
    click.echo(f"effacé : les données personnelles du dossier {dossier}")
    say(
        "Les sauvegardes de records/ et les copies remises les gardent : effacez-les aussi.",
        quiet=session.quiet,
    )
    return ExitCode.DONE


def _show(erasure: Erasure) -> None:
    if erasure.is_begun:
        click.echo("Un effacement a déjà été enregistré : il va être achevé.")
    click.echo(
        f"à effacer : le dossier cases/{erasure.dossier}.yaml, out/{erasure.dossier}, "
        f"{count(len(erasure.files), 'pièce')}, les noms de {count(erasure.events, 'fait')}"
    )
    click.echo("à garder : les dates, les rôles et les empreintes de ce qui fut signé")
    if erasure.binding:
        click.echo(
            f"Attention : un acte signé engage encore, ou a pris fin il y a moins de {KEPT_YEARS} ans "
            f"(article 2224 du Code civil), et vous n’en aurez plus le texte : {', '.join(erasure.binding)}"
        )
    if erasure.waiting:
        click.echo(f"Attention : il manque encore une signature à {', '.join(erasure.waiting)}")
