"""`piles record`: a milestone, a signature, a refusal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import means_option, on_option, the_clock
from piles_docs.cli.output import say
from piles_docs.cli.recorded import show_completed, show_recorded
from piles_docs.methodology.acts import Means
from piles_docs.methodology.journal import MEANS_WORDS
from piles_docs.usecases.record import (
    record_correction,
    record_means,
    record_milestone,
    record_refusal,
    record_signature,
    record_unsigned,
)


def _evidence_option() -> Callable[[Any], Any]:
    return click.option(
        "--evidence",
        multiple=True,
        metavar="FICHIER",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Pièce qui le montre, gardée dans l’archive ; répétable.",
    )


@click.group("record", subcommand_metavar="COMMANDE [ARGUMENTS]…")
@click.argument("dossier", metavar="DOSSIER")
@click.pass_context
def command(ctx: click.Context, dossier: str) -> None:
    """Enregistrer ce qu’une personne a vu."""
    ctx.meta["dossier"] = dossier


@command.command("milestone")
@click.argument("milestone", metavar="JALON")
@on_option(required=True, help_text="Jour où c’est arrivé.")
@click.option("--note", metavar="TEXTE", help="Ce qu’il faut en retenir.")
@_evidence_option()
@click.pass_context
def milestone_command(
    ctx: click.Context, milestone: str, on: dt.datetime, note: str | None, evidence: tuple[Path, ...]
) -> None:
    """Un jalon est atteint."""
    session: Session = ctx.obj
    done = record_milestone(
        session.workspace(),
        ctx.meta["dossier"],
        milestone,
        on=on.date(),
        note=note,
        evidence=evidence,
        clock=the_clock(),
    )
    show_recorded(done, f"jalon {milestone}")
    early = next(
        (step for step in done.before.steps if any(w.milestone == milestone for w in step.waiting_for)), None
    )
    if early and early.number > done.before.current_step:
        say(
            f"Remarque : l’étape {early.number} n’est pas encore ouverte ; le fait est enregistré.",
            quiet=session.quiet,
        )


@command.command("signature")
@click.argument("document", metavar="DOCUMENT")
@click.option(
    "--party", required=True, metavar="PARTIE", help="porteuse, tete-de-reseau, animateur, formateur."
)
@on_option(required=True, help_text="Jour de la signature.")
@click.option(
    "--original", type=click.IntRange(min=1), metavar="N", help="Sur cet exemplaire ; sinon sur tous."
)
@means_option()
@click.option("--note", metavar="TEXTE", help="Ce qu’il faut en retenir.")
@_evidence_option()
@click.pass_context
def signature_command(
    ctx: click.Context,
    document: str,
    party: str,
    on: dt.datetime,
    original: int | None,
    means: str | None,
    note: str | None,
    evidence: tuple[Path, ...],
) -> None:
    """Une partie a signé un document émis."""
    session: Session = ctx.obj
    done = record_signature(
        session.workspace(),
        ctx.meta["dossier"],
        document,
        party=party,
        on=on.date(),
        original=original,
        means=Means(means) if means else None,
        note=note,
        evidence=evidence,
        clock=the_clock(),
    )
    show_recorded(done, f"signature de {document} par {party}")
    show_completed(session, ctx.meta["dossier"], done)


@command.command("unsigned")
@click.argument("document", metavar="DOCUMENT")
@click.option("--party", required=True, metavar="PARTIE", help="De qui est la case.")
@click.option(
    "--original", type=click.IntRange(min=1), required=True, metavar="N", help="Sur cet exemplaire."
)
@click.option("--note", metavar="TEXTE", help="Ce qu’il faut en retenir.")
@click.pass_context
def unsigned_command(ctx: click.Context, document: str, party: str, original: int, note: str | None) -> None:
    """Une case que le programme a montrée n’est pas signée."""
    session: Session = ctx.obj
    done = record_unsigned(
        session.workspace(),
        ctx.meta["dossier"],
        document,
        party=party,
        original=original,
        note=note,
        clock=the_clock(),
    )
    show_recorded(done, f"{party} n’a pas signé {document}, exemplaire {original}")


@command.command("refusal")
@click.argument("document", metavar="DOCUMENT")
@click.option("--party", required=True, metavar="PARTIE", help="Qui refuse.")
@on_option(required=True, help_text="Jour du refus.")
@click.option("--note", required=True, metavar="TEXTE", help="Pourquoi.")
@_evidence_option()
@click.pass_context
def refusal_command(
    ctx: click.Context, document: str, party: str, on: dt.datetime, note: str, evidence: tuple[Path, ...]
) -> None:
    """Une partie a refusé de signer."""
    session: Session = ctx.obj
    done = record_refusal(
        session.workspace(),
        ctx.meta["dossier"],
        document,
        party=party,
        on=on.date(),
        note=note,
        evidence=evidence,
        clock=the_clock(),
    )
    show_recorded(done, f"refus de {document} par {party}")


@command.command("means")
@click.argument("document", metavar="DOCUMENT")
@click.option("--party", required=True, metavar="PARTIE", help="Qui change de manière de signer.")
@click.option(
    "--means", type=click.Choice(["papier", "electronique"]), required=True, help="La nouvelle manière."
)
@click.option("--note", metavar="TEXTE", help="Ce qu’il faut en retenir.")
@click.pass_context
def means_command(ctx: click.Context, document: str, party: str, means: str, note: str | None) -> None:
    """Un signataire signera autrement ; ce qu’il a déjà signé reste signé."""
    session: Session = ctx.obj
    dossier = ctx.meta["dossier"]
    done = record_means(
        session.workspace(),
        dossier,
        document,
        party=party,
        means=Means(means),
        note=note,
        clock=the_clock(),
    )
    show_recorded(done, f"{party} signera {document} {MEANS_WORDS[Means(means)]}")
    say(f"Pour refaire son dossier à signer : piles pack {dossier} -d {document}", quiet=session.quiet)


@command.command("correction")
@click.argument("event", type=int, metavar="NUMÉRO")
@click.option("--note", required=True, metavar="TEXTE", help="Pourquoi c’était une erreur.")
@click.pass_context
def correction_command(ctx: click.Context, event: int, note: str) -> None:
    """Un enregistrement était une erreur : il ne compte plus, et reste au registre."""
    session: Session = ctx.obj
    dossier = ctx.meta["dossier"]
    done = record_correction(session.workspace(), dossier, event, note=note, clock=the_clock())
    show_recorded(done, f"retrait de l’événement n° {event}")
    for step in done.before.steps:
        if done.after.current_step <= step.number < done.before.current_step:
            click.echo(f"étape de nouveau en cours ou verrouillée : {step.number} « {step.title} »")
