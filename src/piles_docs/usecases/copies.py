"""Make each party's own copy of what is signed, from the archive: it can be made again at any time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from piles_docs.errors import ToolFailed
from piles_docs.methodology.acts import Means
from piles_docs.methodology.threads import Thread, history
from piles_docs.packs.binding import Part, bind
from piles_docs.usecases.files import ending_of, one_at_a_time, write_atomically
from piles_docs.usecases.situation import Situation
from piles_docs.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What one party receives of one signed document."""

    reference: str
    party: str
    original: int
    """The number of the original that is this party's."""
    paths: tuple[Path, ...]
    shows_signatures: bool
    """Whether a file in it shows the signatures; else only the paper does."""


def make_copies(workspace: Workspace, now: Situation, references: Sequence[str] = ()) -> tuple[Copy, ...]:
    """Make the copies of signed documents: those of these references, or all of them.

    A paper act: one PDF, the party's numbered original as issued, then what was scanned of it. An act signed
    electronically: the signed PDF untouched, since binding would break its signatures, and its proof file.

    Raises:
        RecordsBroken: The archive does not hold what the ledger names.
        ToolFailed: A file cannot be written.
    """
    folder = workspace.out / now.case.dossier / "copies"
    threads = [
        thread
        for reference, thread in history(now.acts).threads.items()
        if thread.is_complete and not thread.voided and (not references or reference in references)
    ]
    copies = []
    with one_at_a_time(workspace.out / now.case.dossier):
        for thread in threads:
            copies += [_copy(workspace, now, thread, party, folder) for party in thread.issued.means]
    return tuple(copies)


def _copy(workspace: Workspace, now: Situation, thread: Thread, party: str, folder: Path) -> Copy:
    number = thread.holder_original(party)
    issued = next(original for original in thread.issued.originals if original.number == number)
    title = now.methodology.document(thread.issued.document).short_title
    latest = workspace.archive.get(thread.file_of(issued))
    parts = [Part(title=title, content=latest)]
    name = f"{thread.issued.reference}.{party}"
    beside: dict[str, bytes] = {}
    if number in thread.proofs:
        beside[f"{name}.preuve.pdf"] = workspace.archive.get(thread.proofs[number])
    is_electronic = number in thread.files
    rank = 0
    for sha256, means in _evidence(thread, number):
        content = workspace.archive.get(sha256)
        rank += 1
        ending = ending_of(content)
        if ending == "pdf" and means is Means.PAPER and not is_electronic and _can_be_bound(content):
            parts.append(Part(title=f"Exemplaire signé, pièce {rank}", content=content))
        else:
            beside[f"{name}.signe-{rank}.{ending}"] = content
    copy = latest if is_electronic else bind(parts, title=f"{title} – copie – {now.case.piles.nom}")
    files = {f"{name}.pdf": copy, **beside}
    for file, content in files.items():
        write_atomically(folder / file, content)
    return Copy(
        reference=thread.issued.reference,
        party=party,
        original=number,
        paths=tuple(folder / file for file in files),
        shows_signatures=is_electronic or rank > 0,
    )


def _evidence(thread: Thread, number: int) -> Iterator[tuple[str, Means]]:
    """What shows the signatures of an original, each file once."""
    seen: set[str] = set()
    for (_, original), signature in thread.signed.items():
        for sha256 in signature.evidence if original == number else ():
            if sha256 not in seen:
                seen.add(sha256)
                yield sha256, signature.means


def _can_be_bound(content: bytes) -> bool:
    """A scan is what a person gave: it may be anything, and then goes beside as it is."""
    try:
        bind([Part(title="la pièce", content=content)], title="")
    except ToolFailed:
        return False
    return True
