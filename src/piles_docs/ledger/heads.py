"""Heads: where the chain of each case ends. Loads neither SQLAlchemy nor pydantic."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from piles_docs.errors import RecordsBroken

# Leaps from case to case by the primary key: the events themselves are many and large.
_LAST_OF_EACH = """
    WITH RECURSIVE cases(dossier) AS (
        SELECT min(dossier) FROM events
        UNION ALL
        SELECT (SELECT min(dossier) FROM events WHERE dossier > cases.dossier)
        FROM cases WHERE cases.dossier IS NOT NULL
    )
    SELECT events.dossier, events.sequence, events.digest FROM cases JOIN events
    ON events.dossier = cases.dossier
    AND events.sequence = (SELECT max(sequence) FROM events AS e WHERE e.dossier = cases.dossier)
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a case's chain."""

    dossier: str
    sequence: int
    digest: str


def read_heads(path: Path, *, patience: float = 10.0) -> dict[str, Head]:
    """Read the head of every case from a ledger file; a missing file has none.

    Raises:
        RecordsBroken: the file is not a ledger that can be read.
    """
    if not path.exists():
        return {}
    try:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=patience)) as connection:
            has_heads = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'heads'").fetchone()
            query = "SELECT dossier, sequence, digest FROM heads" if has_heads else _LAST_OF_EACH
            return {row[0]: Head(*row) for row in connection.execute(query)}
    except sqlite3.Error as error:
        raise RecordsBroken(
            f"Le fichier {path} est abîmé, ou n’est pas un registre de piles ({error})",
            remedy="Mettez ce fichier de côté et reprenez celui de votre dernière sauvegarde",
        ) from error
