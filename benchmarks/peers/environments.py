"""Where each peer is installed: in a folder of its own that git ignores, from pinned versions, once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE / ".cache"
LOCK = HERE.parents[1] / "locks" / "run.txt"


class Absent(Exception):
    """A peer cannot be installed here; the text says what it lacks."""


def docxtpl_ng() -> Path:
    """A Python with the program's libraries, but docxtpl-ng and python-docx-ng for what they replace."""
    replaced = ("docxtpl==", "python-docx==")
    stanzas = LOCK.read_text("utf-8").replace(" \\\n", " \\").splitlines()
    kept = [stanza.replace(" \\", " \\\n") for stanza in stanzas if not stanza.startswith(replaced)]
    wanted = "\n".join([*kept, (HERE / "docxtpl-ng.txt").read_text("utf-8")])

    def install(folder: Path) -> None:
        _python_with(folder, wanted, sys.executable)

    return _installed("docxtpl-ng", wanted, install) / "bin" / "python"


def unoserver() -> Path:
    """A Python of the system, which LibreOffice's own library is for, with unoserver.

    Raises:
        Absent: The system has no LibreOffice, or no library of it for Python (python3-uno).
    """
    wanted, system = (HERE / "unoserver.txt").read_text("utf-8"), "/usr/bin/python3"
    answer = subprocess.run([system, "-c", "import uno"], check=False, capture_output=True)
    if not shutil.which("soffice") or answer.returncode:
        raise Absent("LibreOffice with its library for Python (python3-uno)")

    def install(folder: Path) -> None:
        _python_with(folder, wanted, system, "--system-site-packages")

    return _installed("unoserver", wanted, install) / "bin" / "python"


def docxtemplater() -> Path:
    """A folder with docxtemplater.

    Raises:
        Absent: There is no Node.
    """
    if not shutil.which("npm"):
        raise Absent("Node and npm")
    files = [HERE / "docxtemplater" / name for name in ("package.json", "package-lock.json")]

    def install(folder: Path) -> None:
        for file in files:
            shutil.copy(file, folder)
        words = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(words, cwd=folder, check=True, stdout=sys.stderr)

    return _installed("docxtemplater", "".join(file.read_text("utf-8") for file in files), install)


def _installed(name: str, wanted: str, install: Callable[[Path], None]) -> Path:
    folder = CACHE / f"{name}-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"
    if not (folder / "installed").exists():
        sys.stderr.write(f"installing {name}\n")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder)
        (folder / "installed").touch()
    return folder


def _python_with(folder: Path, requirements: str, python: str, *options: str) -> None:
    subprocess.run([python, "-m", "venv", *options, folder], check=True)
    file = folder / "requirements.txt"
    file.write_text(requirements, "utf-8")
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", file], check=True, stdout=sys.stderr)
