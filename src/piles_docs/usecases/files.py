"""Files of out/: written whole or not at all, by one program at a time for a case."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from piles_docs.errors import ToolFailed, WouldOverwrite

SIGNED_FOLDER = "signed"
"""Where signed files and their proofs are written, in the folder of a case."""

_WAIT_SECONDS = 20.0
_STEP_SECONDS = 0.2

_ENDINGS = {
    b"%PDF-": "pdf",
    b"PK\x03\x04": "docx",
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG": "png",
    b"II*\x00": "tif",
    b"MM\x00*": "tif",
}


def ending_of(content: bytes) -> str:
    """The ending of a file's name, by how the file begins; `bin` for what is not known."""
    return next((kind for start, kind in _ENDINGS.items() if content.startswith(start)), "bin")


def write_privately(path: Path, content: bytes) -> None:
    """Write a file that names people: to be read by its owner alone, unless it was opened to others before.

    Raises:
        ToolFailed: As `write_atomically`.
    """
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
    write_atomically(path, content, mode=mode)


def write_atomically(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file so that its name never leads to half of it.

    Raises:
        ToolFailed: The disk is full, or the folder cannot be written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partiel")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_new(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file that must not be there yet; its name never leads to half of it.

    Raises:
        WouldOverwrite: A file of this name is there, or came in the meantime.
        ToolFailed: As `write_atomically`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))  # the name is ours from here on
    except FileExistsError as error:
        raise WouldOverwrite(f"{path} existe déjà", remedy="choisissez un autre nom de fichier") from error
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        write_atomically(path, content, mode=mode)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold a folder of out/ for one run; the hold ends with the process, however it ends.

    What an earlier run left half-written is taken away.

    Raises:
        WouldOverwrite: Another run has held it for more than twenty seconds.
        ToolFailed: The folder cannot be written.
    """
    path = folder / ".verrou"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        _wait_for(descriptor, folder)
        for left in folder.glob(
            "*/.*.partiel"
        ):  # by a run that was killed: whoever writes here holds the folder
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, folder: Path) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise WouldOverwrite(
                    f"une autre commande piles travaille sur {folder.name}",
                    remedy="attendez qu’elle ait fini, puis relancez la même commande",
                ) from error
            time.sleep(_STEP_SECONDS)
        else:
            return


def _cannot_write(path: Path, error: OSError) -> ToolFailed:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ToolFailed(
            f"le disque est plein : {path.name} n’a pas été écrit",
            remedy="libérez de la place, puis relancez : rien n’a été écrit à moitié",
        )
    return ToolFailed(
        f"impossible d’écrire {path.name} dans {path.parent} ({error.strerror})",
        remedy="vérifiez que vous avez le droit d’écrire dans ce dossier, puis relancez",
    )
