"""A ledger in an SQLite file, through the standard library alone: opening it, and its refusals in French."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from piles_docs.errors import PilesError, RecordsBroken, ToolFailed, WouldOverwrite
from piles_docs.ledger.disk import clear_disk_errors, disk_full, no_permission
from piles_docs.ledger.schema import FIRST, check_revision


def exists(path: Path) -> bool:
    """Tell whether there is a ledger file.

    Raises:
        RecordsBroken: something else is there, or permissions forbid to look.
    """
    with clear_disk_errors("lire le registre", path):
        if path.exists() and not path.is_file():
            raise RecordsBroken(
                f"{path} n’est pas un fichier : le registre ne peut pas s’y trouver",
                remedy="Déplacez ce qui se trouve à cet endroit, puis relancez",
            )
        return path.exists()


def connect(path: Path, *, patience: float) -> sqlite3.Connection:
    """Open a ledger file that exists; nothing is ever created, and no transaction begins by itself."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience, isolation_level=None
    )
    try:
        # EXTRA: FULL, and the folder too is synchronised after each commit, so that a power cut cannot
        # bring a finished journal back and undo what was said to be done.
        connection.execute("PRAGMA synchronous = EXTRA")
        # What is erased, or moves to another page, leaves no copy behind.
        connection.execute("PRAGMA secure_delete = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def reading(path: Path, *, patience: float) -> Iterator[tuple[sqlite3.Connection, str]]:
    """Read a ledger file that exists, as it stands at one moment; gives the revision of its schema too.

    Raises:
        RecordsBroken, ToolFailed, WouldOverwrite: as `clear_refusals` and `revision`.
    """
    with clear_refusals(path), closing(connect(path, patience=patience)) as connection:
        connection.execute("BEGIN")
        check_whole(connection, path)
        yield connection, revision(connection, path)


def check_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file whose end is missing, inside a transaction.

    SQLite reads a last page that was cut short as zeros. Looked at under a lock, once an interrupted write
    is undone, the file is whole pages or damaged.
    """
    connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    if path.stat().st_size % page_size:
        raise sqlite3.DatabaseError("la fin du fichier manque")


def revision(connection: sqlite3.Connection, path: Path) -> str:
    """Read which revision of the schema a ledger file has.

    Raises:
        RecordsBroken: a later version of the program wrote it.
    """
    query = "SELECT name FROM sqlite_master WHERE name IN ('events', 'alembic_version')"
    tables = {name for (name,) in connection.execute(query)}
    if "events" not in tables:
        raise sqlite3.DatabaseError("il ne contient pas d’événements")
    if "alembic_version" not in tables:
        return FIRST
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return check_revision(row[0] if row else "", str(path))


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
    except sqlite3.Error as error:
        raise refusal(error, path) from error


def refusal(error: BaseException | None, path: Path) -> PilesError:
    """The error of this program that tells what SQLite's means."""
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
