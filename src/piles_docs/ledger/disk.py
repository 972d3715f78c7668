"""The disk under the records: folders that survive a power cut, refusals said in French."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from piles_docs.errors import PilesError, RecordsBroken, ToolFailed

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each entered durably in its parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk: a power cut must not take them back."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def clear_disk_errors(purpose: str, path: Path) -> Iterator[None]:
    """Say in French why the disk refused.

    Raises:
        ToolFailed: the disk is full or failed.
        RecordsBroken: permissions forbid it, or what stands there is not what the records put there.
    """
    try:
        yield
    except OSError as error:
        raise _disk_error(error, purpose, path) from error


def _disk_error(error: OSError, purpose: str, path: Path) -> PilesError:
    if error.errno in _FULL:
        return disk_full(purpose, path)
    if error.errno in _FORBIDDEN:
        return no_permission(purpose, path)
    if error.errno == errno.EIO:
        return ToolFailed(
            f"Impossible de {purpose} : le disque ne répond pas correctement ({path})",
            remedy="Sauvegardez vos données sans attendre et faites vérifier ce disque",
        )
    return RecordsBroken(
        f"Impossible de {purpose} : {path} n’est pas utilisable ({error.strerror})",
        remedy="Vérifiez que rien d’autre ne se trouve à cet endroit, puis relancez",
    )


def disk_full(purpose: str, path: Path) -> ToolFailed:
    """Say that there is no room left."""
    return ToolFailed(
        f"Impossible de {purpose} : le disque est plein ({path})",
        remedy="Libérez de la place, puis relancez la même commande : rien n’a été enregistré à moitié",
    )


def no_permission(purpose: str, path: Path) -> RecordsBroken:
    """Say that permissions stand in the way."""
    return RecordsBroken(
        f"Impossible de {purpose} : les droits sur {path} ne le permettent pas",
        remedy="Demandez le droit de lire et d’écrire dans le dossier records/, puis relancez",
    )
