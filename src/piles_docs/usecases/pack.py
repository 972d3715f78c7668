"""Issue documents and bind one signature pack for each signatory.

The order matters: everything is made first, then archived, then recorded in one transaction, and only then
are the packs written. A pack can be made again at any time from the archive.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from piles_docs.documents.conversion import Converter
from piles_docs.documents.cover import Cover, Round, ToSign, make_cover
from piles_docs.errors import ToolFailed
from piles_docs.ledger.acts import entry_of
from piles_docs.ledger.heads import Head
from piles_docs.methodology.acts import Enclosure, Issued, Means
from piles_docs.methodology.explain import describe_opening
from piles_docs.methodology.parties import in_signing_order, party_name, signatory
from piles_docs.methodology.states import Key
from piles_docs.methodology.threads import history
from piles_docs.packs.binding import Part, bind, page_count, zip_files
from piles_docs.usecases.calendars import issued_calendar
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.conversion import to_pdf, tools
from piles_docs.usecases.files import one_at_a_time, write_atomically
from piles_docs.usecases.issuing import (
    PackPlan,
    enclosure_name,
    file_name,
    make_issues,
    plan_pack,
    trial_issue,
)
from piles_docs.usecases.situation import Situation, check_acts, judged_again, situation
from piles_docs.usecases.workspace import Workspace

_MOST_COVER_ATTEMPTS = 4
PAGE_SIZE = (595.3, 841.9)
"""A4, in points: what the letterhead asks of every document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What was made for one signatory."""

    party: str
    signatory: str
    path: Path
    to_sign: tuple[ToSign, ...]
    due_on: dt.date
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The result of the command."""

    plan: PackPlan
    issued: tuple[Issued, ...]
    packs: tuple[Pack, ...]
    archive_path: Path | None


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
        WouldOverwrite: Something else was recorded in the meantime, each time.
    """

    def once() -> tuple[PackPlan, list[Issued]]:
        now = situation(workspace, dossier, clock.today)
        plan = plan_pack(now, step=step, documents=documents)
        trial = [trial_issue(now, state, means, issued_on or clock.today, ahead) for state in plan.to_issue]
        check_acts(now, trial, clock.today)
        made = make_issues(workspace, now, plan.to_issue, trial, converter)
        archive = workspace.archive
        for item in made:
            for content in item.contents:
                archive.put(content)
        if made:
            workspace.ledger().append(
                dossier, [entry_of(item.act) for item in made], expected=len(now.acts), now=clock.now
            )
        return plan, [item.act for item in made]

    with one_at_a_time(workspace.out / dossier):
        plan, issued = judged_again(once)
        after = situation(workspace, dossier, clock.today)
        annexes = [state.key for state in plan.annexes]
        mains = [state.key for state in (*plan.to_issue, *plan.already) if state.key not in annexes]
        packs, bundle = _bind_all(workspace, after, mains, annexes, converter)
    return Packed(plan=plan, issued=tuple(issued), packs=packs, archive_path=bundle)


def _bind_all(
    workspace: Workspace, now: Situation, mains: Sequence[Key], annexes: Sequence[Key], converter: Converter
) -> tuple[tuple[Pack, ...], Path | None]:
    packs = bind_packs(workspace, now, mains, annexes, converter)
    main_acts = _issued(now, mains)
    acts = [*main_acts, *_issued(now, annexes)]
    if not acts:
        return packs, None
    words = {
        file_name(act, original.number): workspace.archive.get(original.docx_sha256)
        for act in acts
        for original in act.originals
    }
    words |= {
        enclosure_name(act, enclosure.document): workspace.archive.get(enclosure.docx_sha256)
        for act in acts
        for enclosure in act.enclosures
    }
    bundle = _folder(workspace, now) / f"{now.case.dossier}.{_label(main_acts)}.zip"
    members = {f"{name}.pdf": content for name, content in _pdfs(workspace, acts).items()}
    members |= {f"{name}.docx": content for name, content in words.items()}
    calendars = {act.reference: issued_calendar(now, act) for act in acts}
    members |= {f"{name}.ics": content for name, content in calendars.items() if content}
    members["manifeste.json"] = _manifest(now, acts, members, converter)
    write_atomically(bundle, zip_files(members))
    return packs, bundle


def bind_packs(
    workspace: Workspace,
    now: Situation,
    mains: Sequence[Key],
    annexes: Sequence[Key],
    converter: Converter,
    *,
    party: str | None = None,
) -> tuple[Pack, ...]:
    """Bind and write the packs of issued documents, from the archive: one a signatory, or one party's alone.

    The same documents give the same bytes, whenever the pack is made.

    Raises:
        TemplateInvalid, ToolFailed: The cover cannot be made.
        RecordsBroken: An archived file is not there, or was altered.
    """
    main_acts, annex_acts = _issued(now, mains), _issued(now, annexes)
    parties = in_signing_order({party for act in main_acts for party in act.means})
    contents = [_PackContent.of(now, one, main_acts, annex_acts) for one in parties if party in {None, one}]
    files = _pdfs(workspace, [*main_acts, *annex_acts])
    head = _head(workspace, now.case.dossier, [act.reference for act in main_acts])
    fronts = _fronts(workspace, now, contents, head, converter)
    folder = _folder(workspace, now)
    return tuple(_bind_one(now, content, fronts[content.party], files, folder) for content in contents)


def _folder(workspace: Workspace, now: Situation) -> Path:
    return workspace.out / now.case.dossier / "packs"


def _pdfs(workspace: Workspace, acts: Sequence[Issued]) -> dict[str, bytes]:
    files = {
        file_name(act, original.number): workspace.archive.get(original.pdf_sha256)
        for act in acts
        for original in act.originals
    }
    for act in acts:
        for enclosure in act.enclosures:
            name = enclosure_name(act, enclosure.document)
            files[name] = workspace.archive.get(enclosure.pdf_sha256)
    return files


def _head(workspace: Workspace, dossier: str, references: Sequence[str]) -> str:
    """The head of the chain when the last of these was issued: the same whenever a pack is made again."""
    issues = [
        event
        for event in workspace.ledger().events(dossier)
        if event.kind == "issued" and event.facts["reference"] in references
    ]
    return str(Head(dossier, issues[-1].sequence, issues[-1].digest).short()) if issues else ""


def _issued(now: Situation, keys: Sequence[Key]) -> list[Issued]:
    """The last issue of each document, in the order of the methodology."""
    past = history(now.acts)
    acts = [
        thread.issued for key in dict.fromkeys(keys) if (thread := past.latest(key)) and not thread.voided
    ]
    ranks = [document.id for document in now.methodology.documents]
    return sorted(acts, key=lambda act: ranks.index(act.document))


def _label(acts: Sequence[Issued]) -> str:
    """Name the documents of a pack, for its file; a long name is cut and told apart by a digest."""
    name = "-".join(dict.fromkeys(act.document for act in acts))
    references = "".join(act.reference for act in acts).encode()
    return name if len(name) <= 60 else f"{name[:52]}-{hashlib.sha256(references).hexdigest()[:7]}"


@dataclass(frozen=True, slots=True)
class _PackContent:
    """What one signatory signs, and what goes along to be read."""

    party: str
    mine: tuple[Issued, ...]
    attached: tuple[Issued, ...]

    @classmethod
    def of(
        cls, now: Situation, party: str, acts: Sequence[Issued], annexes: Sequence[Issued]
    ) -> _PackContent:
        mine = tuple(act for act in acts if party in act.means)
        cited = {name for act in mine for name in now.methodology.document(act.document).annexes}
        # What a party does not sign can be an annex of what it signs: the charter, for the network head.
        others = [act for act in (*acts, *annexes) if act not in mine]
        return cls(party, mine, tuple(act for act in others if act.document in cited))


@dataclass(frozen=True, slots=True)
class _Front:
    """A cover, and what it says."""

    cover: Cover
    pdf: bytes


def _fronts(
    workspace: Workspace,
    now: Situation,
    contents: Sequence[_PackContent],
    head: str,
    converter: Converter,
) -> dict[str, _Front]:
    """Make all covers together; a cover's own length decides where its documents begin."""
    fronts: dict[str, _Front] = {}
    pages = {content.party: 1 for content in contents}
    template = workspace.template("couverture")
    for _ in range(_MOST_COVER_ATTEMPTS):
        waiting = [content for content in contents if content.party not in fronts]
        covers = {content.party: _cover(now, content, pages[content.party], head) for content in waiting}
        words = {
            f"couverture {party}": make_cover(cover, now.network, template) for party, cover in covers.items()
        }
        for party, pdf in zip(covers, to_pdf(workspace, converter, words).values(), strict=True):
            length = page_count(pdf, name="la page de garde")
            if length == pages[party]:
                fronts[party] = _Front(covers[party], pdf)
            pages[party] = length
        if len(fronts) == len(contents):
            return fronts
    raise ToolFailed(
        "la page de garde change de longueur à chaque essai",
        remedy="raccourcissez un peu templates/couverture.docx, ou allongez-le",
    )


def _bind_one(
    now: Situation, content: _PackContent, front: _Front, files: Mapping[str, bytes], folder: Path
) -> Pack:
    parts = []
    for act in (*content.mine, *content.attached):
        parts += [
            Part(title=title_of(now, act, original.number), content=files[file_name(act, original.number)])
            for original in act.originals
        ]
        parts += [
            Part(title=_enclosed_title(now, item), content=files[enclosure_name(act, item.document)])
            for item in act.enclosures
        ]
    title = f"Documents à signer – {now.case.piles.nom}"
    path = folder / f"{now.case.dossier}.{content.party}.{_label(content.mine)}.pdf"
    bound = bind([Part(title="À signer", content=front.pdf), *parts], title=title)
    write_atomically(path, bound)
    return Pack(
        party=content.party,
        signatory=front.cover.signatory,
        path=path,
        to_sign=front.cover.to_sign,
        due_on=front.cover.due_on,
        content=bound,
    )


def _contents(
    now: Situation, party: str, mine: Sequence[Issued], attached: Sequence[Issued], cover_pages: int
) -> tuple[tuple[ToSign, ...], tuple[tuple[str, int], ...]]:
    """Where everything stands in the pack: what to sign, and what is only to be read."""
    past = history(now.acts)
    at, to_sign, read_only = cover_pages, [], []
    for act in mine:
        unlocks = describe_opening(now.methodology.document(act.document).unlocks, now.methodology)
        for original in act.originals:
            to_sign += [
                ToSign(
                    title=title_of(now, act, None),
                    reference=act.reference,
                    original=original.number,
                    originals=len(act.originals),
                    page=at + box.page,
                    place=box.place(*PAGE_SIZE),
                    means=past.threads[act.reference].means[party],
                    unlocks=unlocks,
                )
                for box in original.boxes
                if box.party == party and (party, original.number) not in past.threads[act.reference].signed
            ]
            at += original.pages
        for enclosure in act.enclosures:
            read_only.append((_enclosed_title(now, enclosure), at + 1))
            at += enclosure.pages
    for act in attached:
        read_only.append((title_of(now, act, None), at + 1))
        at += sum(original.pages for original in act.originals)
    return tuple(to_sign), tuple(read_only)


def _cover(now: Situation, content: _PackContent, pages: int, head: str) -> Cover:
    party, mine = content.party, content.mine
    to_sign, read_only = _contents(now, party, mine, content.attached, pages)
    return Cover(
        signatory=mine[0].signatories.get(party, ""),
        function=_function(now, party),
        on_behalf_of=party_name(party, now.case, now.network),
        due_on=min(act.due_on or act.on for act in mine),
        issued_on=max(act.on for act in mine),
        to_sign=to_sign,
        signed=_signed(now, party, mine),
        read_only=read_only,
        orders=_rounds(now, party, mine),
        head=head,
    )


def _rounds(now: Situation, party: str, mine: Sequence[Issued]) -> tuple[Round, ...]:
    rounds: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for act in mine:
        rounds.setdefault(signing_order([act]), []).append(title_of(now, act, None))
    return tuple(
        Round(
            titles=tuple(titles),
            names=tuple(name for _, name in order),
            reader=[other for other, _ in order].index(party),
        )
        for order, titles in rounds.items()
    )


def _signed(now: Situation, party: str, mine: Sequence[Issued]) -> tuple[tuple[str, dt.date], ...]:
    past = history(now.acts)
    return tuple(
        (title_of(now, act, original.number), signature.on)
        for act in mine
        for original in act.originals
        if (signature := past.threads[act.reference].signed.get((party, original.number)))
    )


def signing_order(acts: Sequence[Issued]) -> tuple[tuple[str, str], ...]:
    """Who signs issued documents, in order: parties, and names as printed."""
    parties = in_signing_order({party for act in acts for party in act.means})
    return tuple(
        (party, next(act.signatories.get(party, "") for act in acts if party in act.means))
        for party in parties
    )


def _function(now: Situation, party: str) -> str:
    person = signatory(party, now.case, now.network)
    return (person.fonction or "") if person else ""


def title_of(now: Situation, act: Issued, number: int | None) -> str:
    """What an issued document is called, with the partner it is for, and the original where one is meant."""
    title = now.methodology.document(act.document).short_title
    partner = next((partner.nom for partner in now.case.partenaires if partner.id == act.recipient), None)
    title += f" – {partner}" if partner else ""
    if number is not None and len(act.originals) > 1:
        title += f" – exemplaire {number}/{len(act.originals)}"
    return title


def _enclosed_title(now: Situation, enclosure: Enclosure) -> str:
    return f"{now.methodology.document(enclosure.document).short_title}, projet joint à la lettre"


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
