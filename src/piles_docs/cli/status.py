"""`piles status`: steps, documents, signatures; what is missing and from whom."""

from __future__ import annotations

import datetime as dt

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from piles_docs.cli.main import Session
from piles_docs.cli.options import DATE, the_clock
from piles_docs.cli.output import count, say_error, show_json
from piles_docs.errors import ExitCode
from piles_docs.french.formatting import join_words
from piles_docs.methodology.explain import STATE_WORDS, STEP_WORDS, describe, describe_opening
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.states import (
    CaseState,
    CaseStatus,
    DocumentState,
    Key,
    MissingSignature,
    SignatureStatus,
)
from piles_docs.usecases.status import as_json as status_json
from piles_docs.usecases.status import states

_CASE_WORDS = {CaseStatus.ACTIVE: "en cours", CaseStatus.IN_NETWORK: "en réseau", CaseStatus.ENDED: "clos"}


@click.command("status")
@click.argument("dossiers", metavar="[DOSSIER]…", nargs=-1)
@click.option(
    "--missing", is_flag=True, help="Seulement les signatures qui manquent ; code 3 s’il en manque."
)
@click.option("--json", "as_json", is_flag=True, help="Résultat en JSON.")
@click.option(
    "--as-of", type=DATE, metavar="AAAA-MM-JJ", help="Compter les jours à cette date ; sinon aujourd’hui."
)
@click.pass_obj
def command(
    session: Session, dossiers: tuple[str, ...], missing: bool, as_json: bool, as_of: dt.datetime | None
) -> int:
    """Où en est chaque dossier : étapes, documents, signatures."""
    today = as_of.date() if as_of else the_clock().today
    found, errors = states(session.workspace(), dossiers, today)
    for error in errors:
        say_error(error)
    if as_json:
        show_json(status_json(found, today))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for state in found:
            _show_missing(console, state) if missing else _show(console, state)
    if errors:
        return max(error.exit_code for error in errors)
    return ExitCode.WORK_OUTSTANDING if missing and any(state.missing for state in found) else ExitCode.DONE


def _show(console: Console, state: CaseState) -> None:
    console.print(
        Text(f"\n{state.dossier}", style="bold"), Text(f"– {state.piles}, {_CASE_WORDS[state.state]}")
    )
    steps = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    for title in ("Étape", "État", "Attend"):
        steps.add_column(title)
    methodology = load_methodology()
    for step in state.steps:
        waits = "\n".join(describe(waiting, methodology) for waiting in step.waiting_for)
        if step.ahead:
            waits += f"\n(émis en avance : {step.ahead})"
        shown = waits if step.number == state.current_step or step.ahead else ""
        steps.add_row(f"{step.number} {step.title}", STEP_WORDS[step.state], shown)
    console.print(steps)
    documents = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    for title in ("Document", "État", "Signatures", "Ouvre"):
        documents.add_column(title)
    for document in state.documents:
        if document.issued:
            documents.add_row(
                document.key.name, _state(document), _signatures(document), ", ".join(document.unlocks)
            )
    if documents.row_count:
        console.print(documents)
    _show_missing(console, state)


def _state(document: DocumentState) -> str:
    words = STATE_WORDS[document.state]
    return f"{words}, périmé ({count(len(document.stale), 'changement')})" if document.stale else words


def _signatures(document: DocumentState) -> str:
    received = sum(signature.state is SignatureStatus.RECEIVED for signature in document.signatures)
    return f"{received}/{len(document.signatures)}" if document.signatures else "–"


def _show_missing(console: Console, state: CaseState) -> None:
    """One line for each document and party, its originals together."""
    originals: dict[tuple[Key, str], list[MissingSignature]] = {}
    for item in state.missing:
        originals.setdefault((item.key, item.party), []).append(item)
    for (key, party), items in originals.items():
        document = state.document(key)
        opens = describe_opening(document.unlocks, load_methodology()) if document else ""
        console.print(
            f"{state.dossier} : {items[0].signatory} ({party}) n’a pas signé {key.name}"
            f"{_which(items, document)}, émis {_since(items[0].since_days)}"
            f"{f' ; il faut cette signature pour atteindre {opens}' if opens else ''}"
        )


def _which(items: list[MissingSignature], document: DocumentState | None) -> str:
    if document is None or document.issued is None or len(document.issued.originals) == 1:
        return ""
    numbers = join_words([str(item.original) for item in items])
    return f", exemplaire{'s' if len(items) > 1 else ''} {numbers}"


def _since(days: int) -> str:
    return "aujourd’hui" if days == 0 else f"il y a {count(days, 'jour')}"
