"""Compute the states of cases from their files and the ledger; many of them on all cores."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from functools import partial

from piles_docs.errors import CaseInvalid, PilesError
from piles_docs.methodology.lasting import lasting
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.rules import assess
from piles_docs.usecases.reporting import report_of
from piles_docs.usecases.reports import Unreadable, written
from piles_docs.usecases.state_index import Row
from piles_docs.usecases.workspace import Workspace

_MANY = 200
"""From so many cases on, starting processes takes less time than they save."""
_CHUNK = 16
_MOST_PROCESSES = 8


class Assessor:
    """Computes one state after the other; what they share is read once.

    Raises:
        CaseInvalid: piles.toml has defects.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._network = workspace.network()
        self._methodology = load_methodology()
        self._acts_of = workspace.chronicle()

    def row(self, dossier: str, today: dt.date) -> Row:
        """Compute the state of a case, or say why it cannot be told."""
        try:
            case = self._workspace.chosen_case(dossier)
            acts = self._acts_of(dossier)
        except PilesError as error:
            # A file stays wrong until it changes; a ledger that could not be read may be read next time.
            is_lasting = isinstance(error, CaseInvalid)
            return Row(
                dossier=dossier,
                first=dt.date.min.isoformat() if is_lasting else "",
                last=dt.date.max.isoformat() if is_lasting else "",
                is_readable=False,
                overview=written(Unreadable.of(dossier, error)),
                report="",
            )
        report = report_of(assess(case, self._network, acts, today, self._methodology), self._methodology)
        days = lasting(acts, today, self._network, self._methodology)
        return Row(
            dossier=dossier,
            first=days.first.isoformat(),
            last=days.last.isoformat(),
            is_readable=True,
            overview=written(report.overview()),
            report=written(report),
        )


def rows(workspace: Workspace, dossiers: Sequence[str], today: dt.date) -> Iterator[Row]:
    """Compute the states of cases, in their order.

    Raises:
        CaseInvalid: piles.toml has defects.
    """
    assessor = Assessor(workspace)
    processes = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    if len(dossiers) < _MANY or processes == 1:
        yield from (assessor.row(dossier, today) for dossier in dossiers)
        return
    # Fresh processes, not forks: this one may hold databases open.
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _begin, (workspace,)) as pool:
        yield from pool.imap(partial(_row, today), dossiers, chunksize=_CHUNK)


_assessors: list[Assessor] = []
"""The one of this process."""


def _begin(workspace: Workspace) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its children
    _assessors[:] = [Assessor(workspace)]


def _row(today: dt.date, dossier: str) -> Row:
    return _assessors[0].row(dossier, today)
