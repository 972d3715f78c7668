"""Draft the documents of a case into out/: only what changed, never over someone's edit."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from piles_docs.documents.conversion import Converter
from piles_docs.documents.making import Order, SignedAct, make
from piles_docs.documents.rendering import Rendered
from piles_docs.documents.sections import Rewriting, rewritings
from piles_docs.documents.template import Template
from piles_docs.errors import CaseInvalid, PilesError, UsageError
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import Originals
from piles_docs.methodology.states import DocumentState, DocumentStatus, Key
from piles_docs.methodology.threads import AMENDMENT, history, next_version
from piles_docs.methodology.training import ImpossibleDates
from piles_docs.usecases.calendars import draft_calendar
from piles_docs.usecases.conversion import to_pdf, tools
from piles_docs.usecases.files import one_at_a_time, write_atomically
from piles_docs.usecases.situation import Situation, situation
from piles_docs.usecases.workspace import Workspace

MANIFEST = "manifeste.json"
DRAFTED = frozenset(
    {
        DocumentStatus.DRAFT,
        DocumentStatus.VOID,
        DocumentStatus.DECLINED,
        DocumentStatus.EXPIRED,
        DocumentStatus.INCOMPLETE,
    }
)


class Outcome(StrEnum):
    """What became of one draft."""

    MADE = "fait"
    UNCHANGED = "inchangé"
    INCOMPLETE = "à compléter"
    EDITED = "modifié dans Word"
    FAILED = "en échec"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What became of one document."""

    key: Key
    outcome: Outcome
    path: Path | None = None
    details: tuple[str, ...] = ()
    """What it lacks, or how to go on."""
    error: PilesError | None = None
    locked: bool = False
    """Its step is not open yet: it can be drafted, not issued."""


def generate(
    workspace: Workspace,
    dossier: str,
    *,
    documents: Sequence[str],
    converter: Converter | None,
    overwrite: bool,
    today: dt.date,
) -> tuple[Draft, ...]:
    """Draft the documents of one case.

    Args:
        workspace: Where it is.
        dossier: The case.
        documents: Document ids or full names; none means all that can be drafted.
        converter: Makes the PDF; None for Word only.
        overwrite: Replace a draft that someone edited; the edited file is kept beside it.
        today: The day, for the states.

    Raises:
        UsageError: A document is unknown.
        CaseInvalid, RecordsBroken, ToolFailed, WouldOverwrite: As their names say.
    """
    now = situation(workspace, dossier, today)
    wanted = chosen(now, documents)
    folder = workspace.out / dossier / "drafts"
    with one_at_a_time(workspace.out / dossier):
        manifest = read_manifest(folder / MANIFEST)
        drafts: dict[str, Draft] = {}
        words: dict[str, Rendered] = {}
        for state in wanted:
            name = state.key.name
            drafts[name], rendered = _draft(workspace, now, state, folder, manifest, overwrite=overwrite)
            if rendered is not None:
                words[name] = rendered
        pdfs = (
            to_pdf(workspace, converter, {name: made.docx for name, made in words.items()})
            if converter
            else {}
        )
        for name, made in words.items():
            manifest[name] = _entry(workspace, name, made, pdfs.get(name), converter, manifest.get(name, {}))
        _remove_leftovers(folder, manifest, now)
        # The manifest first: whatever stops the run, what it wrote is known as its own on the next.
        _write(folder / MANIFEST, _json({"schema": 1, "dossier": dossier, "documents": manifest}))
        for name, made in words.items():
            path, pdf = folder / f"{name}.docx", pdfs.get(name)
            calendar = draft_calendar(now, drafts[name].key)
            written = [
                _write(path, made.docx),
                pdf is not None and _write(path.with_suffix(".pdf"), pdf),
                calendar is not None and _write(path.with_suffix(".ics"), calendar),
            ]
            if written[0] and pdf is None:
                path.with_suffix(".pdf").unlink(
                    missing_ok=True
                )  # it would tell another story than the Word file
            if not any(written):
                drafts[name] = replace(drafts[name], outcome=Outcome.UNCHANGED)
    return tuple(drafts.values())


def chosen(now: Situation, documents: Sequence[str]) -> list[DocumentState]:
    """The documents that a command is about: those named (by kind or whole name), or all drafts.

    Raises:
        UsageError: A name is unknown.
    """
    states = now.state.documents
    for name in documents:
        if not any(name in {state.key.document, state.key.name} for state in states):
            known = sorted({state.key.document for state in states})
            raise UsageError(
                f"ce dossier n’a pas de document « {name} »", remedy=f"les documents : {', '.join(known)}"
            )
    if documents:
        named = [state for state in states if state.key.name in documents]
        return [
            *named,
            *(state for state in _latest(states) if state.key.document in documents and state not in named),
        ]
    return [state for state in states if state.state in DRAFTED]


def _latest(states: Sequence[DocumentState]) -> list[DocumentState]:
    """Of a yearly document, the latest year alone; the others are named with their year."""
    years: dict[tuple[str, str | None], str] = {}
    for state in states:
        slot = (state.key.document, state.key.recipient)
        years[slot] = max(years.get(slot, ""), state.key.period or "")
    return [
        state
        for state in states
        if years[state.key.document, state.key.recipient] == (state.key.period or "")
    ]


def with_places(lacks: Sequence[str], template: Template) -> tuple[str, ...]:
    """Name what a template prints and the case does not give, each with its first place in the template."""
    places = {path: template.places_of(path.rpartition(".")[2]) for path in lacks}
    return tuple(f"{path} ({found[0]})" if found else path for path, found in places.items())


def order_for(
    now: Situation,
    state: DocumentState,
    *,
    means: Means | None = None,
    rewritings: tuple[Rewriting, ...] = (),
) -> Order:
    """Describe the draft of a document; an amendment is told what it rewrites."""
    document = now.methodology.document(state.key.document)
    means = means or Means(now.case.signature)
    many = document.originals is Originals.ONE_A_PARTY and means is Means.PAPER
    return Order(
        document=document,
        key=state.key,
        reference=f"{now.case.dossier}.{state.key.name}",
        version=next_version(now.acts, state.key),
        draft=True,
        means=means,
        originals=len(document.signatories) if many else 1,
        acts=signed_acts(now),
        milestones=now.state.milestones,
        rewritings=rewritings,
    )


def signed_acts(now: Situation) -> dict[str, SignedAct]:
    """The signed documents that others may recall, by document id."""
    past = history(now.acts)
    threads = {document.id: past.signed(document.id) for document in now.methodology.documents}
    return {
        name: SignedAct(
            reference=thread.issued.reference,
            signed_on=thread.signed_on,
            ends_on=past.ends_on(thread, now.methodology.document(name).ends),
            title=now.methodology.document(name).title,
            amendments=len(past.amendments(thread)),
        )
        for name, thread in threads.items()
        if thread
    }


def document_means(by_party: Mapping[str, Means]) -> Means | None:
    """How a document is made: for paper as soon as one party signs on paper; None where nobody signs."""
    return max(by_party.values(), key=lambda means: means is Means.PAPER, default=None)


def rewritings_of(workspace: Workspace, now: Situation, key: Key) -> tuple[Rewriting, ...]:
    """What an amendment changes in the signed act: its articles as the case would write them today.

    Raises:
        CaseInvalid: What changed in the case is in no stipulation of the act.
        RecordsBroken: The archive does not hold the signed act.
        TemplateInvalid: The act's template cannot be rendered.
    """
    past = history(now.acts)
    thread = past.signed(key.recipient) if key.document == AMENDMENT and key.recipient else None
    if thread is None:
        return ()
    issued = thread.issued
    document, template = now.methodology.document(issued.document), workspace.template(issued.document)
    order = Order(
        document=document,
        key=thread.key,
        reference=issued.reference,
        version=issued.version,
        draft=False,
        means=document_means(issued.means) or Means(now.case.signature),
        originals=len(issued.originals),
        original=1,
        issued_on=issued.on,
        acts=signed_acts(now),
        milestones=now.state.milestones,
    )
    today = make(order, now.case, now.network, template).docx
    signed = workspace.archive.get(issued.originals[0].docx_sha256)
    printing = {title for change in now.changes(key) for title in template.sections_printing(change.path)}
    amended = {
        title
        for amendment in past.amendments(thread)
        for path, value in amendment.issued.values.items()
        if issued.values.get(path, value) != value
        for title in template.sections_printing(path)
    }
    found = rewritings(signed, today, printing, amended)
    if not found:
        raise CaseInvalid(
            f"{key.name} ne changerait aucune stipulation de {issued.reference}",
            remedy="ce qui a changé dans le dossier ne s’y lit pas : informez l’autre partie par lettre",
        )
    return found


def _draft(
    workspace: Workspace,
    now: Situation,
    state: DocumentState,
    folder: Path,
    manifest: dict[str, Any],
    *,
    overwrite: bool,
) -> tuple[Draft, Rendered | None]:
    key, path = state.key, folder / f"{state.key.name}.docx"
    locked = state.step is not None and state.step > now.state.current_step
    if state.lacks:
        return Draft(key=key, outcome=Outcome.INCOMPLETE, details=state.lacks, locked=locked), None
    try:
        made = make(
            order_for(now, state, rewritings=rewritings_of(workspace, now, key)),
            now.case,
            now.network,
            workspace.template(key.document),
        )
    except ImpossibleDates as error:
        invalid = CaseInvalid(str(error), remedy="changez formation.dates dans le dossier")
        return Draft(key=key, outcome=Outcome.FAILED, error=invalid), None
    except PilesError as error:
        return Draft(key=key, outcome=Outcome.FAILED, error=error), None
    if made.lacks:
        details = with_places(made.lacks, workspace.template(key.document))
        return Draft(key=key, outcome=Outcome.INCOMPLETE, details=details, locked=locked), None
    entry = manifest.get(key.name, {})
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    if found not in {None, entry.get("docx_sha256"), entry.get("previous_docx_sha256"), made.sha256}:
        if not overwrite:
            advice = (
                f"{path.name} a été modifié depuis sa création ; il est laissé tel quel",
                "pour garder vos changements dans tous les dossiers, portez-les dans le modèle",
                "pour refaire ce projet : --overwrite (votre version sera gardée à côté)",
            )
            return Draft(key=key, outcome=Outcome.EDITED, path=path, details=advice, locked=locked), None
        write_atomically(_beside(path, found or ""), path.read_bytes())
    return Draft(key=key, outcome=Outcome.MADE, path=path, locked=locked), made


def _beside(path: Path, sha256: str) -> Path:
    return path.with_name(f"{path.stem}.modifie-{sha256[:8]}.docx")


def _write(path: Path, content: bytes) -> bool:
    """Write a file that is not there yet, byte for byte; tell whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    write_atomically(path, content)
    return True


def _entry(
    workspace: Workspace,
    name: str,
    made: Rendered,
    pdf: bytes | None,
    converter: Converter | None,
    before: dict[str, Any],
) -> dict[str, Any]:
    known = before.get("docx_sha256")
    return {
        "docx_sha256": made.sha256,
        "previous_docx_sha256": before.get("previous_docx_sha256") if known == made.sha256 else known,
        "pdf_sha256": hashlib.sha256(pdf).hexdigest() if pdf else before.get("pdf_sha256"),
        "template_sha256": workspace.template(name.partition(".")[0]).sha256,
        "reads": list(made.read),
        "tools": tools(converter) if converter else before.get("tools", tools(None)),
    }


def _remove_leftovers(folder: Path, manifest: dict[str, Any], now: Situation) -> None:
    """Take away drafts that the case no longer has, unless someone edited them."""
    known = {state.key.name for state in now.state.documents if state.state in DRAFTED}
    for name in sorted(set(manifest) - known):
        path = folder / f"{name}.docx"
        untouched = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == manifest[name].get(
            "docx_sha256"
        )
        if untouched:
            path.unlink()
            for kind in (".pdf", ".ics"):
                path.with_suffix(kind).unlink(missing_ok=True)
        del manifest[name]


def read_manifest(path: Path) -> dict[str, Any]:
    """The entries of the manifest; a manifest that cannot be read counts as none: it only saves work."""
    try:
        documents = json.loads(path.read_text("utf-8"))["documents"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return documents if isinstance(documents, dict) else {}


def _json(data: Any) -> bytes:  # JSON data
    return (json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
