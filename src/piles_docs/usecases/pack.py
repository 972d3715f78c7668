"""Issue documents and bind one signature pack for each signatory.

The order matters: everything is made first, then archived, then recorded in one transaction, and only then
are the packs written. A pack can be made again at any time from the archive.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import Converter
from piles_docs.documents.cover import Cover, ToSign, make_cover
from piles_docs.documents.making import Order, make
from piles_docs.documents.rendering import Rendered
from piles_docs.errors import CaseInvalid, UsageError
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import Box, Issued, Means, Original
from piles_docs.methodology.explain import describe_opening
from piles_docs.methodology.instances import documents_of_step
from piles_docs.methodology.parties import full_name, party_name, signatory
from piles_docs.methodology.rules import current_values
from piles_docs.methodology.states import LIVE, DocumentState, Key
from piles_docs.methodology.threads import history, next_version, reference
from piles_docs.methodology.training import ImpossibleDates
from piles_docs.packs.binding import Part, bind, page_count, zip_files
from piles_docs.usecases.conversion import to_pdf, tools
from piles_docs.usecases.files import one_at_a_time, write_atomically
from piles_docs.usecases.generate import chosen, order_for, with_places
from piles_docs.usecases.situation import Situation, check_acts, situation
from piles_docs.usecases.workspace import Workspace

# Signing begins with the host structure and ends with the network head, who keeps the file.
_SIGNING_ORDER = ("porteuse", "animateur", "formateur", "tete-de-reseau")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The moment of a command."""

    today: dt.date
    now: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPlan:
    """What a command would issue, and what it takes as issued already."""

    to_issue: tuple[DocumentState, ...]
    already: tuple[DocumentState, ...]
    annexes: tuple[DocumentState, ...]
    """What goes along to be read."""
    incomplete: tuple[DocumentState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What was made for one signatory."""

    party: str
    signatory: str
    path: Path
    to_sign: tuple[ToSign, ...]
    due_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The result of the command."""

    plan: PackPlan
    issued: tuple[Issued, ...]
    packs: tuple[Pack, ...]
    archive_path: Path | None


@dataclass(frozen=True, slots=True)
class _Made:
    """An issue that is made and not yet recorded: the act, and the bytes that it names."""

    act: Issued
    contents: tuple[bytes, ...]


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
    cited = {name for state in ready for name in now.methodology.document(state.key.document).annexes}
    annexes = tuple(
        state
        for state in now.state.documents
        if state.key.document in cited and state not in ready and _can_be_annexed(now, state)
    )
    return PackPlan(
        to_issue=tuple(state for state in (*ready, *annexes) if state.state not in LIVE),
        already=tuple(state for state in ready if state.state in LIVE),
        annexes=annexes,
        incomplete=incomplete,
    )


def _can_be_annexed(now: Situation, state: DocumentState) -> bool:
    """An annex is issued along with its act; what is signed on its own is annexed only once it is issued."""
    if state.state in LIVE:
        return True
    return not state.lacks and not now.methodology.document(state.key.document).signatories


def pack(
    workspace: Workspace,
    dossier: str,
    *,
    step: int | None,
    documents: Sequence[str],
    means: Means | None,
    ahead: str | None,
    issued_on: dt.date | None,
    converter: Converter,
    clock: Clock,
) -> Packed:
    """Issue documents, archive their bytes, record the issue, and write one pack a signatory.

    Raises:
        StepLocked: The step is locked and no reason was given.
        CaseInvalid, UsageError, TemplateInvalid, ToolFailed, RecordsBroken: As their names say.
        WouldOverwrite: Something else was recorded in the meantime.
    """
    with one_at_a_time(workspace.out / dossier):
        now = situation(workspace, dossier, clock.today)
        plan = plan_pack(now, step=step, documents=documents)
        on = issued_on or clock.today
        trial = [_trial(now, state, means, on, ahead) for state in plan.to_issue]
        check_acts(now, trial, clock.today)
        made = _make_all(workspace, now, plan.to_issue, trial, converter)
        archive = workspace.archive
        for item in made:
            for content in item.contents:
                archive.put(content)
        if made:
            workspace.ledger().append(
                dossier, [entry_of(item.act) for item in made], expected=len(now.acts), now=clock.now
            )
        after = situation(workspace, dossier, clock.today)
        annexes = [state.key for state in plan.annexes]
        mains = [state.key for state in (*plan.to_issue, *plan.already) if state.key not in annexes]
        packs, bundle = _bind_all(workspace, after, mains, annexes, converter)
    return Packed(plan=plan, issued=tuple(item.act for item in made), packs=packs, archive_path=bundle)


def _trial(
    now: Situation, state: DocumentState, means: Means | None, on: dt.date, ahead: str | None
) -> Issued:
    """The act that an issue would be, before its bytes exist: for the rules to judge."""
    document = now.methodology.document(state.key.document)
    version = next_version(now.acts, state.key)
    chosen_means = means or Means(now.case.signature)
    order = order_for(now, state, means=chosen_means)
    locked = state.step is not None and state.step > now.state.current_step
    ends = current_values(now.case, now.network).get(document.ends) if document.ends else None
    return Issued(
        document=state.key.document,
        recipient=state.key.recipient,
        period=state.key.period,
        version=version,
        reference=reference(now.case.dossier, state.key, version),
        means=dict.fromkeys(document.signatories, chosen_means),
        originals=tuple(
            Original(number=number, docx_sha256="", pdf_sha256="", pages=0)
            for number in range(1, order.originals + 1)
        ),
        on=on,
        due_on=on + dt.timedelta(days=now.network.envoi.delai_jours) if document.signatories else None,
        ends_on=dt.date.fromisoformat(ends) if ends else None,
        template_sha256="",
        signatories={
            party: full_name(signatory(party, now.case, now.network)) for party in document.signatories
        },
        is_ahead=locked,
        ahead=ahead if locked else None,
    )


def _make_all(
    workspace: Workspace,
    now: Situation,
    states: Sequence[DocumentState],
    trials: Sequence[Issued],
    converter: Converter,
) -> list[_Made]:
    words: dict[str, bytes] = {}
    reads: dict[str, tuple[str, ...]] = {}
    for state, act in zip(states, trials, strict=True):
        for original in act.originals:
            name = _file_name(act, original.number)
            made = _make_original(workspace, now, state, act, original.number)
            words[name], reads[act.reference] = made.docx, made.read
    pdfs = to_pdf(workspace, converter, words)
    current = current_values(now.case, now.network)
    finished = []
    for state, act in zip(states, trials, strict=True):
        originals, contents = [], []
        for original in act.originals:
            name = _file_name(act, original.number)
            docx, pdf = words[name], pdfs[name]
            boxes = find_boxes(pdf, list(act.means), name=act.reference)
            originals.append(
                Original(
                    number=original.number,
                    docx_sha256=hashlib.sha256(docx).hexdigest(),
                    pdf_sha256=hashlib.sha256(pdf).hexdigest(),
                    pages=page_count(pdf, name=act.reference),
                    boxes=tuple(Box(party=box.party, page=box.page, rect=box.rect) for box in boxes),
                )
            )
            contents += [docx, pdf]
        values = {path: current.get(path, "") for path in reads[act.reference]}
        values |= {change.path: change.current for change in now.changes(state.key)}
        done = act.model_copy(
            update={
                "originals": tuple(originals),
                "values": values,
                "template_sha256": workspace.template(act.document).sha256,
            }
        )
        finished.append(_Made(done, tuple(contents)))
    return finished


def _make_original(
    workspace: Workspace, now: Situation, state: DocumentState, act: Issued, number: int
) -> Rendered:
    draft = order_for(now, state, means=next(iter(act.means.values()), None))
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


def _file_name(act: Issued, number: int) -> str:
    return act.reference if len(act.originals) == 1 else f"{act.reference}.exemplaire-{number}"


# ---------------------------------------------------------------- binding


def _bind_all(
    workspace: Workspace, now: Situation, mains: Sequence[Key], annexes: Sequence[Key], converter: Converter
) -> tuple[tuple[Pack, ...], Path | None]:
    main_acts, annex_acts = _issued(now, mains), _issued(now, annexes)
    acts = [*main_acts, *annex_acts]
    files = {
        _file_name(act, original.number): workspace.archive.get(original.pdf_sha256)
        for act in acts
        for original in act.originals
    }
    words = {
        _file_name(act, original.number): workspace.archive.get(original.docx_sha256)
        for act in acts
        for original in act.originals
    }
    folder = workspace.out / now.case.dossier / "packs"
    parties = sorted({party for act in main_acts for party in act.means}, key=_signing_rank)
    packs = [
        _bind_one(workspace, now, party, main_acts, annex_acts, files, folder, converter) for party in parties
    ]
    if not files:
        return tuple(packs), None
    label = _label(main_acts)
    bundle = folder / f"{now.case.dossier}.{label}.zip"
    members = {f"{name}.pdf": content for name, content in files.items()}
    members |= {f"{name}.docx": content for name, content in words.items()}
    members["manifeste.json"] = _manifest(now, acts, members, converter)
    write_atomically(bundle, zip_files(members))
    return tuple(packs), bundle


def _issued(now: Situation, keys: Sequence[Key]) -> list[Issued]:
    """The last issue of each document, in the order of the methodology."""
    past = history(now.acts)
    acts = [
        thread.issued for key in dict.fromkeys(keys) if (thread := past.latest(key)) and not thread.voided
    ]
    ranks = [document.id for document in now.methodology.documents]
    return sorted(acts, key=lambda act: ranks.index(act.document))


def _label(acts: Sequence[Issued]) -> str:
    """Name the documents of a pack, for its file."""
    return "-".join(dict.fromkeys(act.document for act in acts))[:60]


def _bind_one(
    workspace: Workspace,
    now: Situation,
    party: str,
    acts: Sequence[Issued],
    annexes: Sequence[Issued],
    files: Mapping[str, bytes],
    folder: Path,
    converter: Converter,
) -> Pack:
    mine = [act for act in acts if party in act.means]
    cited = {name for act in mine for name in now.methodology.document(act.document).annexes}
    attached = [act for act in annexes if act.document in cited]
    parts = [
        Part(title=_title(now, act, original.number), content=files[_file_name(act, original.number)])
        for act in (*mine, *attached)
        for original in act.originals
    ]
    pages = 1
    for _ in range(2):  # the cover's own length decides where the documents begin
        to_sign, read_only = _contents(now, party, mine, attached, pages)
        cover = _cover(now, party, mine, to_sign, read_only)
        docx = make_cover(cover, now.network, workspace.template("couverture"))
        front = to_pdf(workspace, converter, {f"couverture {party}": docx})[f"couverture {party}"]
        length = page_count(front, name="la page de garde")
        if length == pages:
            break
        pages = length
    title = f"Documents à signer – {now.case.piles.nom}"
    path = folder / f"{now.case.dossier}.{party}.{_label(mine)}.pdf"
    write_atomically(path, bind([Part(title="À signer", content=front), *parts], title=title))
    return Pack(
        party=party,
        signatory=mine[0].signatories.get(party, ""),
        path=path,
        to_sign=to_sign,
        due_on=cover.due_on,
    )


def _contents(
    now: Situation, party: str, mine: Sequence[Issued], attached: Sequence[Issued], cover_pages: int
) -> tuple[tuple[ToSign, ...], tuple[tuple[str, int], ...]]:
    """Where everything stands in the pack: what to sign, and what is only to be read."""
    at, to_sign, read_only = cover_pages, [], []
    for act in mine:
        unlocks = describe_opening(now.methodology.document(act.document).unlocks, now.methodology)
        for original in act.originals:
            to_sign += [
                ToSign(
                    title=_title(now, act, None),
                    reference=act.reference,
                    original=original.number,
                    originals=len(act.originals),
                    page=at + box.page,
                    unlocks=unlocks,
                )
                for box in original.boxes
                if box.party == party
            ]
            at += original.pages
    for act in attached:
        read_only.append((_title(now, act, None), at + 1))
        at += sum(original.pages for original in act.originals)
    return tuple(to_sign), tuple(read_only)


def _cover(
    now: Situation,
    party: str,
    mine: Sequence[Issued],
    to_sign: tuple[ToSign, ...],
    read_only: tuple[tuple[str, int], ...],
) -> Cover:
    others = sorted({other for act in mine for other in act.means}, key=_signing_rank)
    return Cover(
        signatory=mine[0].signatories.get(party, ""),
        function=_function(now, party),
        on_behalf_of=party_name(party, now.case, now.network),
        due_on=min(act.due_on or act.on for act in mine),
        issued_on=max(act.on for act in mine),
        means=mine[0].means[party],
        to_sign=to_sign,
        read_only=read_only,
        order=tuple(
            (next(act.signatories[other] for act in mine if other in act.means), other == party)
            for other in others
        ),
    )


def _function(now: Situation, party: str) -> str:
    person = signatory(party, now.case, now.network)
    return (person.fonction or "") if person else ""


def _title(now: Situation, act: Issued, number: int | None) -> str:
    title = now.methodology.document(act.document).short_title
    partner = next((partner.nom for partner in now.case.partenaires if partner.id == act.recipient), None)
    title += f" – {partner}" if partner else ""
    if number is not None and len(act.originals) > 1:
        title += f" – exemplaire {number}/{len(act.originals)}"
    return title


def _signing_rank(party: str) -> int:
    return _SIGNING_ORDER.index(party)


def _manifest(
    now: Situation, acts: Sequence[Issued], members: Mapping[str, bytes], converter: Converter
) -> bytes:
    data = {
        "schema": 1,
        "dossier": now.case.dossier,
        "documents": [
            {
                "reference": act.reference,
                "issued_on": act.on.isoformat(),
                "template_sha256": act.template_sha256,
            }
            for act in acts
        ],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(members.items())},
        "tools": tools(converter),
    }
    return (json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
