"""`piles new`: a new case file, by questions or from another."""

from __future__ import annotations

from pathlib import Path

import click

from piles_docs.case.questions import QUESTIONS, Question
from piles_docs.cli.main import Session
from piles_docs.cli.output import say, say_defects
from piles_docs.usecases.new import new_from_answers, new_from_file


@click.command("new")
@click.argument("dossier", metavar="DOSSIER")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Reprendre ce fichier, sans poser de questions.",
)
@click.pass_obj
def command(session: Session, dossier: str, source: Path | None) -> None:
    """Créer un dossier : quelques questions, puis un fichier commenté dans cases/."""
    workspace = session.workspace()
    if source is not None:
        created, defects = new_from_file(workspace, dossier, source)
    else:
        answers: dict[str, str] = {"dossier": dossier}
        for question in QUESTIONS:
            if question.path not in answers and question.is_asked(answers):
                answer = _ask(question)
                if answer:
                    answers[question.path] = answer
        created, defects = new_from_answers(workspace, dossier, answers)
    say_defects(defects)
    click.echo(f"créé : {created}")
    say(f"Ensuite : ouvrez {created}, complétez-le, puis piles check {dossier}", quiet=session.quiet)


def _ask(question: Question) -> str:
    """Ask until the answer is right; an optional question takes an empty answer."""
    optional = "" if question.is_required else " (facultatif)"
    while True:
        answer: str = click.prompt(
            f"{question.question}{optional}\n  {question.help}\n",
            default="",
            show_default=False,
            prompt_suffix="> ",
        )
        refusal = question.refusal(answer)
        if refusal is None:
            return answer.strip()
        say(f"  {refusal}.")
