"""`piles receive`: take back signed PDFs and scans, from any cases mixed."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import day, on_option, the_clock
from piles_docs.cli.output import measuring, say, say_error, sentence, show_json
from piles_docs.cli.recorded import show_completed, show_recorded
from piles_docs.cli.scans import exit_code_of_scan, scan_as_json, show_scan, write_review
from piles_docs.errors import ExitCode, UsageError
from piles_docs.signing.verdicts import FoundSignature
from piles_docs.usecases.receive import Received, receive
from piles_docs.usecases.scan import ScanAnswer
from piles_docs.usecases.signatures import VERDICT_WORDS

SCHEMA = 1
"""Version of the JSON: keys may be added within one."""


@click.command("receive")
@click.argument(
    "files",
    metavar="[FICHIER…]",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--json", "as_json", is_flag=True, help="Le résultat pour un autre programme.")
@on_option(required=False, help_text="Jour où le papier a été signé, s’il n’est pas aujourd’hui.")
@click.option("--review", "review_path", type=click.Path(path_type=Path, dir_okay=False), metavar="PAGE",
              help="Écrire une page des cases à regarder, avec les commandes pour répondre.")  # fmt: skip
@click.pass_obj
def command(
    session: Session,
    files: tuple[Path, ...],
    as_json: bool,
    on: dt.datetime | None,
    review_path: Path | None,
) -> int:
    """Reprendre PDF signés et numérisations : reconnaître, vérifier, enregistrer."""
    if not files and review_path is None:
        raise UsageError("rien à reprendre", remedy="donnez des fichiers, ou --review PAGE.html")
    workspace, clock = session.workspace(), the_clock()
    answers = []
    for path in files:
        with measuring(f"{path.name} : vérification", quiet=session.quiet) as tell:
            answer = receive(
                workspace,
                path,
                clock=clock,
                operator=os.environ.get("USER"),
                signed_on=day(on),
                tell=tell,
            )
        answers.append(answer)
        if not as_json:
            _show(session, answer) if isinstance(answer, Received) else show_scan(session, answer)
    if as_json:
        show_json({"schema": SCHEMA, "files": [_as_json(answer) for answer in answers]})
    codes = [_exit_code(answer) for answer in answers]
    if len(files) > 1 and not as_json:
        taken = sum(code is ExitCode.DONE for code in codes)
        say(f"{taken} fichiers sur {len(files)} en ordre", quiet=session.quiet)
    if review_path:
        write_review(session, review_path)
    return int(max(codes, default=ExitCode.DONE))


def _exit_code(answer: Received | ScanAnswer) -> ExitCode:
    return answer.exit_code if isinstance(answer, Received) else exit_code_of_scan(answer)


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


def _as_json(answer: Received | ScanAnswer) -> dict[str, Any]:
    return _pdf_as_json(answer) if isinstance(answer, Received) else scan_as_json(answer)


def _pdf_as_json(answer: Received) -> dict[str, Any]:
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
