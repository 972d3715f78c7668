"""`piles receive`: take back signed PDFs, from any cases mixed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import say, say_error, sentence, show_json, working
from piles_docs.cli.recorded import show_completed, show_recorded
from piles_docs.errors import ExitCode
from piles_docs.signing.verdicts import FoundSignature
from piles_docs.usecases.receive import Received, receive
from piles_docs.usecases.signatures import VERDICT_WORDS

SCHEMA = 1
"""Version of the JSON: keys may be added within one."""


@click.command("receive")
@click.argument(
    "files",
    metavar="FICHIER…",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--json", "as_json", is_flag=True, help="Le résultat pour un autre programme.")
@click.pass_obj
def command(session: Session, files: tuple[Path, ...], as_json: bool) -> int:
    """Reprendre des PDF signés : les reconnaître, les vérifier, enregistrer."""
    workspace, clock = session.workspace(), the_clock()
    answers = []
    for path in files:
        with working(f"{path.name} : vérification…", quiet=session.quiet):
            answers.append(receive(workspace, path, clock=clock))
        if not as_json:
            _show(session, answers[-1])
    if as_json:
        show_json({"schema": SCHEMA, "files": [_as_json(answer) for answer in answers]})
    if len(files) > 1 and not as_json:
        taken = sum(answer.exit_code is ExitCode.DONE for answer in answers)
        say(f"{taken} fichiers sur {len(files)} en ordre", quiet=session.quiet)
    return int(max(answer.exit_code for answer in answers))


def _show(session: Session, answer: Received) -> None:
    where = ""
    if answer.place:
        where = f"{answer.place.reference}, exemplaire {answer.place.original} : "
    if answer.error:
        click.echo(f"{answer.name} : {where}pas pris")
        say_error(answer.error)
        return
    if answer.judgement is None:
        raise AssertionError("an answer is a judgement or an error")
    click.echo(f"{answer.name} : {where}{VERDICT_WORDS[answer.judgement.verdict]}")
    for reason in answer.judgement.reasons:
        click.echo(f"    {sentence(reason)}")
    for found in answer.judgement.signatures:
        click.echo(f"    {_signature(found)}")
    if answer.recorded and answer.place:
        show_recorded(answer.recorded, "ce que ce fichier apporte")
        show_completed(session, answer.place.dossier, answer.recorded)
    elif answer.judgement.verdict.stands:
        click.echo("    déjà enregistré : rien de nouveau dans ce fichier")


def _signature(found: FoundSignature) -> str:
    when = "à une date que rien ne prouve"
    if found.stamped_at:
        when = f"avant le {found.stamped_at.astimezone():%d/%m/%Y à %H:%M} (horodaté)"
    elif found.told_at:
        when = f"le {found.told_at.astimezone():%d/%m/%Y à %H:%M} (selon son horloge)"
    return (
        f"{found.party} : certificat de {found.certificate.subject}, {when}, niveau {found.level}, "
        f"confiance par {found.anchor}"
    )


def _as_json(answer: Received) -> dict[str, Any]:
    judgement = answer.judgement
    return {
        "file": answer.name,
        "dossier": answer.place.dossier if answer.place else None,
        "reference": answer.place.reference if answer.place else None,
        "original": answer.place.original if answer.place else None,
        "verdict": str(judgement.verdict) if judgement else None,
        "reasons": list(judgement.reasons) if judgement else [],
        "signatures": [
            {
                "party": found.party,
                "subject": found.certificate.subject,
                "certificate_sha256": found.certificate.sha256,
                "level": str(found.level),
                "told_at": found.told_at.isoformat() if found.told_at else None,
                "stamped_at": found.stamped_at.isoformat() if found.stamped_at else None,
                "anchor": found.anchor,
            }
            for found in (judgement.signatures if judgement else ())
        ],
        "recorded": len(answer.recorded.acts) if answer.recorded else 0,
        "error": {"message": answer.error.message, "remedy": answer.error.remedy} if answer.error else None,
        "exit_code": int(answer.exit_code),
    }
