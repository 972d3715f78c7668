"""The drafts of a case: what became of each, and whether anything at all happened since.

Loads neither the case nor a library of documents: that nothing changed is told from dates, sizes and digests
kept in the manifest, and `generate` is loaded only where something may have.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piles_docs.errors import PilesError
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.stamps import program, stamps
from piles_docs.usecases.workspace import Workspace

if TYPE_CHECKING:
    from piles_docs.documents.conversion import Converter

MANIFEST = "manifeste.json"
_LAST_RUN = ".dernier.json"
SCHEMA = 2
NOTHING_CHANGED = "rien n’a changé depuis la dernière fois"
_ROOMS = ("documents",)
"""The rooms of the program that make a document, beside those that make a state."""


class Outcome(StrEnum):
    """What became of one draft."""

    MADE = "fait"
    UNCHANGED = "inchangé"
    INCOMPLETE = "à compléter"
    EDITED = "modifié dans Word"
    FAILED = "en échec"


_SETTLED = frozenset({Outcome.MADE, Outcome.UNCHANGED, Outcome.INCOMPLETE})
"""What another run would find the same, as long as nothing changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What became of one document."""

    name: str
    """Its whole name: `invitation-copil.mairie-castellane`."""
    outcome: Outcome
    why: str = ""
    """Why it was made again, or was not, in French."""
    changed: tuple[str, ...] = ()
    """What it was made from and is different since, by the names that staff know."""
    path: Path | None = None
    details: tuple[str, ...] = ()
    """What it lacks, or how to go on."""
    error: PilesError | None = None
    locked: bool = False
    """Its step is not open yet: it can be drafted, not issued."""


def prepare(
    workspace: Workspace,
    dossier: str,
    *,
    documents: Sequence[str],
    converter: Converter | None,
    overwrite: bool,
    clock: Clock,
) -> tuple[Draft, ...]:
    """Draft the documents of a case, unless all are there and nothing changed since.

    Args:
        workspace: Where it is.
        dossier: The case.
        documents: Document ids or full names; none means all that can be drafted.
        converter: Makes the PDF; None for Word only.
        overwrite: Replace a draft that someone edited; the edited file is kept beside it.
        clock: The moment, for the states.

    Raises:
        PilesError: As `generate`.
    """
    folder = workspace.out / dossier / "drafts"
    stamp = None if documents else _stamp(workspace, dossier, converter, clock)
    if stamp and (known := _recalled(folder, stamp)) is not None:
        return known
    from piles_docs.usecases.generate import generate

    drafts = generate(
        workspace,
        dossier,
        documents=documents,
        converter=converter,
        overwrite=overwrite,
        today=clock.today,
    )
    if stamp and all(draft.outcome in _SETTLED for draft in drafts):
        _remember(folder, stamp, drafts)
    return drafts


def read_manifest(path: Path) -> dict[str, Any]:
    """The entries of the manifest; what cannot be read of it counts as none: it only saves work."""
    documents = _read(path).get("documents")
    entries = documents if isinstance(documents, dict) else {}
    return {name: entry for name, entry in entries.items() if _is_entry(entry)}


def _is_entry(entry: object) -> bool:
    """Whether an entry has the shape that this program writes: texts, and tables of traces."""
    return isinstance(entry, dict) and all(isinstance(one, str | dict | None) for one in entry.values())


def manifest_bytes(dossier: str, entries: dict[str, Any]) -> bytes:
    """A manifest as it is written: what each draft was made from.

    A document a line: Python is slow to set JSON out, and thousands of traces are not for reading.
    """
    documents = [f"{_json(name)}: {_json(entry)}" for name, entry in sorted(entries.items())]
    body = ",\n".join(documents)
    head = f'"schema": {SCHEMA},\n"dossier": {_json(dossier)}'
    return f'{{\n{head},\n"documents": {{\n{body}\n}}\n}}\n'.encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) and data.get("schema") == SCHEMA else {}


def _stamp(workspace: Workspace, dossier: str, converter: Converter | None, clock: Clock) -> str | None:
    """Changes whenever anything does that drafts are made from, or the day; None for what cannot be told."""
    state = stamps(workspace, [dossier], clock)[dossier]
    if state is None:
        return None
    facts = [state, program(_ROOMS).hex(), clock.today.isoformat(), converter.stamp if converter else ""]
    facts += [*_libraries(), *_dated((workspace.root / "templates").rglob("*.docx"))]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _libraries() -> list[str]:
    """The folder of the libraries that make a document: it is dated anew when one comes or goes."""
    found = find_spec("docxtpl")
    return _dated([Path(found.origin).parents[1]] if found and found.origin else [])


def _dated(paths: Iterable[Path]) -> list[str]:
    """Files by name, size and dates; one that is not there has none."""
    found = []
    for path in sorted(paths):
        try:
            file = path.stat()
        except OSError:
            found.append(f"{path} -")
        else:
            found.append(f"{path} {file.st_size} {file.st_mtime_ns} {file.st_ctime_ns}")
    return found


def _outputs(folder: Path, drafts: Iterable[Draft]) -> str:
    """A digest over the drafts as they lie in their folder, whoever wrote them."""
    names = [draft.name for draft in drafts if draft.outcome is not Outcome.INCOMPLETE]
    paths = [folder / MANIFEST]
    paths += [folder / f"{name}{ending}" for name in names for ending in (".docx", ".pdf", ".ics")]
    return hashlib.sha256("\n".join(_dated(paths)).encode()).hexdigest()


def _remember(folder: Path, stamp: str, drafts: Sequence[Draft]) -> None:
    """Keep how a whole run ended; beside the manifest, for it holds dates of files, and that does not."""
    from piles_docs.usecases.files import write_atomically

    kept = [
        {"name": draft.name, "outcome": draft.outcome, "details": draft.details, "locked": draft.locked}
        for draft in drafts
    ]
    run = {"schema": SCHEMA, "stamp": stamp, "outputs": _outputs(folder, drafts), "drafts": kept}
    content = f"{_json(run)}\n".encode()
    path = folder / _LAST_RUN
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)


def _recalled(folder: Path, stamp: str) -> tuple[Draft, ...] | None:
    """How the last run ended, if everything is as it left it."""
    run = _read(folder / _LAST_RUN)
    if run.get("stamp") != stamp:
        return None
    try:
        drafts = tuple(
            Draft(**kept | {"outcome": Outcome(kept["outcome"]), "details": tuple(kept["details"])})
            for kept in run["drafts"]
        )
    except (TypeError, ValueError, LookupError):  # what somebody did to the file is not believed
        return None
    if _outputs(folder, drafts) != run.get("outputs"):
        return None
    return tuple(
        replace(draft, outcome=Outcome.UNCHANGED, why=NOTHING_CHANGED, path=folder / f"{draft.name}.docx")
        if draft.outcome is Outcome.MADE or draft.outcome is Outcome.UNCHANGED
        else draft
        for draft in drafts
    )
