"""Word to PDF by LibreOffice: one document is converted while those before are finished.

A thread feeds LibreOffice, another takes the last hand on what comes out: LibreOffice never waits for us.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import gettempdir

from piles_docs.documents.converter import Converter
from piles_docs.documents.fonts import font_identity
from piles_docs.documents.office import CannotStayOpen, Cold, Office, Warm
from piles_docs.documents.office_profile import said_of_itself
from piles_docs.errors import ToolFailed

_MOST_MENDINGS = 4
_REMEDY = "libérez le disque s’il est plein, puis relancez ; sinon ouvrez le .docx dans Word"


class LibreOffice(Converter):
    """LibreOffice, kept open as long as this object is; its PDF can be archived.

    It is started with the first document, in the background, and ended with the object or the program.
    """

    def __init__(self, program: Path, office: Office | None = None) -> None:
        """Nothing is started yet.

        Args:
            program: `soffice`.
            office: How to start it; by default it stays open where it can.
        """
        self._program = program
        self._begin(office or Warm(program))

    def _begin(self, office: Office) -> None:
        self._process = os.getpid()
        self._line = _Line(office, self._program)
        self._end = weakref.finalize(self, self._line.close)

    @cached_property
    def identity(self) -> str:
        """LibreOffice's build, what finishes its PDF, and the font it finds."""
        from importlib.metadata import version  # noqa: PLC0415  # slow to load

        after = f"PDF/A-2 avec pikepdf {version('pikepdf')}, titres suivis"
        return f"{_build(self._program)}, {after}, {font_identity()}"

    @cached_property
    def stamp(self) -> str:
        """See Converter.stamp: by the date of the file that tells LibreOffice's build, where there is one."""
        build = self._program.resolve().with_name("versionrc")
        finisher = find_spec("pikepdf")
        if not build.is_file() or not finisher or not finisher.origin:
            return self.identity
        dates = [path.stat().st_mtime_ns for path in (build, Path(finisher.origin))]
        return f"{self._program} {dates} {font_identity()}"

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        """See Converter.submit; a document that fails is tried once more, in a fresh process."""
        if self._process != os.getpid():  # a fork, in which there are no threads, and no LibreOffice
            self._end.detach()
            self._begin(Warm(self._program))
        future = _Pdf(self)
        self._line.add(name, docx, future)
        return future

    def can_stay_open(self) -> bool:
        """Start LibreOffice as it is for documents, to see whether it can be kept open; about a second.

        Raises:
            ToolFailed: It does not start.
        """
        office = Warm(self._program)
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


def _build(program: Path) -> str:
    """What `soffice --version` says, from the files that it reads: it takes a tenth of a second."""
    programs = program.resolve().parent
    try:
        about = (programs / "versionrc").read_text("utf-8")
    except OSError:
        about = ""
    version_number = said_of_itself(programs, "ooSetupVersionAboutBox")
    build = re.search(r"^buildid=(.+)$", about, re.MULTILINE)
    if version_number and build:
        return f"LibreOffice {version_number} {build[1]}"
    words = [str(program), "--version"]
    try:
        answer = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603  # the program found on PATH
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolFailed(
            "LibreOffice n’a pas pu dire sa version", remedy=f"essayez {program} --version, puis relancez"
        ) from error
    return answer.stdout.strip()


def _no_work(error: OSError) -> ToolFailed:
    return ToolFailed(
        f"LibreOffice n’a pas pu travailler dans {gettempdir()} ({error.strerror})",
        remedy="libérez de la place sur le disque, puis relancez",
    )


class _Pdf(Future[bytes]):
    """What is waited for; while somebody does, LibreOffice is not ended."""

    def __init__(self, maker: LibreOffice) -> None:
        super().__init__()
        self._maker = maker


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


class _Line:
    """Documents in a row before LibreOffice, and PDF in a row behind it."""

    def __init__(self, office: Office, program: Path) -> None:
        self._office, self._program = office, program
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
        # What mends and finishes takes long to load: not for a command that converts nothing.
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
