"""Hand over what was recorded about a case, so that others can check it without this program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from piles_docs.errors import UsageError
from piles_docs.ledger.acts import act_of
from piles_docs.ledger.events import personal_text
from piles_docs.ledger.heads import Head
from piles_docs.methodology.acts import (
    Act,
    Issued,
    LevelRaised,
    MilestoneReached,
    Proven,
    Refused,
    Scanned,
    Signed,
)
from piles_docs.methodology.threads import history
from piles_docs.packs.bag import zipped_bag
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.covered import covered
from piles_docs.usecases.files import ending_of, one_at_a_time, write_atomically
from piles_docs.usecases.log import lines_of
from piles_docs.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The bundle of a case."""

    path: Path
    head: Head
    events: int
    files: int
    """Archived files in it; those erased on purpose are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """An archived file, and what it is."""

    event: int
    role: str
    name: str
    sha256: str


def export(workspace: Workspace, dossier: str, *, to: Path | None, clock: Clock) -> Exported:
    """Write the bundle of a case: its events as they are hashed, its archived files, and how to check them.

    Args:
        workspace: Where it is.
        dossier: The case; its file in cases/ is not needed.
        to: The folder to write to; else out/<dossier>/exports.
        clock: The moment.

    Raises:
        UsageError: Nothing was recorded about the case.
        RecordsBroken: The ledger or the archive is damaged: a bundle would not check.
        ToolFailed: It cannot be written.
    """
    events = workspace.ledger().events(dossier)
    if not events:
        workspace.choose([dossier])
        raise UsageError(f"rien n’est enregistré sur {dossier}", remedy="il n’y a rien à exporter encore")
    acts = [act_of(event) for event in events]
    forgotten = history(acts).forgotten
    erased = set(forgotten.files) if forgotten else set()
    pieces = [piece for piece in _pieces(acts) if piece.sha256 not in erased]
    payload = {f"registre/{event.sequence:06d}.json": covered(event) for event in events}
    payload |= {
        f"donnees-personnelles/{event.sequence:06d}.json": personal_text(
            event.personal, salt=event.salt
        ).encode()
        for event in events
        if event.personal is not None
    }
    contents = {piece: workspace.archive.get(piece.sha256) for piece in pieces}
    named = {piece: (f"{piece.name}.{ending_of(content)}", content) for piece, content in contents.items()}
    payload |= {f"pieces/{name}": content for name, content in named.values()}
    payload["pieces.csv"] = _table(named)
    payload["journal.txt"] = "".join(
        f"{line.number}\t{line.on.isoformat()}\t{line.text}\n" for line in lines_of(events)
    ).encode()
    head = Head(dossier, events[-1].sequence, events[-1].digest)
    instructions = files("piles_docs.usecases").joinpath("export-lisez-moi.txt").read_text("utf-8")
    bag = zipped_bag(
        payload,
        name=f"{dossier}-{head.sequence}",
        made_on=clock.today,
        information={"External-Identifier": dossier, "Internal-Sender-Description": f"piles {head.short()}"},
        notes={"LISEZ-MOI.txt": instructions.format(dossier=dossier, head=head.short()).encode()},
    )
    path = (to or workspace.out / dossier / "exports") / f"{dossier}-{head.sequence}.zip"
    with one_at_a_time(workspace.out / dossier):
        write_atomically(path, bag)
    return Exported(path=path, head=head, events=len(events), files=len(pieces))


def _pieces(acts: Sequence[Act]) -> Iterator[_Piece]:
    for number, act in enumerate(acts, 1):
        if isinstance(act, Issued):
            for original in act.originals:
                name = f"{act.reference}.exemplaire-{original.number}"
                yield _Piece(event=number, role="acte, Word", name=name, sha256=original.docx_sha256)
                yield _Piece(event=number, role="acte, PDF", name=name, sha256=original.pdf_sha256)
            for enclosure in act.enclosures:
                name = f"{act.reference}.piece-jointe.{enclosure.document}"
                yield _Piece(event=number, role="pièce jointe, Word", name=name, sha256=enclosure.docx_sha256)
                yield _Piece(event=number, role="pièce jointe, PDF", name=name, sha256=enclosure.pdf_sha256)
        elif isinstance(act, Signed | Refused | MilestoneReached):
            for rank, sha256 in enumerate(act.evidence, 1):
                yield _Piece(event=number, role="preuve", name=f"preuve-{number}-{rank}", sha256=sha256)
        if isinstance(act, Scanned):
            yield _Piece(
                event=number, role="numérisation", name=f"numerisation-{number}", sha256=act.scan_sha256
            )
        if isinstance(act, Signed | LevelRaised | Proven) and act.pdf_sha256:
            role = "fichier de preuve" if isinstance(act, Proven) else "PDF signé"
            name = f"{act.reference}.exemplaire-{act.original}.evenement-{number}"
            yield _Piece(event=number, role=role, name=name, sha256=act.pdf_sha256)


def _table(named: dict[_Piece, tuple[str, bytes]]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";")
    table.writerow(["événement", "pièce", "fichier", "sha256"])
    for piece, (name, _) in named.items():
        table.writerow([piece.event, piece.role, f"pieces/{name}", piece.sha256])
    return text.getvalue().encode()
