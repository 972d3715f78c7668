"""Draft the documents of many cases: in this process while that is quick, then in several, or on a cluster.

Whoever does the work, a case is drafted by `prepare` and comes out the same to the byte. Cases begin in
order and are told in order; only so many are begun ahead, so that memory does not grow with their number.
"""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from piles_docs.errors import PilesError, ToolFailed
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.drafts import Draft, prepare
from piles_docs.usecases.workspace import Workspace

if TYPE_CHECKING:
    from piles_docs.documents.conversion import Converter
    from piles_docs.usecases.crew import Crew

ALONE_SECONDS = 2.0
"""Other processes take about as long to start: what is done sooner is not worth them."""
_MOST_PROCESSES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """What is to be drafted of each case; as `prepare` takes it, fit to be sent to another process."""

    workspace: Workspace
    documents: tuple[str, ...]
    converter: str | None
    """The converter that piles.toml prefers; None for Word only."""
    overwrite: bool
    clock: Clock

    def found_converter(self) -> Converter | None:
        """The converter of this process.

        Raises:
            ToolMissing: LibreOffice was asked for and is not installed.
        """
        if self.converter is None:
            return None
        from piles_docs.documents.conversion import find_converter

        return find_converter(self.converter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What became of one case."""

    dossier: str
    drafts: tuple[Draft, ...] = ()
    error: PilesError | None = None
    """Why nothing could be drafted of it."""


def draft(drafting: Drafting, dossier: str) -> Drafted:
    """Draft one case; what is wrong with it is told, not raised."""
    try:
        drafts = prepare(
            drafting.workspace,
            dossier,
            documents=drafting.documents,
            converter=drafting.found_converter(),
            overwrite=drafting.overwrite,
            clock=drafting.clock,
        )
    except PilesError as error:
        return Drafted(dossier=dossier, error=error)
    except OSError as error:
        failed = ToolFailed(
            f"{error.filename or dossier} n’a pas pu être lu ou écrit ({error.strerror})",
            remedy="vérifiez vos droits, et qu’aucun autre programme ne le tient ouvert, puis relancez",
        )
        return Drafted(dossier=dossier, error=failed)
    return Drafted(dossier=dossier, drafts=drafts)


def generate_many(
    drafting: Drafting,
    dossiers: Iterable[str],
    *,
    crew: Crew | None = None,
    alone_seconds: float = ALONE_SECONDS,
) -> Iterator[Drafted]:
    """Draft the documents of cases, told in the order of the cases as they come.

    A case that cannot be drafted does not stop the others; nor does a bug, which is raised after them. A case
    whose process died is tried once more, with nothing beside it, and then told as failed.

    Args:
        drafting: What to draft of each.
        dossiers: The cases.
        crew: Who does it; None for this process, and others on this machine as soon as it takes long.
        alone_seconds: After how long.

    Raises:
        PilesError: This crew cannot draft any case.
    """
    waiting, bugs = deque(dossiers), list[BaseException]()
    work, cores = partial(draft, drafting), min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    if crew is None:
        for dossier in _for_a_while(waiting, alone_seconds if cores > 1 else math.inf):
            try:
                drafted = work(dossier)
            except Exception as error:  # noqa: BLE001  # raised below, after the others
                error.add_note(f"case: {dossier}")
                bugs.append(error)
            else:
                yield drafted
    if waiting:
        from piles_docs.usecases.crew import in_turn, processes

        yield from in_turn(crew or processes(work, min(cores, len(waiting))), waiting, bugs)
    if bugs:
        raise bugs[0] if len(bugs) == 1 else BaseExceptionGroup("in several cases", bugs)


def _for_a_while(waiting: deque[str], seconds: float) -> Iterator[str]:
    """Take from what waits, until some time has passed and more than one is left."""
    end = time.monotonic() + seconds
    while waiting and (len(waiting) == 1 or time.monotonic() < end):
        yield waiting.popleft()
