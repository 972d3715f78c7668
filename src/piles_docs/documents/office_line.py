"""Documents in a row before LibreOffice, and PDF in a row behind it.

A thread feeds LibreOffice, another takes the last hand on what comes out: LibreOffice never waits for us.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import gettempdir

from piles_docs.documents.office import CannotStayOpen, Cold, Office, Warm
from piles_docs.errors import ToolFailed

_MOST_MENDINGS = 4
_REMEDY = "libérez le disque s’il est plein, puis relancez ; sinon ouvrez le .docx dans Word"


@dataclass(eq=False, slots=True)
class _Job:
    """One document on its way."""

    name: str
    docx: bytes
    future: Future[bytes]
    sent: bytes
    """What LibreOffice is given: the document, with a page break before each heading found alone."""
    lone: frozenset[str] = frozenset()
    mendings: int = 0

    def fail(self, error: BaseException) -> None:
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)

    def succeed(self, pdf: bytes) -> None:
        if self.future.set_running_or_notify_cancel():
            self.future.set_result(pdf)


class Line:
    """The row; nothing is started before the first document."""

    def __init__(self, program: Path, office: Office | None) -> None:
        """Begin an empty row.

        Args:
            program: `soffice`.
            office: How to start it; by default it stays open where it can.
        """
        self._office, self._program = office or Warm(program), program
        self._to_convert: SimpleQueue[_Job | None] = SimpleQueue()
        self._to_finish: SimpleQueue[tuple[_Job, bytes] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def add(self, name: str, docx: bytes, future: Future[bytes]) -> None:
        """Put a document at the end of the row; the first one starts the work."""
        if not self._threads:
            self._threads = [
                threading.Thread(target=_repeat, args=(step,), daemon=True)
                for step in (self._convert_next, self._finish_next)
            ]
            for thread in self._threads:
                thread.start()
        self._to_convert.put(_Job(name, docx, future, sent=docx))

    def close(self) -> None:
        """End LibreOffice and leave undone what waits."""
        self._is_closed = True
        self._office.end()
        self._to_convert.put(None)
        self._to_finish.put(None)
        for thread in self._threads:
            if thread is not threading.current_thread():  # which the garbage collector may have chosen
                thread.join()
        self._office.end()

    def _convert_next(self) -> bool:
        """Convert what comes next in the row, as many as LibreOffice takes together; False at the end."""
        waiting = [self._to_convert.get()]
        with suppress(Empty):
            while len(waiting) < self._office.at_once:
                waiting.append(self._to_convert.get_nowait())
        jobs = [job for job in waiting if job and not job.future.cancelled()]
        with _told(jobs):
            for job, pdf in zip(jobs, self._converted(jobs), strict=True):
                with _told([job]):
                    made = pdf or self._converted([job])[0]
                    if not made:
                        raise ToolFailed(
                            f"LibreOffice n’a pas pu convertir {job.name} en PDF", remedy=_REMEDY
                        )
                    self._to_finish.put((job, made))
        return not self._is_closed

    def _converted(self, jobs: Sequence[_Job]) -> list[bytes | None]:
        documents = [job.sent for job in jobs]
        if self._is_closed or not jobs:
            return [None for _ in jobs]
        try:
            return self._office.convert(documents)
        except CannotStayOpen:
            self._office = Cold(self._program)
            return self._converted(jobs)
        except OSError as error:
            raise _no_work(error) from error

    def _finish_next(self) -> bool:
        """Take the last hand on the next PDF, or have it made again with a page break; False at the end."""
        made = self._to_finish.get()
        if made is None or self._is_closed:
            return False
        # These take long to load: LibreOffice converts meanwhile.
        from piles_docs.documents.archival import finish  # noqa: PLC0415
        from piles_docs.documents.lone_headings import break_before, lone_headings  # noqa: PLC0415

        job, pdf = made
        if job.future.cancelled():
            return True
        with _told([job]):
            found = lone_headings(job.docx, pdf) if job.mendings < _MOST_MENDINGS else set()
            if found - job.lone:
                job.lone |= found
                job.sent = break_before(job.docx, job.lone)
                job.mendings += 1
                self._to_convert.put(job)
            else:
                job.succeed(finish(pdf))
        return True


@contextmanager
def _told(jobs: Sequence[_Job]) -> Iterator[None]:
    """Have those who wait for these documents, in other threads, told of what goes wrong."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # raised again where they wait
        for job in jobs:
            job.fail(error)


def _repeat(step: Callable[[], bool]) -> None:
    while step():
        pass


def can_stay_open(program: Path) -> bool:
    """See LibreOffice.can_stay_open."""
    office = Warm(program)
    try:
        if office.start():
            return True
    except CannotStayOpen:
        return False
    except OSError as error:
        raise _no_work(error) from error
    finally:
        office.end()
    raise ToolFailed("LibreOffice ne démarre pas", remedy="réinstallez libreoffice-writer-nogui")


def _no_work(error: OSError) -> ToolFailed:
    return ToolFailed(
        f"LibreOffice n’a pas pu travailler dans {gettempdir()} ({error.strerror})",
        remedy="libérez de la place sur le disque, puis relancez",
    )
