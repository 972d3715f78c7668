"""Crews: executors that draft cases, in order, and lose none when a process dies.

Loaded only where many cases take long; whatever the crew, a case is drafted by the same function.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice

from piles_docs.errors import PilesError, ToolFailed
from piles_docs.usecases.generate_many import Drafted

AHEAD = 3
"""How many cases are begun for each process: one that takes long does not leave the others idle."""
_LOOK_SECONDS = 30.0
"""How long to wait for a case before looking whether anyone works on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Those who do the work."""

    work: Callable[[str], Drafted]
    """Drafts one case; it and what it gives can be sent from one process to another."""
    executor: Callable[[], AbstractContextManager[Executor]]
    """Begins their work, and begins it anew after a death."""
    ahead: int
    """How many cases are begun before the first of them is done."""
    deaths: tuple[type[Exception], ...] = ()
    """What a future raises when the process that worked on it died."""
    is_refusal: Callable[[BaseException], bool] = lambda error: isinstance(error, PilesError)
    """Tells whether what a future raises means that this crew can draft no case at all."""
    look: Callable[[], None] = lambda: None
    """Looks whether anyone is left to wait for, and raises a PilesError where nobody is."""


@dataclass(slots=True)
class _Turn:
    """A case on its way."""

    dossier: str
    future: Future[Drafted] | None = None
    deaths: int = 0
    """How many processes died while it was being drafted."""

    def note_death(self, deaths: tuple[type[Exception], ...]) -> None:
        """Some process died: what was not done by then is to be begun anew."""
        future = self.future
        if future and (not future.done() or future.cancelled() or isinstance(future.exception(), deaths)):
            self.future, self.deaths = None, self.deaths + 1


def in_turn(crew: Crew, dossiers: Iterable[str], bugs: list[BaseException]) -> Iterator[Drafted]:
    """Draft cases, told in their order as they come; only so many are begun ahead.

    A case whose process died is tried once more, with nothing beside it, and then told as failed.

    Args:
        crew: Who does it.
        dossiers: The cases.
        bugs: Where errors are kept that are none of the user's.

    Raises:
        PilesError: This crew cannot draft any case.
    """
    coming, turns = map(_Turn, dossiers), deque[_Turn]()
    while True:
        turns.extend(islice(coming, 0 if turns else 1))
        if not turns:
            return
        with crew.executor() as executor:
            yield from _until_a_death(crew, executor, turns, coming, bugs)
        for turn in turns:
            turn.note_death(crew.deaths)
        if turns and turns[0].deaths > 1:
            dossier = turns.popleft().dossier
            error = ToolFailed(
                f"le processus qui préparait {dossier} s’est arrêté deux fois",
                remedy="la mémoire manque peut-être ; relancez pour ce dossier seul",
            )
            yield Drafted(dossier=dossier, error=error)


def _until_a_death(
    crew: Crew, executor: Executor, turns: deque[_Turn], coming: Iterator[_Turn], bugs: list[BaseException]
) -> Iterator[Drafted]:
    while True:
        # Whoever was being drafted at a death goes alone: the next death, if any, is then its own.
        ahead = 1 if any(turn.deaths for turn in turns) else crew.ahead
        turns.extend(islice(coming, max(0, ahead - len(turns))))
        if not turns:
            return
        try:
            for turn in islice(turns, ahead):
                turn.future = turn.future or executor.submit(crew.work, turn.dossier)
        except BrokenExecutor:
            return
        first = turns[0]
        error = _error_of(first.future, crew) if first.future else None
        if isinstance(error, crew.deaths):
            return
        if error and crew.is_refusal(error):
            raise error
        turns.popleft()
        if error:
            error.add_note(f"case: {first.dossier}")
            bugs.append(error)
        elif first.future:
            yield first.future.result()


def _error_of(future: Future[Drafted], crew: Crew) -> BaseException | None:
    while True:
        try:
            return future.exception(timeout=_LOOK_SECONDS)
        except TimeoutError:
            crew.look()


def processes(work: Callable[[str], Drafted], number: int) -> Crew:
    """Processes of this machine; each keeps its converter and what it knows of the templates."""

    @contextmanager
    def executor() -> Iterator[Executor]:
        # Fresh processes, not forks: this one may hold threads and databases open.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(number, mp_context=context, initializer=_begin)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)

    return Crew(work=work, executor=executor, ahead=AHEAD * number, deaths=(BrokenExecutor,))


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the case at hand is finished, the parent begins no other
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process of a pool would wait for ever for a parent that was killed."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
