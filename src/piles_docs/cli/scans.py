"""Say what a file of scanned pages turned out to be, and show what a person must look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count, say, say_error, sentence
from piles_docs.cli.pictures import can_show, show
from piles_docs.cli.recorded import show_completed, show_recorded
from piles_docs.errors import ExitCode
from piles_docs.methodology.acts import Signed
from piles_docs.usecases.files import write_privately
from piles_docs.usecases.review import ToReview, to_review
from piles_docs.usecases.scan import CaseAnswer, PageAnswer, ScanAnswer
from piles_docs.web.review_page import review_page


def show_scan(session: Session, answer: ScanAnswer) -> None:
    """Say which pages came, what was recorded, what is missing, and what waits for a person."""
    recognised = [page for page in answer.pages if page.place]
    known = count(len(recognised), "page") + (" reconnues" if len(recognised) > 1 else " reconnue")
    click.echo(f"{answer.name} : {known} sur {len(answer.pages)}")
    for page in answer.pages:
        if page.problem:
            click.echo(f"    page {page.number} : {sentence(page.problem)}")
    for case in answer.cases:
        _show_case(session, case, recognised)


def _show_case(session: Session, case: CaseAnswer, pages: list[PageAnswer]) -> None:
    mine = [page for page in pages if page.place and page.place.dossier == case.dossier]
    references = list(dict.fromkeys(page.place.reference for page in mine if page.place))
    click.echo(f"{case.dossier} : {count(len(mine), 'page')} de {', '.join(references)}")
    if case.error:
        say_error(case.error)
    for act in case.recorded.acts if case.recorded else ():
        if isinstance(act, Signed):
            click.echo(f"    signature de {act.party}, exemplaire {act.original}, vue par le programme")
    for remark in case.remarks:
        click.echo(f"    {sentence(remark)}")
    if case.to_review:
        boxes = count(case.to_review, "case")
        click.echo(f"    {boxes} à regarder : piles receive --review a-regarder.html")
    if case.recorded:
        show_recorded(case.recorded, "ce que ces pages apportent")
        show_completed(session, case.dossier, case.recorded)


def exit_code_of_scan(answer: ScanAnswer) -> ExitCode:
    """A box that a person must look at is work outstanding; a file with nothing of ours does not match."""
    failed = [case.error.exit_code for case in answer.cases if case.error]
    if failed or not answer.cases:
        return max(failed, default=ExitCode.MISMATCH)
    return ExitCode.WORK_OUTSTANDING if any(case.to_review for case in answer.cases) else ExitCode.DONE


def scan_as_json(answer: ScanAnswer) -> dict[str, Any]:
    """The same for another program."""
    return {
        "file": answer.name,
        "pages": [
            {
                "number": page.number,
                "reference": page.place.reference if page.place else None,
                "original": page.place.original.number if page.place else None,
                "page": page.page,
                "problem": page.problem or None,
                "boxes": [box.model_dump(mode="json") for box in page.boxes],
            }
            for page in answer.pages
        ],
        "cases": [
            {
                "dossier": case.dossier,
                "recorded": len(case.recorded.acts) if case.recorded else 0,
                "remarks": list(case.remarks),
                "to_review": case.to_review,
                "error": {"message": case.error.message, "remedy": case.error.remedy} if case.error else None,
            }
            for case in answer.cases
        ],
        "exit_code": int(exit_code_of_scan(answer)),
    }


def write_review(session: Session, path: Path) -> None:
    """Write the page of all boxes that wait for a person, with the commands to answer."""
    workspace = session.workspace()
    items = list(to_review(workspace, workspace.dossiers(), clock=the_clock()))
    if not items:
        say("Rien n’est à regarder.", quiet=session.quiet)
        return
    write_privately(path, review_page(items, the_clock().today))
    click.echo(f"{count(len(items), 'case')} à regarder : {path}")
    console = Console()
    for item in items if can_show(console) else ():
        _show_box(console, item)


def _show_box(console: Console, item: ToReview) -> None:
    reason = f" : {item.reason}" if item.reason else ""
    click.echo(f"\n{item.signatory}, {item.reference}, exemplaire {item.original}{reason}")
    if item.crop:
        show(console, item.crop)
    click.echo(f"    {item.signed_command}\n    {item.empty_command}")
