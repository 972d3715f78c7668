"""What a change of a template alters: the text of the template, and of the documents of open cases."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from piles_docs.documents.making import Order, make
from piles_docs.documents.template import Template
from piles_docs.errors import PilesError, UsageError
from piles_docs.methodology.states import CaseStatus, DocumentState, DocumentStatus
from piles_docs.methodology.training import ImpossibleDates
from piles_docs.proofing.template_text import template_text
from piles_docs.usecases.drafts import MANIFEST, read_manifest
from piles_docs.usecases.generate import DRAFTED, document_means, order_for, rewritings_of
from piles_docs.usecases.init import seed
from piles_docs.usecases.situation import Situation, situation
from piles_docs.usecases.templates import BLOCK_PREFIX, Model, content_of
from piles_docs.usecases.workspace import LETTERHEAD, Workspace

_UNSIGNED = frozenset({DocumentStatus.ISSUED, DocumentStatus.PARTLY_SIGNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A document that would read differently, or that can no longer be compared."""

    dossier: str
    document: str
    """Its whole name: `invitation-copil.mairie-castellane`."""
    is_issued: bool
    lines: tuple[str, ...]
    """What goes (`-`) and what comes (`+`)."""
    problem: str = ""
    """Why it could not be compared, in French."""


def changes_since_made(workspace: Workspace, documents: Collection[str], today: dt.date) -> Iterator[Change]:
    """Compare drafts, and what is issued but not signed, with what today's templates make of the case.

    Only documents made from another state of their template are compared. What is signed never changes; what
    is issued stays as it is until it is voided and issued anew.

    Args:
        workspace: Where they are.
        documents: Ids of documents, whose templates are asked about.
        today: The day, for the states.

    Raises:
        CaseInvalid: piles.toml has errors.
    """
    situations, unread = _open_cases(workspace, today)
    yield from unread
    for now, state in _unsigned(situations, documents):
        try:
            former = _former(workspace, now, state)
            if former is not None:
                yield from _compared(workspace, now, state, former, workspace.template(state.key.document))
        except PilesError as error:
            yield _problem(now, state, error.message)


def changes_from(
    workspace: Workspace,
    model: Model,
    documents: Collection[str],
    other: bytes,
    today: dt.date,
) -> Iterator[Change]:
    """Compare what two versions of a model make of every open case.

    Args:
        workspace: Where they are; it has the new version.
        model: The model.
        documents: Ids of the documents that it makes, or that include it.
        other: The former version of its file.
        today: The day, for the states.

    Raises:
        CaseInvalid: piles.toml has errors.
    """
    before = _with_other(model, other)
    situations, unread = _open_cases(workspace, today)
    yield from unread
    for now, state in _unsigned(situations, documents):
        try:
            template = workspace.template(state.key.document)
            former = _text(now, _order(workspace, now, state), before(template))
            yield from _compared(workspace, now, state, former, template)
        except PilesError as error:
            yield _problem(now, state, error.message)


def shipped(model: Model) -> bytes:
    """The version of a model that comes with the program.

    Raises:
        UsageError: The program has none of this name.
    """
    source = seed().joinpath(*model.file.split("/"))
    if not source.is_file():
        raise UsageError(
            f"le programme ne fournit pas de modèle {model.name}",
            remedy="donnez le fichier à comparer : --with FICHIER",
        )
    return source.read_bytes()


def text_changes(workspace: Workspace, model: Model, other: bytes, *, other_name: str) -> tuple[str, ...]:
    """The unified diff of a model's text, from another version to the one in the workspace.

    Raises:
        TemplateInvalid: One of the two is not Word.
    """
    former = template_text(other, name=other_name).splitlines()
    current = template_text(content_of(workspace, model), name=model.file).splitlines()
    return tuple(difflib.unified_diff(former, current, other_name, model.file, lineterm="", n=1))


def _with_other(model: Model, other: bytes) -> Callable[[Template], Template]:
    """Put a former version of a model back into a template."""

    def before(template: Template) -> Template:
        if model.name == LETTERHEAD:
            return replace(template, letterhead=other)
        if model.is_block:
            blocks = dict(template.blocks) | {model.name.removeprefix(BLOCK_PREFIX): other}
            return replace(template, blocks=tuple(blocks.items()))
        return replace(template, content=other)

    return before


def _open_cases(workspace: Workspace, today: dt.date) -> tuple[list[Situation], list[Change]]:
    """The cases that are not closed, and those that cannot be read: these are said, not passed over."""
    workspace.network()
    found, unread = [], []
    for dossier in workspace.dossiers():
        try:
            found.append(situation(workspace, dossier, today))
        except PilesError as error:
            problem = f"dossier illisible : {error.message}"
            unread.append(Change(dossier=dossier, document="", is_issued=False, lines=(), problem=problem))
    return [now for now in found if now.state.state is not CaseStatus.ENDED], unread


def _unsigned(
    situations: Sequence[Situation], documents: Collection[str]
) -> Iterator[tuple[Situation, DocumentState]]:
    """The documents that are complete and not signed yet."""
    for now in situations:
        for state in now.state.documents:
            if state.key.document in documents and state.state in DRAFTED | _UNSIGNED and not state.lacks:
                yield now, state


def _former(workspace: Workspace, now: Situation, state: DocumentState) -> list[str] | None:
    """The text of a document as it was last made; None where there is none, or its template is the same.

    Raises:
        RecordsBroken: The archive does not have the bytes that were issued.
    """
    current = workspace.template(state.key.document).sha256
    if state.issued and state.state in _UNSIGNED:
        if state.issued.template_sha256 == current:
            return None
        docx = workspace.archive.get(state.issued.originals[0].docx_sha256)
        return template_text(docx, name=state.issued.reference).splitlines()
    folder = workspace.out / now.case.dossier / "drafts"
    entry = read_manifest(folder / MANIFEST).get(state.key.name, {})
    path = folder / f"{state.key.name}.docx"
    if not path.is_file() or entry.get("template_sha256") == current:
        return None
    draft = path.read_bytes()
    if hashlib.sha256(draft).hexdigest() != entry.get("docx_sha256"):
        return None  # someone edited it: piles generate leaves it alone, and says so
    return template_text(draft, name=path.name).splitlines()


def _compared(
    workspace: Workspace, now: Situation, state: DocumentState, former: list[str], template: Template
) -> Iterator[Change]:
    made = _text(now, _order(workspace, now, state), template)
    lines = tuple(
        line
        for line in difflib.unified_diff(former, made, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    )
    if lines:
        yield Change(
            dossier=now.case.dossier,
            document=state.key.name,
            is_issued=state.state in _UNSIGNED,
            lines=lines,
        )


def _text(now: Situation, order: Order, template: Template) -> list[str]:
    try:
        made = make(order, now.case, now.network, template)
    except ImpossibleDates as error:
        raise UsageError(str(error), remedy="changez formation.dates dans le dossier") from error
    return template_text(made.docx, name=template.name).splitlines()


def _order(workspace: Workspace, now: Situation, state: DocumentState) -> Order:
    """The order by which a document is drafted, or was issued: only the template may make a difference."""
    rewritings = rewritings_of(workspace, now, state.key)
    if state.issued is None or state.state not in _UNSIGNED:
        return order_for(now, state, rewritings=rewritings)
    act = state.issued
    draft = order_for(now, state, means=document_means(act.means), rewritings=rewritings)
    return replace(
        draft,
        reference=act.reference,
        version=act.version,
        draft=False,
        original=act.originals[0].number,
        issued_on=act.on,
    )


def _problem(now: Situation, state: DocumentState, message: str) -> Change:
    return Change(
        dossier=now.case.dossier,
        document=state.key.name,
        is_issued=state.state in _UNSIGNED,
        lines=(),
        problem=message,
    )
