"""`piles remind`: remind those whose turn it is to sign."""

from __future__ import annotations

import click

from piles_docs.cli.mailing import dry_run_option, eml_option, office_of, party_option, show
from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import say
from piles_docs.documents.conversion import find_converter
from piles_docs.usecases.remind import remind


@click.command("remind")
@click.argument("dossiers", metavar="[DOSSIER]…", nargs=-1)
@party_option()
@eml_option()
@dry_run_option()
@click.pass_obj
def command(
    session: Session, dossiers: tuple[str, ...], parties: tuple[str, ...], eml: bool, dry_run: bool
) -> int:
    """Relancer par courriel les signataires dont c’est le tour.

    Un seul courriel par personne et par dossier, qui nomme tout ce qui manque. Personne n’en reçoit deux sur
    le même document avant le délai rappel_jours de piles.toml, ni avant ce délai après l’émission.
    """
    workspace, clock = session.workspace(), the_clock()
    converter = find_converter(workspace.network().document.convertisseur)
    code, is_idle = 0, True
    with office_of(workspace, eml=eml, dry_run=dry_run) as office:
        for done in remind(
            workspace,
            dossiers,
            parties=parties,
            is_dry_run=dry_run,
            office=office,
            converter=converter,
            clock=clock,
        ):
            code = max(code, show(done, dry_run=dry_run, quiet=session.quiet))
            is_idle = is_idle and not (done.written or done.failures)
    if is_idle:
        say("Personne à relancer aujourd’hui.", quiet=session.quiet)
    return code
