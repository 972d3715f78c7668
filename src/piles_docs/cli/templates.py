"""`piles templates`: list, check, read and compare the Word templates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count, say, say_defects, sentence, working
from piles_docs.documents.conversion import Converter, find_converter
from piles_docs.errors import Defect, ExitCode, ToolMissing, has_errors
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.parties import PARTY_TITLES
from piles_docs.usecases.mail_texts import MAIL_PREFIX, mail_text_defects, mail_texts, show_mail_text
from piles_docs.usecases.template_changes import (
    Change,
    changes_from,
    changes_since_made,
    shipped,
    text_changes,
)
from piles_docs.usecases.template_check import Checked, check_templates
from piles_docs.usecases.template_samples import complete_case
from piles_docs.usecases.templates import (
    COVER,
    Listed,
    Model,
    Named,
    choose,
    filters,
    listed,
    show,
    show_file,
    variables,
)
from piles_docs.usecases.workspace import LETTERHEAD, Workspace

_SHOWN_LINES, _SHOWN_DOCUMENTS, _SHOWN_TEMPLATES = 40, 10, 4
_OTHERS = {
    COVER: "page de garde des dossiers à signer",
    LETTERHEAD: "styles, en-tête et pied de page de tous",
}


@click.group("templates", subcommand_metavar="COMMANDE [ARGUMENTS]…")
def command() -> None:
    """Les modèles Word : les nommer, les vérifier, les lire, les comparer."""


@command.command("list")
@click.pass_obj
def list_command(session: Session) -> int:
    """Nommer les modèles, et dire lesquels peuvent servir.

    Avec le document que chacun fait, son étape et ses signataires ; code 11 si l’un est inapte.
    """
    found = listed(session.workspace())
    for each in found:
        click.echo(f"{_state(each)} {each.model.name} : {_purpose(each.model)}")
        if each.defects:
            more = f" (et {count(len(each.defects) - 1, 'autre')})" if each.defects[1:] else ""
            click.echo(f"        {each.defects[0].message}{more}")
    unfit = sum(bool(each.defects) for each in found) + _list_mail_texts(session.workspace())
    if unfit:
        say(f"{count(unfit, 'fichier')} à corriger : piles templates check", quiet=session.quiet)
    return ExitCode.TEMPLATE_INVALID if unfit else ExitCode.DONE


def _list_mail_texts(workspace: Workspace) -> int:
    """Name the texts of messages; give how many are unfit."""
    defects: dict[str, list[Defect]] = {}
    for defect in _mail_defects(workspace):
        defects.setdefault(defect.file, []).append(defect)
    names = mail_texts(workspace)
    for name, use in names.items():
        found = defects.get(f"templates/{name}.txt", [])
        click.echo(f"{_fitness(found)} {name} : {use}")
        if found:
            click.echo(f"        {found[0].message}")
    return sum(f"templates/{name}.txt" in defects for name in names)


def _mail_defects(workspace: Workspace) -> tuple[Defect, ...]:
    return mail_text_defects(workspace, complete_case(), the_clock().today)


def _state(each: Listed) -> str:
    return _fitness(each.defects)


def _fitness(defects: Sequence[Defect]) -> str:
    return click.style("inapte", fg="red", bold=True) if defects else "bon   "


def _purpose(model: Model) -> str:
    if model.is_block:
        some = ", ".join(model.included_by[:_SHOWN_TEMPLATES])
        more = len(model.included_by) - _SHOWN_TEMPLATES
        return f"bloc, dans {some or 'aucun modèle'}{f' et {more} de plus' if more > 0 else ''}"
    document = model.document
    if document is None:
        return _OTHERS.get(model.name, "aucun document ne porte ce nom")
    step = f"étape {document.step}" if document.step else "toute étape"
    signers = ", ".join(PARTY_TITLES[party] for party in document.signatories)
    return f"{document.title} ({step} ; {f'signataires : {signers}' if signers else 'sans signature'})"


@command.command("check")
@click.argument("names", metavar="[MODÈLE]…", nargs=-1)
@click.option("--pdf/--no-pdf", default=True, help="Vérifier aussi les PDF (oui d’habitude).")
@click.pass_obj
def check_command(session: Session, names: tuple[str, ...], pdf: bool) -> int:
    """Vérifier des modèles, et ce qu’ils changeraient.

    Sans MODÈLE : tous. Chaque modèle est lu, puis essayé avec un dossier, en Word et en PDF. Les documents
    non signés, faits d’une autre version d’un modèle et qui se liraient autrement, sont nommés. Code 11 s’il
    y a une erreur.
    """
    workspace = session.workspace()
    converter = _converter(workspace) if pdf else None
    today = the_clock().today
    with working("vérification des modèles…", quiet=session.quiet):
        checked = check_templates(workspace, choose(workspace, names), converter, today)
        changes = list(changes_since_made(workspace, _documents(checked.models), today))
    if not names:
        checked.defects += _mail_defects(workspace)
    say_defects(checked.defects)
    _show_checked(checked, quiet=session.quiet)
    if changes:
        click.echo("Documents non signés que ces modèles changeraient :")
        _show_changes(changes)
    return ExitCode.TEMPLATE_INVALID if has_errors(checked.defects) else ExitCode.DONE


def _converter(workspace: Workspace) -> Converter | None:
    """The converter; where it is missing, the check goes on without, and says so."""
    try:
        return find_converter(workspace.network().document.convertisseur)
    except ToolMissing as error:
        say(f"{sentence(error.message)} {sentence(error.remedy)}")
        return None


def _show_checked(checked: Checked, *, quiet: bool) -> None:
    click.echo(f"{count(len(checked.models), 'modèle')} : {count(len(checked.defects), 'défaut')}.")
    if checked.trials:
        how = "en Word et en PDF" if checked.is_pdf_checked else "en Word ; les PDF n’ont pas été vérifiés"
        say(f"{count(len(checked.trials), 'document')} d’essai, {how}.", quiet=quiet)


@command.command("vars")
@click.argument("name", metavar="[MODÈLE]", required=False)
@click.option("--dossier", metavar="DOSSIER", help="Montrer aussi les valeurs de ce dossier.")
@click.pass_obj
def vars_command(session: Session, name: str | None, dossier: str | None) -> None:
    """Montrer les variables et les filtres d’un modèle.

    Sans MODÈLE : tous ceux qu’un modèle peut employer.
    """
    workspace = session.workspace()
    click.echo("Variables")
    for variable in variables(workspace, name, dossier):
        click.echo(_variable(variable))
    click.echo("\nFiltres")
    for found in filters(workspace, name):
        click.echo(_variable(found))


def _variable(named: Named) -> str:
    value = "" if named.value is None else f" = {named.value or '(vide)'}"
    return f"  {named.name} : {named.description}{value}"


@command.command("show")
@click.argument("name", metavar="MODÈLE|FICHIER")
@click.pass_obj
def show_command(session: Session, name: str) -> None:
    """Montrer un modèle comme du texte.

    Une ligne par paragraphe ; git diff s’en sert.
    """
    path = Path(name)
    if name.startswith(MAIL_PREFIX) and not path.is_file():
        text = show_mail_text(session.workspace(), name)
    else:
        text = show_file(path) if path.is_file() else show(session.workspace(), name)
    click.echo(text, nl=False)


@command.command("diff")
@click.argument("name", metavar="MODÈLE")
@click.option(
    "--with",
    "other",
    metavar="FICHIER",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="L’ancienne version ; sinon celle que fournit le programme.",
)
@click.pass_obj
def diff_command(session: Session, name: str, other: Path | None) -> None:
    """Comparer un modèle avec une autre version.

    Son texte, puis les documents non signés des dossiers ouverts qui se liraient autrement.
    """
    workspace = session.workspace()
    model = choose(workspace, [name])[0]
    former = other.read_bytes() if other else shipped(model)
    source = str(other) if other else f"{model.file} (fourni par le programme)"
    lines = text_changes(workspace, model, former, other_name=source)
    for line in lines:
        click.echo(_colored(line))
    if not lines:
        click.echo("Le texte est le même.")
    with working("comparaison des dossiers…", quiet=session.quiet):
        changes = list(changes_from(workspace, model, _documents([model]), former, the_clock().today))
    if changes:
        click.echo("\nDocuments non signés qui se liraient autrement, ou ne peuvent être comparés :")
        _show_changes(changes)
    else:
        click.echo("\nAucun document non signé ne se lirait autrement.")


def _documents(chosen: Sequence[Model]) -> frozenset[str]:
    """The documents that models make: a block those that include it, the letterhead all."""
    if any(model.name == LETTERHEAD for model in chosen):
        return frozenset(document.id for document in load_methodology().documents)
    return frozenset(name for model in chosen for name in (*model.included_by, model.name))


def _show_changes(changes: Sequence[Change]) -> None:
    """Show each change once, with the documents that it is the same for."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        groups.setdefault(change.lines or (f"! {sentence(change.problem)}",), []).append(change)
    for lines, alike in list(groups.items())[:_SHOWN_DOCUMENTS]:
        for change in alike:
            issued = (
                " (émis : il reste tel quel, sauf à l’annuler pour le refaire)" if change.is_issued else ""
            )
            click.echo(f"  {change.dossier} {change.document}".rstrip() + issued)
        for line in lines[:_SHOWN_LINES]:
            click.echo(f"      {_colored(line)}")
        if len(lines) > _SHOWN_LINES:
            click.echo(f"      … et {len(lines) - _SHOWN_LINES} lignes de plus")
    more = sum(len(alike) for alike in list(groups.values())[_SHOWN_DOCUMENTS:])
    if more:
        click.echo(f"  … et {count(more, 'document')} de plus")


def _colored(line: str) -> str:
    color = {"-": "red", "+": "green", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=color) if color else line
