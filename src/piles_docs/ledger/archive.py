"""The archive: bytes kept for good under their own SHA-256."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.disk import clear_disk_errors, make_folder, sync_folder

SHA256 = re.compile(r"[0-9a-f]{64}")
"""The name of a kept file."""


class Archive:
    """Files named by their SHA-256: written once, whole or not at all, never changed.

    Nothing is created before the first `put`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep bytes for good; when this returns they are on the disk. Twice the same is once.

        Returns:
            Their SHA-256, in hexadecimal.

        Raises:
            ToolFailed: the disk is full or failed.
            RecordsBroken: the folder cannot be written, or the file kept under this name was altered.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        with clear_disk_errors("conserver une pièce", path.parent):
            make_folder(path.parent)
            if path.exists():
                self.get(sha256)
            else:
                _write_whole(path, content)
            # Also when the file was there: whoever wrote it may have been stopped before this line.
            sync_folder(path.parent)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Give back kept bytes, their digest checked.

        Raises:
            RecordsBroken: nothing is kept under this name, or it was altered, or it cannot be read.
        """
        path = self._path(sha256)
        if sha256 not in self:
            raise RecordsBroken(
                f"La pièce {sha256[:12]}… manque dans l’archive",
                remedy=f"Remettez à sa place, depuis une sauvegarde, le fichier {path}",
            )
        with clear_disk_errors("lire une pièce", path):
            content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise RecordsBroken(
                f"La pièce {sha256[:12]}… de l’archive a été modifiée ou abîmée",
                remedy=f"Remplacez le fichier {path} par celui d’une sauvegarde",
            )
        return content

    def erase(self, sha256: str) -> None:
        """Erase kept bytes for good, when the law asks; when this returns they are gone from the folder.

        What is not there is no error: an erasure that was interrupted is done again.

        Raises:
            ToolFailed: the disk failed.
            RecordsBroken: the name is no SHA-256, or the folder cannot be written.
        """
        path = self._path(sha256)
        with clear_disk_errors("effacer une pièce", path):
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)

    def __contains__(self, sha256: str) -> bool:
        """Tell whether something is kept under this name; only `get` tells whether it is intact."""
        with clear_disk_errors("lire l’archive", self.folder):
            return self._path(sha256).is_file()

    def sha256s(self) -> Iterator[str]:
        """Name all that is kept, sorted; nothing when the archive does not exist yet."""
        with clear_disk_errors("lire l’archive", self.folder):
            for folder in sorted(self.folder.glob("??")):  # one at a time: there may be very many files
                yield from sorted(path.name for path in folder.iterdir() if SHA256.fullmatch(path.name))

    def unfinished(self) -> Iterator[Path]:
        """Name the files that a stopped program left half-written: nothing refers to them."""
        with clear_disk_errors("lire l’archive", self.folder):
            yield from sorted(self.folder.glob("??/.*.partiel"))

    def _path(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise RecordsBroken(
                f"« {sha256[:80]} » n’est pas l’empreinte d’une pièce de l’archive",
                remedy="Lancez « piles verify » : l’événement qui la cite a sans doute été modifié",
            )
        return self.folder / sha256[:2] / sha256


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside the place, then move there, so that the name never leads to half a file."""
    beside = path.with_name(f".{path.name[:12]}.{secrets.token_hex(8)}.partiel")
    try:
        # Read-only from the start, and within what the user's umask lets others read.
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
