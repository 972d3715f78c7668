"""Word to PDF, by LibreOffice where it is, by the embedded converter where it is not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from piles_docs.documents.archival import finish
from piles_docs.documents.lone_headings import break_before, lone_headings
from piles_docs.errors import ToolFailed, ToolMissing

_BATCH = 40
_MOST_MENDINGS = 4
_SECONDS_TO_START, _SECONDS_A_DOCUMENT = 60, 20
_OPTIONS = {
    "SelectPdfVersion": ("long", "2"),  # PDF/A-2: fonts embedded, colours described
    "PDFUACompliance": ("boolean", "true"),
    "UseTaggedPDF": ("boolean", "true"),
    "ExportBookmarks": ("boolean", "true"),
    "ExportFormFields": ("boolean", "false"),  # a box to fill by hand is printed, not a field
}
_EXPORT = "pdf:writer_pdf_Export:" + json.dumps(
    {name: {"type": kind, "value": value} for name, (kind, value) in _OPTIONS.items()}, separators=(",", ":")
)


class Converter(Protocol):
    """Makes PDF from Word; the same bytes in give the same bytes out."""

    @property
    def identity(self) -> str:
        """Name and version, and the fonts it will use: what a PDF depends on beside its Word file."""

    def convert(self, documents: Mapping[str, bytes]) -> dict[str, bytes]:
        """Convert Word files, by name, to PDF files by the same names.

        Raises:
            ToolFailed: A document could not be converted; the message names it.
        """


class LibreOffice:
    """LibreOffice, started once for many files, with a profile of its own; its PDF can be archived."""

    def __init__(self, program: Path) -> None:
        self._program = program

    @property
    def identity(self) -> str:
        """LibreOffice's build, what finishes its PDF, and the font it finds."""
        words = [str(self._program), "--version"]
        answer = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  # the program found on PATH
        after = f"PDF/A-2 avec pikepdf {version('pikepdf')}, titres suivis"
        return f"{answer.stdout.strip()}, {after}, {font_identity()}"

    def convert(self, documents: Mapping[str, bytes]) -> dict[str, bytes]:
        """See Converter.convert; a document that fails in company is tried once more alone."""
        made: dict[str, bytes] = {}
        names = list(documents)
        for start in range(0, len(names), _BATCH):
            made |= self._run({name: documents[name] for name in names[start : start + _BATCH]})
        for name in names:
            if name not in made:
                made |= self._run({name: documents[name]})
            if name not in made:
                raise ToolFailed(
                    f"LibreOffice n’a pas pu convertir {name} en PDF",
                    remedy="relancez ; si cela persiste, ouvrez le .docx dans Word pour voir ce qui bloque",
                )
        self._mend(dict(documents), made)
        return {name: made[name] for name in names}

    def _mend(self, documents: dict[str, bytes], made: dict[str, bytes]) -> None:
        """Convert again, with a page break, what left a heading alone at the foot of a page."""
        lone: dict[str, set[str]] = {}
        for _ in range(_MOST_MENDINGS):
            found = {name: lone_headings(documents[name], pdf) for name, pdf in made.items()}
            mended = {}
            for name, headings in found.items():
                if headings - lone.get(name, set()):
                    lone[name] = lone.get(name, set()) | headings
                    mended[name] = break_before(documents[name], lone[name])
            if not mended:
                return
            made |= self._run(mended)

    def _run(self, documents: Mapping[str, bytes]) -> dict[str, bytes]:
        with tempfile.TemporaryDirectory(prefix="piles-conversion-", ignore_cleanup_errors=True) as folder:
            root = Path(folder)
            sources = []
            for rank, content in enumerate(documents.values()):
                sources.append(root / f"{rank}.docx")
                sources[-1].write_bytes(content)
            self._start(root, sources)
            return {
                name: finish(pdf.read_bytes())
                for rank, name in enumerate(documents)
                if (pdf := root / "pdf" / f"{rank}.pdf").is_file() and pdf.stat().st_size
            }

    def _start(self, root: Path, sources: list[Path]) -> None:
        words = [str(self._program), f"-env:UserInstallation={(root / 'profile').as_uri()}", "--headless"]
        words += ["--norestore", "--convert-to", _EXPORT, "--outdir", str(root / "pdf"), *map(str, sources)]
        limit = _SECONDS_TO_START + _SECONDS_A_DOCUMENT * len(sources)
        process = subprocess.Popen(  # noqa: S603  # the program found on PATH, files of our own
            words,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            pass  # what it made counts; what is missing is tried alone, then named
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Embedded:
    """dxpdf, a converter that installs with this program: no tags, no PDF/A, line breaks of its own."""

    @property
    def identity(self) -> str:
        """The converter's version and the font it finds."""
        return f"dxpdf {version('dxpdf')}, {font_identity()}"

    def convert(self, documents: Mapping[str, bytes]) -> dict[str, bytes]:
        """See Converter.convert."""
        import dxpdf  # noqa: PLC0415  # 20 MB that only this converter needs

        made = {}
        for name, content in documents.items():
            try:
                with _quiet():
                    made[name] = dxpdf.convert(content)
            except (RuntimeError, ValueError, OSError) as error:
                raise ToolFailed(
                    f"le convertisseur intégré n’a pas pu convertir {name} en PDF ({error})",
                    remedy="installez une police de caractères (piles doctor dit laquelle) ou LibreOffice",
                ) from error
        return made


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep a library's own remarks, written straight to the standard error, away from the user."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def find_converter(preference: str = "auto") -> Converter:
    """Choose the converter: LibreOffice when present, else the embedded one.

    Args:
        preference: `auto`, `libreoffice` or `dxpdf`, from piles.toml.

    Raises:
        ToolMissing: LibreOffice was asked for and is not installed.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if preference != "dxpdf" and program:
        return LibreOffice(Path(program))
    if preference == "libreoffice":
        raise ToolMissing(
            "LibreOffice n’est pas installé",
            remedy='apt-get install libreoffice-writer-nogui, ou convertisseur = "auto" dans piles.toml',
        )
    return Embedded()


FONT = "Liberation Sans"


def font_identity() -> str:
    """Name the font file that will be used for our documents, with its digest, or say that it is missing."""
    path = find_font()
    if path is None:
        return f"sans la police {FONT}"
    return f"{FONT} {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"


def find_font() -> Path | None:
    """The file of our documents' font, or None where the system would put another in its place."""
    matcher = shutil.which("fc-match")
    folders = [Path.home() / ".local/share/fonts", Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    if matcher is None:
        return next(
            (path for folder in folders for path in sorted(folder.rglob("LiberationSans-Regular.ttf"))), None
        )
    words = [matcher, "--format", "%{family}|%{file}", FONT]
    answer = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  # as above
    family, _, file = answer.stdout.partition("|")
    return Path(file) if FONT in family and Path(file).is_file() else None
