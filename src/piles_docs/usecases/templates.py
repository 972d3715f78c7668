"""The Word templates of a workspace: which there are, what they say, what they can name."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from piles_docs.case.models import Case
from piles_docs.case.network_models import Network
from piles_docs.case.record import Record
from piles_docs.documents.blocks import file_of
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.proof_file import TEMPLATE as PROOF
from piles_docs.documents.template import LETTERHEAD_FILE, Template
from piles_docs.errors import Defect, Severity, TemplateInvalid, UsageError
from piles_docs.methodology.model import Document, load_methodology
from piles_docs.proofing.expressions import Fault, Reading
from piles_docs.proofing.linting import faults_of
from piles_docs.proofing.places import Paragraph, paragraphs_of, whole
from piles_docs.proofing.template_text import template_text
from piles_docs.proofing.variables import (
    FILTER_DESCRIPTIONS,
    Variable,
    cover_variables,
    document_variables,
    proof_variables,
)
from piles_docs.usecases.workspace import LETTERHEAD, Workspace

COVER = "couverture"
NOT_DOCUMENTS = (COVER, PROOF)
"""Templates of what no one signs: a pack's cover, an act's proof file."""
BLOCK_PREFIX = "blocs/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A Word file that staff can edit: a template, a shared block, the letterhead."""

    name: str
    """As commands take it: `charte`, `blocs/comparution`."""
    document: Document | None = None
    """What it makes; None for a block, the letterhead, cover, proof file, and what nothing asks for."""
    included_by: tuple[str, ...] = ()
    """For a block: the templates that include it, by name."""

    @property
    def file(self) -> str:
        """The file as staff know it."""
        return f"templates/{self.name}.docx"

    @property
    def is_block(self) -> bool:
        """Whether it is a shared block."""
        return self.name.startswith(BLOCK_PREFIX)

    @property
    def is_rendered(self) -> bool:
        """Whether a document, a cover or a proof file is made from it."""
        return self.document is not None or self.name in NOT_DOCUMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A model, and what makes it unfit."""

    model: Model
    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A variable that a template can name or names, with its value in a case."""

    name: str
    description: str
    value: str | None
    """None where no case was asked for, for a group, and where it depends on the document that is made."""


def models(workspace: Workspace) -> tuple[Model, ...]:
    """All models: documents as the methodology orders them, cover, proof file, letterhead, others, blocks."""
    documents = {document.id: document for document in load_methodology().documents}
    files = sorted(path.stem for path in (workspace.root / "templates").glob("[!~.]*.docx"))
    others = [name for name in files if name not in {*documents, *NOT_DOCUMENTS, LETTERHEAD}]
    plain = [
        Model(name=name, document=documents.get(name))
        for name in (*documents, *NOT_DOCUMENTS, LETTERHEAD, *others)
    ]
    used = {model.name: _used_blocks(workspace, model) for model in plain if model.is_rendered}
    blocks = [
        Model(
            name=f"{BLOCK_PREFIX}{block}",
            included_by=tuple(name for name, blocks in used.items() if block in blocks),
        )
        for block, _ in workspace.blocks()
    ]
    return (*plain, *blocks)


def _used_blocks(workspace: Workspace, model: Model) -> frozenset[str]:
    try:
        return frozenset(workspace.template(model.name).used_blocks())
    except TemplateInvalid:
        return frozenset()  # what is wrong with it is said where it is checked


def choose(workspace: Workspace, names: Sequence[str]) -> tuple[Model, ...]:
    """The models that a command is about: those named, or all.

    Args:
        workspace: Where they are.
        names: `charte`, `charte.docx`, `templates/charte.docx` are the same; `blocs/reference` is a block.

    Raises:
        UsageError: There is no such model.
    """
    known = {model.name: model for model in models(workspace)}
    chosen = []
    for name in names:
        short = name.removeprefix("templates/").removesuffix(".docx")
        if short not in known:
            near = difflib.get_close_matches(short, known, n=1)
            raise UsageError(
                f"il n’y a pas de modèle « {name} »",
                remedy=f"vouliez-vous dire « {near[0]} » ?" if near else "piles templates list les nomme",
            )
        chosen.append(known[short])
    return tuple(chosen) or tuple(known.values())


def content_of(workspace: Workspace, model: Model) -> bytes:
    """The bytes of a model.

    Raises:
        TemplateInvalid: The file is not there.
    """
    path = workspace.root / model.file
    if not path.is_file():
        raise TemplateInvalid(
            f"le modèle {model.file} manque", remedy="reprenez-le d’un espace neuf : piles init autre-dossier"
        )
    return path.read_bytes()


def show(workspace: Workspace, name: str) -> str:
    """A model as text.

    Raises:
        UsageError: There is no such model.
        TemplateInvalid: It is not Word.
    """
    model = choose(workspace, [name])[0]
    return template_text(content_of(workspace, model), name=model.file)


def show_file(path: Path) -> str:
    """Any Word file as text, wherever it is: git gives the former version of a template so.

    Raises:
        UsageError: It cannot be opened.
        TemplateInvalid: It is not Word.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path.name} ne peut pas être ouvert ({error.strerror})",
            remedy="vérifiez que vous avez le droit de le lire",
        ) from error
    return template_text(content, name=path.name)


@dataclass(slots=True)
class StaticCheck:
    """What is wrong in models before they are rendered."""

    faults: dict[str, list[Fault]]
    """By file, in the order of its paragraphs."""
    paragraphs: dict[str, tuple[Paragraph, ...]]
    contents: dict[str, bytes]
    unreadable: list[Defect]
    """Of files that cannot be read at all, or that include what is not there."""

    def is_fit(self, template: Template) -> bool:
        """Whether a template, its blocks and its letterhead have no error."""
        files = {template.name, LETTERHEAD_FILE, *map(file_of, template.used_blocks())}
        return not any(fault.is_error for file in files for fault in self.faults.get(file, ()))

    def defects(self, pages: Mapping[tuple[str, int], int] | None = None) -> list[Defect]:
        """All that is wrong, in words, with the page where it is known.

        Args:
            pages: By file and rank of the paragraph in its body.
        """
        found = [*self.unreadable]
        for faults in self.faults.values():
            for fault in faults:
                page = (pages or {}).get((fault.paragraph.file, fault.paragraph.rank))
                where = fault.paragraph.where
                if page and fault.paragraph.part == "body":
                    where = f"{where}, page {page}"
                found.append(
                    Defect(
                        file=fault.paragraph.file,
                        message=f"{where} : {fault.message}",
                        remedy=fault.remedy,
                        severity=Severity.ERROR if fault.is_error else Severity.WARNING,
                    )
                )
        return found


def check_statically(workspace: Workspace, wanted: Sequence[Model]) -> StaticCheck:
    """Read the models, with the blocks and the letterhead that they need, and say what is wrong in them.

    A block is judged in the templates that include it: what it names may be set there.
    """
    check = StaticCheck({}, {}, {}, [])
    named: dict[str, list[Fault]] = {}
    for model in wanted:
        try:
            _read(workspace, model, check, named)
        except TemplateInvalid as error:
            found = error.defects or [Defect(file=model.file, message=error.message, remedy=error.remedy)]
            # A letterhead that is not there is told once, not for each template that it dresses.
            of_letterhead = LETTERHEAD_FILE in error.message
            found = [replace(defect, file=LETTERHEAD_FILE) if of_letterhead else defect for defect in found]
            check.unreadable += [defect for defect in found if defect not in check.unreadable]
    for file, paragraphs in check.paragraphs.items():
        if paragraphs:
            check.faults[file] = faults_of(paragraphs, check.contents[file], named.get(file, ()))
    return check


def _read(workspace: Workspace, model: Model, check: StaticCheck, named: dict[str, list[Fault]]) -> None:
    content = content_of(workspace, model)
    check.contents[model.file] = content
    if not model.is_rendered:
        check.paragraphs.setdefault(model.file, paragraphs_of(content, model.file))
        if model.name == LETTERHEAD:
            faults = Reading(document_variables()).read(check.paragraphs[model.file]).faults
            named.setdefault(model.file, []).extend(faults)
        return
    template = workspace.template(model.name)
    blocks = {file_of(block): content for block, content in template.used_blocks().items()}
    paragraphs = tuple(whole(template))
    for file, block in blocks.items():
        check.contents[file] = block
        check.paragraphs.setdefault(file, paragraphs_of(block, file))
    check.paragraphs[model.file] = tuple(
        paragraph for paragraph in paragraphs if paragraph.file == model.file
    )
    for fault in Reading(known_to(model)).read(paragraphs).faults:
        named.setdefault(fault.paragraph.file, []).append(fault)


def known_to(model: Model) -> Mapping[str, Variable]:
    """What a model can name."""
    own = {COVER: cover_variables, PROOF: proof_variables}
    return own.get(model.name, document_variables)()


def listed(workspace: Workspace) -> tuple[Listed, ...]:
    """All models, each with what makes it unfit; a template is unfit with its blocks and its letterhead."""
    known = models(workspace)
    own: dict[str, list[Defect]] = {model.file: [] for model in known}
    for defect in check_statically(workspace, known).defects():
        if defect.severity is Severity.ERROR:
            own.setdefault(defect.file, []).append(defect)
    unfit = [model for model in known if own[model.file]]
    return tuple(
        Listed(model=model, defects=tuple(own[model.file] or _of_parts(model, unfit))) for model in known
    )


def _of_parts(model: Model, unfit: Sequence[Model]) -> Iterator[Defect]:
    for part in unfit:
        if model.name in part.included_by or (model.is_rendered and part.name == LETTERHEAD):
            yield Defect(
                file=model.file,
                message=f"{part.name}, qu’il emploie, est inapte",
                remedy="corrigez-le d’abord",
            )


def variables(workspace: Workspace, name: str | None, dossier: str | None) -> tuple[Named, ...]:
    """The variables that a model names, or that any can name, with their values in a case.

    Raises:
        UsageError: There is no such model or case.
        TemplateInvalid: The model is not Word.
        CaseInvalid: The case or piles.toml has errors.
    """
    found = {
        variable.name: variable
        for variable in (
            reading_of(workspace, name).variables.values()
            if name
            else (each for first in document_variables().values() for each in first.all())
        )
    }
    sources = (workspace.case(dossier), workspace.network()) if dossier else None
    return tuple(
        Named(
            name=variable.name,
            description=variable.description
            + (" (liste)" if variable.many and "liste" not in variable.description else ""),
            value=_value(variable, *sources) if sources else None,
        )
        for variable in found.values()
    )


def filters(workspace: Workspace, name: str | None) -> tuple[Named, ...]:
    """The French filters that a model applies, or that any can apply.

    Raises:
        UsageError: There is no such model.
        TemplateInvalid: The model is not Word.
    """
    used = reading_of(workspace, name).filters if name else FILTERS
    return tuple(
        Named(name=found, description=FILTER_DESCRIPTIONS.get(found, "Filtre ordinaire de Jinja"), value=None)
        for found in used
    )


def reading_of(workspace: Workspace, name: str) -> Reading:
    """What the tags of a model name; of a block, what it names in the first template that includes it."""
    model = choose(workspace, [name])[0]
    if model.is_block and model.included_by:
        including = Model(name=model.included_by[0])
        return Reading(known_to(including), only=model.file).read(whole(workspace.template(including.name)))
    if model.is_rendered:
        return Reading(known_to(model)).read(whole(workspace.template(model.name)))
    return Reading(known_to(model)).read(paragraphs_of(content_of(workspace, model), model.file))


def _value(variable: Variable, case: Case, network: Network) -> str | None:
    first, *rest = variable.name.split(".")
    root = first.removesuffix("[]")
    source = case if root in Case.model_fields else network if root in {"tete_de_reseau", "reseau"} else None
    if source is None:
        return None
    found: list[object] = [source]
    for name in (first, *rest):
        found = [getattr(value, name.removesuffix("[]"), None) for value in found]
        if name.endswith("[]") or variable.many:
            found = [item for value in found for item in (value if isinstance(value, tuple) else [value])]
    if any(isinstance(value, Record) for value in found):
        return None  # a group: its parts have the values
    return " ; ".join(text for value in found for text in _texts(value))


def _texts(value: object) -> Iterator[str]:
    match value:
        case None:
            return
        case tuple():
            for item in value:
                yield from _texts(item)
        case bool():
            yield "oui" if value else "non"
        case dt.date():
            yield value.isoformat()
        case Enum():
            yield str(value.value)
        case _:
            yield str(value)
