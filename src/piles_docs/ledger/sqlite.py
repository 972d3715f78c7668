"""SQLite under the ledger: opening, creating, locking, and its refusals said in French."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from piles_docs.errors import PilesError, RecordsBroken, ToolFailed, WouldOverwrite
from piles_docs.ledger.disk import clear_disk_errors, disk_full, make_folder, no_permission, sync_folder
from piles_docs.ledger.tables import metadata


def engine_for(path: Path, *, patience: float) -> Engine:
    """Prepare access to a ledger file that exists; nothing is opened yet, and nothing is ever created.

    Args:
        path: the file.
        patience: how long to wait for another program's write, in seconds.
    """

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience, isolation_level=None
        )
        # EXTRA: FULL, and the folder too is synchronised after each commit, so that a power cut cannot
        # bring a finished journal back and undo what was said to be done.
        try:
            connection.execute("PRAGMA synchronous = EXTRA")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE: whoever is to write takes the lock before reading the end of the chain.
        mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")
        # SQLite reads a last page that was cut short as zeros. Looked at under a lock, once an interrupted
        # write is undone, the file is whole pages or damaged.
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first()
        if path.stat().st_size % connection.exec_driver_sql("PRAGMA page_size").scalar_one():
            raise sqlite3.DatabaseError("la fin du fichier manque")

    return engine


def create_file(path: Path) -> None:
    """Make an empty ledger file, unless another program has just made it.

    It is made whole beside its place, then named: an empty or half-made file there is always damage.

    Raises:
        ToolFailed: the disk is full or failed.
        RecordsBroken: the folder cannot be written.
    """
    with clear_disk_errors("créer le registre", path.parent):
        make_folder(path.parent)
        beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partiel")
        try:
            beside.touch(exist_ok=False)
            with clear_refusals(path), engine_for(beside, patience=0).begin() as transaction:
                metadata.create_all(transaction)
            _name(beside, path)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        sync_folder(path.parent)


def _name(beside: Path, path: Path) -> None:
    """Give a finished file its name without ever replacing one that is there."""
    try:
        os.link(beside, path)
    except FileExistsError:
        return
    except OSError:
        # Some disks (USB keys in FAT, some network shares) know no hard links.
        if not path.exists():
            beside.replace(path)


@contextmanager
def clear_refusals(path: Path) -> Iterator[None]:
    """Say in French why SQLite refused.

    Raises:
        WouldOverwrite: another program holds the ledger.
        ToolFailed: the disk is full or failed.
        RecordsBroken: the file is damaged, is no ledger, or permissions forbid to use it.
    """
    try:
        yield
    except DBAPIError as error:
        raise _refusal(error.orig, path) from error
    except sqlite3.Error as error:
        raise _refusal(error, path) from error


def _refusal(error: BaseException | None, path: Path) -> PilesError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return WouldOverwrite(
            f"Le registre {path} est occupé par un autre enregistrement",
            remedy="Attendez un instant, puis relancez la même commande",
        )
    if name == "SQLITE_FULL":
        return disk_full("écrire dans le registre", path)
    if name.startswith("SQLITE_IOERR"):
        return ToolFailed(
            f"Le disque n’a pas pu lire ou écrire le registre {path}",
            remedy="Vérifiez qu’il reste de la place et que le disque fonctionne, puis relancez : "
            "rien n’a été enregistré à moitié",
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return no_permission("utiliser le registre", path)
    return RecordsBroken(
        f"Le fichier {path} est abîmé, ou n’est pas un registre de piles ({error})",
        remedy="Mettez ce fichier de côté et reprenez celui de votre dernière sauvegarde",
    )
