"""LibreOffice as a process: kept open from document to document, or started for a batch where it cannot be.

Both give the same bytes. See docs/adr/0015-warm-libreoffice.md.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from piles_docs.documents import office_worker
from piles_docs.documents.office_profile import write_profile

_SECONDS_TO_START, _SECONDS_A_DOCUMENT = 60, 60
_DOCUMENTS_BEFORE_RESTART = 500
_BATCH = 40
_PREFIX = "piles-conversion-"
_OPTIONS = {
    "SelectPdfVersion": ("long", "2"),  # PDF/A-2: fonts embedded, colours described
    "PDFUACompliance": ("boolean", "true"),
    "UseTaggedPDF": ("boolean", "true"),
    "ExportBookmarks": ("boolean", "true"),
    "ExportFormFields": ("boolean", "false"),  # a box to fill by hand is printed, not a field
}
_FILTER_OPTIONS = json.dumps(
    {name: {"type": kind, "value": value} for name, (kind, value) in _OPTIONS.items()}, separators=(",", ":")
)


class CannotStayOpen(Exception):
    """This installation of LibreOffice has no library that a program can load."""


class Office(Protocol):
    """LibreOffice, in whichever way it is started."""

    at_once: int
    """How many documents it is best given together."""

    def convert(self, documents: Sequence[bytes]) -> list[bytes | None]:
        """Convert Word files to PDF; None for each that could not be, and the others are made nevertheless.

        Raises:
            CannotStayOpen: It must be started in the other way.
        """

    def end(self) -> None:
        """End the process and remove its files; may be called by another thread, and more than once."""


class Warm:
    """LibreOffice in a process of ours, with its own profile: started when first needed, and kept open."""

    at_once = 1

    def __init__(
        self,
        program: Path,
        *,
        seconds_a_document: float = _SECONDS_A_DOCUMENT,
        documents_before_restart: int = _DOCUMENTS_BEFORE_RESTART,
    ) -> None:
        self._programs = program.resolve().parent
        self._seconds = seconds_a_document
        self._most = documents_before_restart
        self._running: _Running | None = None
        self._converted = 0
        self._change = threading.Lock()

    def convert(self, documents: Sequence[bytes]) -> list[bytes | None]:
        """See Office.convert; after a document that hangs or fails, the next finds a fresh process."""
        return [self._convert(document) for document in documents]

    def _convert(self, document: bytes) -> bytes | None:
        if self._converted >= self._most:
            self.end()
        running = self._running or self.start()
        pdf = running.convert(document, self._seconds) if running else None
        self._converted += 1
        if not pdf:
            self.end()
        return pdf

    def start(self) -> _Running | None:
        """Start the process; None where it does not answer.

        Raises:
            CannotStayOpen: There is no library to load.
        """
        with self._change:
            running = self._running = _Running(self._programs)
            self._converted = 0
        answer = running.answer(_SECONDS_TO_START)
        if answer == office_worker.READY:
            return running
        self.end()
        if answer == office_worker.NO_LIBRARY:
            raise CannotStayOpen
        return None

    def end(self) -> None:
        """See Office.end."""
        with self._change:
            if self._running:
                self._running.end()
            self._running = None


class _Running:
    """One process, the line to it and its folder."""

    def __init__(self, programs: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._line, theirs = socket.socketpair()
        words = [sys.executable, "-I", "-S", office_worker.__file__, str(programs), str(self._folder)]
        try:
            write_profile(self._folder / office_worker.PROFILE, programs)
            with theirs:
                self._process = _start([*words, _FILTER_OPTIONS], self._folder, theirs.fileno())
        except OSError:
            self._line.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def convert(self, document: bytes, seconds: float) -> bytes | None:
        """Convert a Word file to PDF; None where that fails, kills the process or takes longer than this."""
        target = self._folder / "document.pdf"
        target.unlink(missing_ok=True)
        (self._folder / "document.docx").write_bytes(document)
        try:
            self._line.sendall(b"convert\n")
        except OSError:  # the process died since
            return None
        return _whole(target) if self.answer(seconds) == office_worker.DONE else None

    def answer(self, seconds: float) -> str:
        """What the process says next; nothing where it died, or says nothing for so long."""
        try:
            self._line.settimeout(seconds)
            return self._line.recv(64).decode().strip()
        except OSError:  # TimeoutError is one, and what another thread closed gives one
            return ""

    def end(self) -> None:
        """Kill the process and remove its folder; who waits for an answer gets none."""
        _kill(self._process)
        self._line.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _start(words: list[str], folder: Path, line: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start a process that has its temporary files in a folder, and is spoken to through a socket, if any."""
    return subprocess.Popen(  # noqa: S603  # our own program or the one found on PATH, with files of our own
        words,
        stdin=line,
        stdout=line,
        stderr=subprocess.DEVNULL,
        # Its language must not change how LibreOffice understands the names of folders.
        env={**os.environ, "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"},
        process_group=0,  # Ctrl-C on the terminal is for us, and we end it
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):  # it ended meanwhile, and another thread knows already
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _whole(pdf: Path) -> bytes | None:
    """A PDF that was written to its end; where the process died or the disk was full, there may be half."""
    content = pdf.read_bytes() if pdf.is_file() else b""
    return content if content.rstrip().endswith(b"%%EOF") else None


class Cold:
    """LibreOffice from the command line, started for a batch of documents, for they share one start."""

    at_once = _BATCH

    def __init__(self, program: Path) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def convert(self, documents: Sequence[bytes]) -> list[bytes | None]:
        """See Office.convert."""
        with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
            root = Path(folder)
            sources = []
            for rank, content in enumerate(documents):
                sources.append(root / f"{rank}.docx")
                sources[-1].write_bytes(content)
            self._run(root, sources)
            return [_whole(root / "pdf" / f"{rank}.pdf") for rank in range(len(documents))]

    def _run(self, root: Path, sources: list[Path]) -> None:
        words = [str(self._program), f"-env:UserInstallation={(root / 'profile').as_uri()}", "--headless"]
        words += ["--norestore", "--convert-to", f"pdf:writer_pdf_Export:{_FILTER_OPTIONS}"]
        words += ["--outdir", str(root / "pdf"), *map(str, sources)]
        self._process = process = _start(words, root)
        made, before = 0, -1
        try:
            while before < made:  # as long as it makes some; whatever stopped it, what it made counts
                before = made
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_SECONDS_TO_START + _SECONDS_A_DOCUMENT)
                    return
                made = len(list(root.glob("pdf/*.pdf")))
        finally:
            _kill(process)

    def end(self) -> None:
        """See Office.end."""
        if self._process:
            _kill(self._process)
