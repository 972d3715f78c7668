"""Word to PDF by LibreOffice: which one is here, and one row of documents before it for a whole run.

What converts is loaded with the first document: most commands only ask which LibreOffice it would be.
"""

from __future__ import annotations

import os
import re
import weakref
from concurrent.futures import Future
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from piles_docs.documents.converter import Converter
from piles_docs.documents.fonts import font_dates, font_identity
from piles_docs.errors import ToolFailed

if TYPE_CHECKING:
    from piles_docs.documents.office import Office
    from piles_docs.documents.office_line import Line


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
        self._program, self._office = program, office
        self._process = os.getpid()
        self._line: Line | None = None

    @cached_property
    def identity(self) -> str:
        """LibreOffice's build, what finishes its PDF, and the font it finds."""
        from importlib.metadata import version  # noqa: PLC0415  # slow to load

        after = f"PDF/A-2 avec pikepdf {version('pikepdf')}, titres suivis"
        return f"{_build(self._program)}, {after}, {font_identity()}"

    @cached_property
    def stamp(self) -> str:
        """See Converter.stamp: by the dates of what tells its build, where there is such a file."""
        build = self._program.resolve().with_name("versionrc")
        finisher = find_spec("pikepdf")
        if not build.is_file() or not finisher or not finisher.origin:
            return self.identity
        dates = [path.stat().st_mtime_ns for path in (build, Path(finisher.origin))]
        return f"{self._program} {dates} {font_dates()}"

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        """See Converter.submit; a document that fails is tried once more, in a fresh process."""
        if self._process != os.getpid():  # a fork, in which there are no threads, and no LibreOffice
            if self._line:
                self._end.detach()
            self._process, self._office, self._line = os.getpid(), None, None
        line = self._line or self._begin()
        future = _Pdf(self)
        line.add(name, docx, future)
        return future

    def _begin(self) -> Line:
        from piles_docs.documents.office_line import Line  # noqa: PLC0415  # see the module

        self._line = line = Line(self._program, self._office)
        self._end = weakref.finalize(self, line.close)
        return line

    def can_stay_open(self) -> bool:
        """Start LibreOffice as it is for documents, to see whether it can be kept open; about a second.

        Raises:
            ToolFailed: It does not start.
        """
        from piles_docs.documents.office_line import can_stay_open  # noqa: PLC0415  # see the module

        return can_stay_open(self._program)


def _build(program: Path) -> str:
    """What `soffice --version` says, from the files that it reads: it takes a tenth of a second."""
    import subprocess  # noqa: PLC0415  # these are slow to load

    from piles_docs.documents.office_profile import said_of_itself  # noqa: PLC0415

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


class _Pdf(Future[bytes]):
    """What is waited for; while somebody does, LibreOffice is not ended."""

    def __init__(self, maker: LibreOffice) -> None:
        super().__init__()
        self._maker = maker
