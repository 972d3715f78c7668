"""`piles sign`: sign an issued document electronically, or make its signatures last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from piles_docs.cli.key_options import key_options, source_of
from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import say, working
from piles_docs.cli.recorded import show_completed, show_recorded
from piles_docs.cli.secrets import TerminalSecrets
from piles_docs.errors import ExitCode, UsageError
from piles_docs.usecases.key_sources import open_key
from piles_docs.usecases.sign import Signing, sign, upgrade


@click.command("sign")
@click.argument("dossier", metavar="DOSSIER")
@click.argument("document", metavar="DOCUMENT")
@click.option(
    "--as", "party", metavar="PARTIE", help="Pour qui signer : tete-de-reseau, porteuse, animateur…"
)
@key_options()
@click.option(
    "--image",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FICHIER",
    help="Le dessin de sa signature, PNG ou JPEG ; il ne prouve rien par lui-même.",
)
@click.option("--original", type=int, metavar="N", help="Cet exemplaire seulement.")
@click.option("--upgrade", "upgrades", is_flag=True, help="Rendre durables les signatures déjà données.")
@click.pass_obj
def command(
    session: Session,
    /,
    dossier: str,
    document: str,
    party: str | None,
    image: Path | None,
    original: int | None,
    upgrades: bool,
    **key_words: Any,
) -> int:
    """Signer électroniquement un document émis, à son tour."""
    workspace, clock, source = session.workspace(), the_clock(), source_of(**key_words)
    if upgrades:
        if party or source or image or original:
            raise UsageError("--upgrade s’emploie seul", remedy=f"piles sign {dossier} {document} --upgrade")
        with working(f"{document} : horodatage…", quiet=session.quiet):
            done = upgrade(workspace, dossier, document, clock=clock)
        return _show(session, dossier, done, f"niveau des signatures de {document}")
    if party is None or source is None:
        raise UsageError(
            "il manque pour qui signer, ou avec quelle clé",
            remedy=f"piles sign {dossier} {document} --as PARTIE --key FICHIER.p12",
        )
    key = open_key(source, TerminalSecrets())
    with working(f"{document} : signature…", quiet=session.quiet):
        done = sign(
            workspace,
            dossier,
            document,
            party=party,
            key=key,
            original=original,
            drawing=image.read_bytes() if image else None,
            clock=clock,
        )
    return _show(session, dossier, done, f"signature de {document} par {party}")


def _show(session: Session, dossier: str, done: Signing, what: str) -> int:
    show_recorded(done.recorded, what)
    for name, party, level in done.levels:
        click.echo(f"{name} : {party}, niveau {level}")
    for path in done.paths:
        click.echo(f"le fichier signé : {path}")
    for shortfall in done.shortfalls:
        say(f"Attention, niveau plus bas que demandé : {shortfall}.", quiet=session.quiet)
    if done.shortfalls:
        say("    → Pour le relever plus tard : piles sign … --upgrade", quiet=session.quiet)
    show_completed(session, dossier, done.recorded)
    return int(ExitCode.WORK_OUTSTANDING if done.shortfalls else ExitCode.DONE)
