"""`piles send`: send signatories their packs."""

from __future__ import annotations

import click

from piles_docs.cli.mailing import dry_run_option, eml_option, office_of, party_option, show
from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import say
from piles_docs.documents.conversion import find_converter
from piles_docs.usecases.send import send


@click.command("send")
@click.argument("dossier", metavar="DOSSIER")
@click.option("--step", type=click.IntRange(1, 8), metavar="N", help="Les documents de cette étape.")
@click.option(
    "--document", "-d", "documents", multiple=True, metavar="DOCUMENT", help="Ce document ; répétable."
)
@party_option()
@eml_option()
@dry_run_option()
@click.pass_obj
def command(
    session: Session,
    dossier: str,
    step: int | None,
    documents: tuple[str, ...],
    parties: tuple[str, ...],
    eml: bool,
    dry_run: bool,
) -> int:
    """Envoyer par courriel les dossiers à signer.

    Sans --step ni -d : tous les documents émis qui attendent une signature. Chaque signataire reçoit un
    courriel, par le serveur de la section [courriel] de piles.toml ; sans serveur, les courriels sont écrits
    dans out/DOSSIER/courriels/, à ouvrir et à envoyer. Personne n’en reçoit deux sur le même document avant
    le délai rappel_jours.
    """
    workspace, clock = session.workspace(), the_clock()
    converter = find_converter(workspace.network().document.convertisseur)
    with office_of(workspace, eml=eml, dry_run=dry_run) as office:
        done = send(
            workspace,
            dossier,
            step=step,
            documents=documents,
            parties=parties,
            is_dry_run=dry_run,
            office=office,
            converter=converter,
            clock=clock,
        )
    code = show(done, dry_run=dry_run, quiet=session.quiet)
    if not (done.written or done.held or done.failures):
        say(f"{dossier} : aucune signature n’est attendue", quiet=session.quiet)
    return code
