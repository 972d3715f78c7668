"""Where cases stand: from the index where it is right, else from their files and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from typing import TypeVar

from piles_docs.usecases.clock import Clock
from piles_docs.usecases.reports import CaseOverview, CaseReport, Unreadable
from piles_docs.usecases.stamps import stamps
from piles_docs.usecases.state_index import Row, StateIndex
from piles_docs.usecases.workspace import Workspace

_KEPT_AT_ONCE = 100

_Report = TypeVar("_Report", CaseOverview, CaseReport)


def _unheard(text: str) -> None:
    del text


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is told on the way; nothing, unless a face says how."""

    complain: Callable[[str], None] = _unheard
    """Told, in French, what only costs time."""
    busy: Callable[[int], AbstractContextManager[object]] = lambda _number: nullcontext()
    """Entered while so many cases are being read."""


QUIET = Watch()


def overviews(
    workspace: Workspace, dossiers: Sequence[str], clock: Clock, watch: Watch = QUIET
) -> Iterator[CaseOverview | Unreadable]:
    """Tell where cases stand, those named or all, in short; one that cannot be read does not hide others.

    Raises:
        CaseInvalid: piles.toml has defects.
        RecordsBroken: The ledger cannot be read.
        UsageError: There is no such case.
    """
    return _Telling(workspace, dossiers, clock, watch).told(CaseOverview)


def reports(
    workspace: Workspace, dossiers: Sequence[str], clock: Clock, watch: Watch = QUIET
) -> Iterator[CaseReport | Unreadable]:
    """As `overviews`, but whole."""
    return _Telling(workspace, dossiers, clock, watch).told(CaseReport)


class _Telling:
    """One run over some cases. They are stamped before anything is read: what changes meanwhile shows."""

    def __init__(self, workspace: Workspace, dossiers: Sequence[str], clock: Clock, watch: Watch) -> None:
        self._workspace = workspace
        self._clock = clock
        self._watch = watch
        self._chosen = workspace.choose(dossiers)
        self._stamps = stamps(workspace, self._chosen, clock)
        self._index = StateIndex(workspace.out, watch.complain)
        self._fresh = self._index.fresh(self._stamps, clock.today)
        if not dossiers:
            self._index.forget_others(self._chosen)

    def told(self, shape: type[_Report]) -> Iterator[_Report | Unreadable]:
        """Tell all cases, in order, in one shape; they are made as they are asked for."""
        stale = [dossier for dossier in self._chosen if dossier not in self._fresh]
        with closing(self._computed(stale)) as computed:
            for dossier in self._chosen:
                if dossier not in self._fresh:
                    yield self._read(next(computed), shape)
                    continue
                found = self._remembered(dossier, shape)
                if found is None:  # a row that another run took away, or that holds nonsense
                    with closing(self._computed([dossier])) as again:
                        found = self._read(next(again), shape)
                yield found

    def _remembered(self, dossier: str, shape: type[_Report]) -> _Report | Unreadable | None:
        is_readable, overview = self._fresh[dossier]
        text: str | None = overview
        if is_readable and shape is CaseReport:
            text = self._index.report(dossier, self._stamps[dossier])
        try:
            return self._parse(text, is_readable, shape) if text else None
        except (ValueError, TypeError, KeyError):
            return None

    def _read(self, row: Row, shape: type[_Report]) -> _Report | Unreadable:
        text = row.report if row.is_readable and shape is CaseReport else row.overview
        return self._parse(text, row.is_readable, shape)

    def _parse(self, text: str, is_readable: bool, shape: type[_Report]) -> _Report | Unreadable:
        return shape.read(text, self._clock.today) if is_readable else Unreadable.read(text)

    def _computed(self, dossiers: Sequence[str]) -> Generator[Row]:
        """Compute states and keep them in the index, some at a time: what was done before Ctrl-C is done."""
        if not dossiers:
            return
        from piles_docs.usecases.assessing import rows  # noqa: PLC0415  # loads all that is slow to load

        batch: list[Row] = []
        try:
            with self._watch.busy(len(dossiers)):
                for row in rows(self._workspace, dossiers, self._clock.today):
                    batch.append(row)
                    if len(batch) == _KEPT_AT_ONCE:
                        self._index.keep(batch, self._stamps)
                        batch = []
                    yield row
        finally:
            self._index.keep(batch, self._stamps)
