"""Draft the documents of a case into out/: only what changed, never over someone's edit."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from piles_docs.documents.conversion import Converter
from piles_docs.documents.making import Order, SignedAct, make
from piles_docs.documents.sections import Rewriting, rewritings
from piles_docs.documents.template import Template
from piles_docs.errors import CaseInvalid, PilesError, UsageError
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import Originals
from piles_docs.methodology.states import DocumentState, DocumentStatus, Key
from piles_docs.methodology.threads import AMENDMENT, history, next_version
from piles_docs.methodology.training import ImpossibleDates
from piles_docs.usecases.calendars import draft_calendar
from piles_docs.usecases.conversion import to_pdf
from piles_docs.usecases.drafts import MANIFEST, Draft, Outcome, manifest_bytes, read_manifest
from piles_docs.usecases.files import one_at_a_time, write_atomically
from piles_docs.usecases.provenance import Provenance
from piles_docs.usecases.situation import Situation, situation
from piles_docs.usecases.workspace import Workspace

_NOTHING_IT_READS = "rien de ce qu’il lit n’a changé"
DRAFTED = frozenset(
    {
        DocumentStatus.DRAFT,
        DocumentStatus.VOID,
        DocumentStatus.DECLINED,
        DocumentStatus.EXPIRED,
        DocumentStatus.INCOMPLETE,
    }
)


def generate(
    workspace: Workspace,
    dossier: str,
    *,
    documents: Sequence[str],
    converter: Converter | None,
    overwrite: bool,
    today: dt.date,
) -> tuple[Draft, ...]:
    """Draft the documents of one case, as `drafts.prepare` is asked to.

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
        words: dict[str, _Words] = {}

        def rendered() -> Iterator[tuple[str, bytes]]:
            for state in wanted:
                name = state.key.name
                drafts[name], made = _draft(workspace, now, state, folder, manifest, overwrite=overwrite)
                if made is not None:
                    words[name] = made
                    yield name, made.docx

        pdfs: dict[str, bytes] = {}
        if converter:  # each is converted while the next is rendered
            pdfs = to_pdf(workspace, converter, rendered())
        else:
            deque(rendered(), maxlen=0)
        for name, made in words.items():
            manifest[name] = _entry(made, pdfs.get(name), converter, manifest.get(name, {}))
        kept = {state.key.name for state in chosen(now, ())} | drafts.keys()
        _remove_leftovers(folder, manifest, kept)
        # The manifest first: whatever stops the run, what it wrote is known as its own on the next.
        _write(folder / MANIFEST, manifest_bytes(dossier, manifest))
        for name, made in words.items():
            is_written = _write_draft(
                folder / f"{name}.docx", made.docx, pdfs.get(name), draft_calendar(now, made.key)
            )
            drafts[name] = _told(drafts[name], is_written)
    return tuple(drafts.values())


def _write_draft(path: Path, docx: bytes, pdf: bytes | None, calendar: bytes | None) -> bool:
    """Write what of a draft is not there yet; tell whether anything was written."""
    is_new = _write(path, docx)
    if is_new and pdf is None:  # the old one would tell another story than the Word file
        path.with_suffix(".pdf").unlink(missing_ok=True)
    beside = ((".pdf", pdf), (".ics", calendar))
    written = [_write(path.with_suffix(kind), content) for kind, content in beside if content is not None]
    return is_new or any(written)


def _told(draft: Draft, is_written: bool) -> Draft:
    """A draft as it ended: what was made again may be the same, and what had not changed may have lacked."""
    if is_written and draft.outcome is Outcome.UNCHANGED:
        return replace(
            draft, outcome=Outcome.MADE, why="son PDF ou son calendrier manquait, ou n’était plus le même"
        )
    if not is_written and draft.outcome is Outcome.MADE:
        return replace(draft, outcome=Outcome.UNCHANGED, why=f"{draft.why} ; refait à l’identique")
    return draft


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A draft as Word, made now or found as it was made, with what it was made from."""

    key: Key
    docx: bytes
    origin: Mapping[str, Any]
    """What the manifest says of it beside its digests."""


def _draft(
    workspace: Workspace,
    now: Situation,
    state: DocumentState,
    folder: Path,
    manifest: Mapping[str, Any],
    *,
    overwrite: bool,
) -> tuple[Draft, _Words | None]:
    key, path = state.key, folder / f"{state.key.name}.docx"
    draft = Draft(
        name=key.name,
        outcome=Outcome.INCOMPLETE,
        locked=state.step is not None and state.step > now.state.current_step,
    )
    if state.lacks:
        return replace(draft, details=state.lacks), None
    entry = manifest.get(key.name, {})
    there = path.read_bytes() if path.is_file() else None
    found = hashlib.sha256(there).hexdigest() if there is not None else None
    try:
        template = workspace.template(key.document)
        order = order_for(now, state, rewritings=rewritings_of(workspace, now, key))
        why, changed = _reasons(entry, found, order, now, template)
        draft = replace(draft, why=why, changed=changed)
        if there is not None and why == _NOTHING_IT_READS:
            unchanged = replace(draft, outcome=Outcome.UNCHANGED, path=path)
            return unchanged, _Words(key=key, docx=there, origin=entry)
        made = make(order, now.case, now.network, template)
    except ImpossibleDates as error:
        invalid = CaseInvalid(str(error), remedy="changez formation.dates dans le dossier")
        return replace(draft, outcome=Outcome.FAILED, error=invalid), None
    except PilesError as error:
        return replace(draft, outcome=Outcome.FAILED, error=error), None
    if made.lacks:
        return replace(draft, details=with_places(made.lacks, template)), None
    if found not in {None, entry.get("docx_sha256"), entry.get("previous_docx_sha256"), made.sha256}:
        if not overwrite:
            advice = (
                f"{path.name} a été modifié depuis sa création ; il est laissé tel quel",
                "pour garder vos changements dans tous les dossiers, portez-les dans le modèle",
                "pour refaire ce projet : --overwrite (votre version sera gardée à côté)",
            )
            return replace(draft, outcome=Outcome.EDITED, path=path, details=advice), None
        write_atomically(_beside(path, found or ""), there or b"")
    origin = Provenance.of(made, order, now, template).entry() | {"template_sha256": template.sha256}
    words = _Words(key=key, docx=made.docx, origin=origin)
    return replace(draft, outcome=Outcome.MADE, path=path), words


def _reasons(
    entry: Mapping[str, Any], found: str | None, order: Order, now: Situation, template: Template
) -> tuple[str, tuple[str, ...]]:
    """Why a draft is made, or need not be, in French; and the names of what changed."""
    known = Provenance.read(entry)
    if known is None:
        return "premier projet", ()
    if changed := known.changes(order, now, template):
        return "a changé", changed
    if found is None:
        return "le fichier n’était plus là", ()
    return (_NOTHING_IT_READS if found == entry.get("docx_sha256") else "le fichier a été modifié"), ()


def _beside(path: Path, sha256: str) -> Path:
    return path.with_name(f"{path.stem}.modifie-{sha256[:8]}.docx")


def _write(path: Path, content: bytes) -> bool:
    """Write a file that is not there yet, byte for byte; tell whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    write_atomically(path, content)
    return True


def _entry(
    made: _Words, pdf: bytes | None, converter: Converter | None, before: Mapping[str, Any]
) -> dict[str, Any]:
    known, sha256 = before.get("docx_sha256"), hashlib.sha256(made.docx).hexdigest()
    same = before if known == sha256 else {"previous_docx_sha256": known}
    return dict(made.origin) | {
        "docx_sha256": sha256,
        "previous_docx_sha256": same.get("previous_docx_sha256"),
        "pdf_sha256": hashlib.sha256(pdf).hexdigest() if pdf else same.get("pdf_sha256"),
        "converter": converter.identity if converter else same.get("converter"),
    }


def _remove_leftovers(folder: Path, manifest: dict[str, Any], kept: Set[str]) -> None:
    """Take away drafts that the case no longer has, unless someone edited them."""
    for name in manifest.keys() - kept:
        path, made = folder / f"{name}.docx", manifest.pop(name).get("docx_sha256")
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == made:
            for kind in (".docx", ".pdf", ".ics"):
                path.with_suffix(kind).unlink(missing_ok=True)
