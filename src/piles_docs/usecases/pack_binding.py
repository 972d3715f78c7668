"""Bind the packs of issued documents from the archive: one PDF a signatory, its cover first."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from piles_docs.documents.conversion import Converter
from piles_docs.documents.cover import Cover, ToSign, make_cover
from piles_docs.errors import ToolFailed
from piles_docs.ledger.heads import Head
from piles_docs.methodology.acts import Issued
from piles_docs.methodology.parties import in_signing_order
from piles_docs.methodology.states import Key
from piles_docs.methodology.threads import history
from piles_docs.packs.binding import Part, bind, page_count
from piles_docs.usecases.conversion import to_pdf
from piles_docs.usecases.covers import PackContent, cover_of, enclosed_title, title_of
from piles_docs.usecases.files import write_atomically
from piles_docs.usecases.issuing import enclosure_name, file_name
from piles_docs.usecases.situation import Situation
from piles_docs.usecases.workspace import Workspace

_MOST_COVER_ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What was made for one signatory."""

    party: str
    signatory: str
    path: Path
    to_sign: tuple[ToSign, ...]
    due_on: dt.date
    content: bytes = field(repr=False)


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
    main_acts, annex_acts = issued_acts(now, mains), issued_acts(now, annexes)
    parties = in_signing_order({party for act in main_acts for party in act.means})
    contents = [PackContent.of(now, one, main_acts, annex_acts) for one in parties if party in {None, one}]
    files = pdfs_of(workspace, [*main_acts, *annex_acts])
    head = _head(workspace, now.case.dossier, [act.reference for act in main_acts])
    fronts = [_front(workspace, now, content, head, converter) for content in contents]
    folder = packs_folder(workspace, now)
    return tuple(_bind_one(now, *each, files, folder) for each in zip(contents, fronts, strict=True))


def packs_folder(workspace: Workspace, now: Situation) -> Path:
    """Where the packs of a case are written."""
    return workspace.out / now.case.dossier / "packs"


def pdfs_of(workspace: Workspace, acts: Sequence[Issued]) -> dict[str, bytes]:
    """Get the PDF of issued documents and of what they enclose, from the archive, by file name."""
    digests: dict[str, str] = {}
    for act in acts:
        digests |= {file_name(act, original.number): original.pdf_sha256 for original in act.originals}
        digests |= {enclosure_name(act, one.document): one.pdf_sha256 for one in act.enclosures}
    return {name: workspace.archive.get(digest) for name, digest in digests.items()}


def _head(workspace: Workspace, dossier: str, references: Sequence[str]) -> str:
    """The head of the chain when the last of these was issued: the same whenever a pack is made again."""
    issues = [
        event
        for event in workspace.ledger().events(dossier)
        if event.kind == "issued" and event.facts["reference"] in references
    ]
    return str(Head(dossier, issues[-1].sequence, issues[-1].digest).short()) if issues else ""


def issued_acts(now: Situation, keys: Sequence[Key]) -> list[Issued]:
    """The last issue of each document, in the order of the methodology."""
    past = history(now.acts)
    acts = [
        thread.issued for key in dict.fromkeys(keys) if (thread := past.latest(key)) and not thread.voided
    ]
    ranks = [document.id for document in now.methodology.documents]
    return sorted(acts, key=lambda act: ranks.index(act.document))


def label_of(acts: Sequence[Issued]) -> str:
    """Name the documents of a pack, for its file; a long name is cut and told apart by a digest."""
    name = "-".join(dict.fromkeys(act.document for act in acts))
    references = "".join(act.reference for act in acts).encode()
    return name if len(name) <= 60 else f"{name[:52]}-{hashlib.sha256(references).hexdigest()[:7]}"


def _front(
    workspace: Workspace, now: Situation, content: PackContent, head: str, converter: Converter
) -> tuple[Cover, bytes]:
    """Make a cover; its own length, which decides where its documents begin, is known when it is made."""
    length = 1
    for _ in range(_MOST_COVER_ATTEMPTS):
        cover = cover_of(now, content, length, head)
        name = f"couverture {content.party}"
        words = {name: make_cover(cover, now.network, workspace.template("couverture"))}
        pdf = to_pdf(workspace, converter, words)[name]
        found = page_count(pdf, name="la page de garde")
        if found == length:
            return cover, pdf
        length = found
    raise ToolFailed(
        "la page de garde change de longueur à chaque essai",
        remedy="raccourcissez un peu templates/couverture.docx, ou allongez-le",
    )


def _bind_one(
    now: Situation, content: PackContent, front: tuple[Cover, bytes], files: Mapping[str, bytes], folder: Path
) -> Pack:
    cover, pdf = front
    parts = [Part(title="À signer", content=pdf)]
    for act in (*content.mine, *content.attached):
        parts += [
            Part(title=title_of(now, act, original.number), content=files[file_name(act, original.number)])
            for original in act.originals
        ]
        parts += [
            Part(title=enclosed_title(now, item), content=files[enclosure_name(act, item.document)])
            for item in act.enclosures
        ]
    title = f"Documents à signer – {now.case.piles.nom}"
    path = folder / f"{now.case.dossier}.{content.party}.{label_of(content.mine)}.pdf"
    bound = bind(parts, title=title)
    write_atomically(path, bound)
    return Pack(
        party=content.party,
        signatory=cover.signatory,
        path=path,
        to_sign=cover.to_sign,
        due_on=cover.due_on,
        content=bound,
    )
