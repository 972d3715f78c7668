"""Stamps: a short text that changes whenever anything changes that the state of a case is made from.

That is its file, what was recorded, piles.toml, and this program. The day is not in it: a state is right for
a span of days, kept beside it. Loads neither the case nor the ledger's database library.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import piles_docs
from piles_docs.ledger.heads import Head, read_heads
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.workspace import Workspace

_ROOMS = ("case", "french", "ledger", "methodology", "usecases")
"""The rooms of the program that make a state."""
_SETTLED_NS = 2_000_000_000
"""Some disks date files to two seconds: a younger file may change once more and keep its date."""


def stamps(workspace: Workspace, dossiers: Iterable[str], clock: Clock) -> dict[str, str | None]:
    """Stamp cases as they are now; None for a file that cannot be told from what it may become.

    Raises:
        CaseInvalid: piles.toml cannot be read, and it alone says where the ledger is.
        RecordsBroken, ToolFailed, WouldOverwrite: The ledger cannot be read.
    """
    settings = _settings(workspace)
    common = hashlib.sha256(settings + program(_ROOMS)).hexdigest()
    heads = _heads(workspace, settings)
    folder, now = str(workspace.case_file("x").parent), clock.now.timestamp() * 1e9
    return {
        dossier: _stamp(f"{folder}/{dossier}.yaml", common, heads.get(dossier), now) for dossier in dossiers
    }


def _stamp(path: str, common: str, head: Head | None, now: float) -> str | None:
    try:
        path.encode()
        file = os.stat(path)  # noqa: PTH116  # ten thousand times
    except (OSError, UnicodeEncodeError):
        return None
    # Whoever gives a file its old date back, after changing it, cannot give back the date of that change.
    if now - max(file.st_mtime_ns, file.st_ctime_ns) < _SETTLED_NS:
        return None
    end = f"{head.sequence} {head.digest}" if head else "-"
    text = f"{common} {file.st_mtime_ns} {file.st_ctime_ns} {file.st_size} {end}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _settings(workspace: Workspace) -> bytes:
    try:
        return (workspace.root / "piles.toml").read_bytes()
    except OSError:
        workspace.network()  # says what is wrong
        raise


def _heads(workspace: Workspace, settings: bytes) -> dict[str, Head]:
    """Where each chain ends; the file of a usual ledger is read without loading SQLAlchemy."""
    try:
        register = tomllib.loads(settings.decode("utf-8-sig")).get("registre", {})
    except ValueError:
        register = None  # in need of the words of its reader
    is_usual = isinstance(register, dict) and not register.get("url")
    if is_usual and not os.environ.get("PILES_REGISTRE_URL"):
        return read_heads(workspace.ledger_file)
    return workspace.ledger().heads()


@cache
def program(rooms: tuple[str, ...]) -> bytes:
    """The digest of rooms of the program, the same wherever it is installed.

    A version number would not change while it is being written.
    """
    digest, package = hashlib.sha256(), Path(str(piles_docs.__file__)).parent
    for path in _sources(package, rooms):
        digest.update(f"{path.relative_to(package)}\n".encode())
        digest.update(path.read_bytes())
    return digest.digest()


def _sources(package: Path, rooms: Sequence[str]) -> Iterator[Path]:
    yield package / "errors.py"
    for room in rooms:
        for folder, folders, names in os.walk(package / room):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield from (Path(folder, name) for name in sorted(names))
