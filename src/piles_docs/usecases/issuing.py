"""Issue documents: make every original whole, before anything is archived or recorded."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from piles_docs.case.renewal import a_year_on
from piles_docs.documents.conversion import Converter
from piles_docs.documents.making import Order, make
from piles_docs.documents.obstacles import Obstacle
from piles_docs.documents.originals import complete, survey
from piles_docs.documents.rendering import Rendered
from piles_docs.errors import CaseInvalid, UsageError
from piles_docs.methodology.acts import Enclosure, Issued, Means, Original
from piles_docs.methodology.instances import documents_of_step, lacks, period
from piles_docs.methodology.parties import full_name, signatory
from piles_docs.methodology.rules import current_values
from piles_docs.methodology.states import LIVE, DocumentState, DocumentStatus, Key
from piles_docs.methodology.threads import next_version, reference
from piles_docs.methodology.training import ImpossibleDates
from piles_docs.packs.binding import page_count
from piles_docs.usecases.conversion import to_pdf
from piles_docs.usecases.generate import chosen, document_means, order_for, rewritings_of, with_places
from piles_docs.usecases.marking import free_codes
from piles_docs.usecases.sealing import Sealer
from piles_docs.usecases.situation import Situation
from piles_docs.usecases.workspace import Workspace

if TYPE_CHECKING:
    from piles_docs.signing.signing import SignedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPlan:
    """What a command would issue, and what it takes as issued already."""

    to_issue: tuple[DocumentState, ...]
    already: tuple[DocumentState, ...]
    annexes: tuple[DocumentState, ...]
    """What goes along to be read."""
    incomplete: tuple[DocumentState, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """An issue that is made and not yet recorded: the act, and the bytes that it names."""

    act: Issued
    contents: tuple[bytes, ...]
    shortfall: str | None = None
    """Why its seal does not reach the level that was asked for, in French."""
    unmarked: str | None = None
    """Why its pages bear no codes, in French."""


def plan_pack(now: Situation, *, step: int | None, documents: Sequence[str]) -> PackPlan:
    """Choose what a command issues: the documents named, or the complete ones of a step, with their annexes.

    Raises:
        UsageError: Nothing is named, or a name or step is unknown.
        CaseInvalid: A document named lacks data, or the step has none that is complete.
    """
    if documents:
        wanted = chosen(now, documents)
    elif step is not None:
        kinds = {document.id for document in documents_of_step(now.methodology, step) if document.signatories}
        wanted = [state for state in now.state.documents if state.key.document in kinds]
        if not wanted:
            raise UsageError(
                f"l’étape {step} n’a pas de document à signer", remedy="les étapes vont de 1 à 7"
            )
    else:
        raise UsageError("rien à préparer", remedy="donnez une étape (--step 3) ou un document (-d charte)")
    incomplete = tuple(state for state in wanted if state.lacks and state.state not in LIVE)
    ready = [state for state in wanted if state not in incomplete]
    if incomplete and (documents or not ready):
        raise CaseInvalid(
            "des documents à préparer sont incomplets",
            remedy="; ".join(
                f"{state.key.name} : il manque {', '.join(state.lacks)}" for state in incomplete
            ),
        )
    annexes = annexes_of(now, ready)
    return PackPlan(
        to_issue=tuple(state for state in (*ready, *annexes) if state.state not in LIVE),
        already=tuple(state for state in ready if state.state in LIVE),
        annexes=annexes,
        incomplete=incomplete,
    )


def annexes_of(now: Situation, states: Sequence[DocumentState]) -> tuple[DocumentState, ...]:
    """What goes along with documents, to be read."""
    cited = {name for state in states for name in now.methodology.document(state.key.document).annexes}
    return tuple(
        state
        for state in now.state.documents
        if state.key.document in cited and state not in states and _can_be_annexed(now, state)
    )


def _can_be_annexed(now: Situation, state: DocumentState) -> bool:
    """An annex is issued along with its act; what is signed on its own is annexed only once it is issued."""
    if state.state in LIVE:
        return True
    return not state.lacks and not now.methodology.document(state.key.document).signatories


def trial_issue(
    now: Situation, state: DocumentState, means: Means | None, on: dt.date, ahead: str | None
) -> Issued:
    """The act that an issue would be, before its bytes exist: for the rules to judge."""
    document = now.methodology.document(state.key.document)
    version = next_version(now.acts, state.key)
    signers = {party: signatory(party, now.case, now.network) for party in document.signatories}
    by_party = {
        party: means or Means(now.case.means_of(person) if person else now.case.signature)
        for party, person in signers.items()
    }
    order = order_for(now, state, means=document_means(by_party))
    locked = state.step is not None and state.step > now.state.current_step
    ends = current_values(now.case, now.network).get(document.ends) if document.ends else None
    return Issued(
        document=state.key.document,
        recipient=state.key.recipient,
        period=state.key.period,
        version=version,
        reference=reference(now.case.dossier, state.key, version),
        means=by_party,
        originals=tuple(
            Original(number=number, docx_sha256="", pdf_sha256="", pages=0)
            for number in range(1, order.originals + 1)
        ),
        on=on,
        due_on=on + dt.timedelta(days=now.network.envoi.delai_jours) if document.signatories else None,
        ends_on=dt.date.fromisoformat(ends) if ends else None,
        template_sha256="",
        signatories={party: full_name(person) for party, person in signers.items()},
        is_ahead=locked,
        ahead=ahead if locked else None,
    )


def make_issues(
    workspace: Workspace,
    now: Situation,
    states: Sequence[DocumentState],
    trials: Sequence[Issued],
    converter: Converter,
    sealer: Sealer | None,
    moment: dt.datetime,
) -> list[Made]:
    """Make every original of the issues that the rules have judged, and find its signature boxes.

    Each is given the codes by which its pages are recognised on a scan. Where someone signs electronically,
    the PDF is then given its fields and the network head's seal, after which nothing changes.

    Raises:
        SigningFailed: It cannot be sealed.
        CaseInvalid: A document lacks data, or its training days are not three working days.
        TemplateInvalid: A document cannot be rendered.
        ToolFailed: It cannot be converted, or its signature boxes are not its parties'.
    """
    words: dict[str, bytes] = {}
    reads: dict[str, tuple[str, ...]] = {}
    for state, act in zip(states, trials, strict=True):
        for original in act.originals:
            name = file_name(act, original.number)
            made = _make_original(workspace, now, state, act, original.number)
            words[name], reads[act.reference] = made.docx, made.read
        for document in now.methodology.document(act.document).encloses:
            words[enclosure_name(act, document)] = _draft_to_enclose(workspace, now, act, document)
    pdfs = to_pdf(workspace, converter, words)
    codes = free_codes(workspace.ledger(), trials)
    current = current_values(now.case, now.network)
    issues = []
    for state, act in zip(states, trials, strict=True):
        finished = []
        for original in act.originals:
            name = file_name(act, original.number)
            code = codes[act.reference, original.number]
            finished.append(_finish(act, original.number, words[name], pdfs[name], code, sealer, moment))
        contents = [content for one in finished for content in (one.docx, one.pdf)]
        enclosures = []
        for document in now.methodology.document(act.document).encloses:
            name = enclosure_name(act, document)
            enclosures.append(
                Enclosure(
                    document=document,
                    docx_sha256=hashlib.sha256(words[name]).hexdigest(),
                    pdf_sha256=hashlib.sha256(pdfs[name]).hexdigest(),
                    pages=page_count(pdfs[name], name=name),
                )
            )
            contents += [words[name], pdfs[name]]
        values = {path: current.get(path, "") for path in reads[act.reference]}
        values |= {change.path: change.current for change in now.changes(state.key)}
        done = act.model_copy(
            update={
                "originals": tuple(one.original for one in finished),
                "enclosures": tuple(enclosures),
                "values": values,
                "template_sha256": workspace.template(act.document).sha256,
                "seal": min(
                    (one.seal.level for one in finished if one.seal),
                    key=lambda level: level.rank,
                    default=None,
                ),
            }
        )
        shortfalls = (one.seal.shortfall for one in finished if one.seal and one.seal.shortfall)
        unmarked = (one.unmarked for one in finished if one.unmarked)
        issues.append(Made(done, tuple(contents), next(shortfalls, None), next(unmarked, None)))
    return issues


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finished:
    """An original as it goes to the archive."""

    original: Original
    docx: bytes
    pdf: bytes
    seal: SignedFile | None
    unmarked: str | None
    """Why its pages bear no codes, in French."""


def _finish(
    act: Issued,
    number: int,
    docx: bytes,
    pdf: bytes,
    code: str,
    sealer: Sealer | None,
    moment: dt.datetime,
) -> _Finished:
    """Mark the pages of an original, or none where something is in the way of one; add fields and seal."""
    found = survey(pdf, list(act.means), name=act.reference)
    is_electronic = Means.ELECTRONIC in act.means.values()
    labels = {box: f"Signature de {act.signatories[box.party]}" for box in found.boxes if is_electronic}
    marked = None if found.obstacles else code
    completed = complete(pdf, code=marked, labels=labels, name=act.reference)
    seal = None
    if is_electronic:
        if sealer is None:
            raise AssertionError("whoever issues for electronic signature passes a seal")
        seal = sealer.seal(completed, moment)
    content = seal.content if seal else completed
    return _Finished(
        original=Original(
            number=number,
            docx_sha256=hashlib.sha256(docx).hexdigest(),
            pdf_sha256=hashlib.sha256(content).hexdigest(),
            pages=found.pages,
            boxes=found.boxes,
            code=marked,
        ),
        docx=docx,
        pdf=content,
        seal=seal,
        unmarked=_in_the_way(found.obstacles),
    )


def _in_the_way(obstacles: Sequence[Obstacle]) -> str | None:
    """Say what keeps the pages of an original from being marked."""
    if not obstacles:
        return None
    others = f" ; et ailleurs, {len(obstacles)} endroits en tout" if len(obstacles) > 1 else ""
    return f"{obstacles[0]}{others}"


def _make_original(
    workspace: Workspace, now: Situation, state: DocumentState, act: Issued, number: int
) -> Rendered:
    rewritings = rewritings_of(workspace, now, state.key)
    draft = order_for(now, state, means=document_means(act.means), rewritings=rewritings)
    order: Order = replace(
        draft,
        reference=act.reference,
        version=act.version,
        draft=False,
        original=number,
        issued_on=act.on,
    )
    try:
        made = make(order, now.case, now.network, workspace.template(act.document))
    except ImpossibleDates as error:
        raise CaseInvalid(str(error), remedy="changez formation.dates dans le dossier") from error
    if made.lacks:
        details = with_places(made.lacks, workspace.template(act.document))
        raise CaseInvalid(f"{state.key.name} est incomplet", remedy=f"il manque : {', '.join(details)}")
    return made


def _draft_to_enclose(workspace: Workspace, now: Situation, act: Issued, name: str) -> bytes:
    """A document as a draft, to be read with a letter; with a letter about a year, that of the year after."""
    case = a_year_on(now.case) if act.period else now.case
    document = now.methodology.document(name)
    key = Key(name, None, period(document, case))
    state = DocumentState(
        key=key, title=document.title, step=document.step, state=DocumentStatus.DRAFT
    )  # a draft is made of what the case says, whatever was issued
    missing = lacks(document, key, case, now.network)
    if not missing:
        template = workspace.template(name)
        made = make(order_for(replace(now, case=case), state), case, now.network, template)
        missing = with_places(made.lacks, template)
        if not missing:
            return made.docx
    raise CaseInvalid(
        f"{key.name}, à joindre à {act.document}, est incomplet", remedy=f"il manque : {', '.join(missing)}"
    )


def enclosure_name(act: Issued, document: str) -> str:
    """Name the file of a draft that goes along with an act, without its ending."""
    return f"{act.reference}.piece-jointe.{document}"


def file_name(act: Issued, number: int) -> str:
    """Name the file of one original, without its ending."""
    return act.reference if len(act.originals) == 1 else f"{act.reference}.exemplaire-{number}"
