"""Reading the chain of a case from a ledger file, through the standard library alone.

SQLAlchemy takes longer to load than most commands take to answer. What writes, and a ledger in PostgreSQL, go
through `store.py`; both read a row alike.
"""

from __future__ import annotations

from pathlib import Path

from piles_docs.ledger import sqlite_file
from piles_docs.ledger.events import Event
from piles_docs.ledger.rows import StoredEvent, read

_SELECT_CHAIN = f"SELECT {', '.join(StoredEvent._fields)} FROM events WHERE dossier = ? ORDER BY sequence"  # noqa: S608  # our own words


def read_chain(path: Path, dossier: str, *, patience: float = 10.0) -> tuple[Event, ...]:
    """Read the chain of one case, in order; empty when nothing was recorded, and for a missing file.

    Args:
        path: the SQLite file, of whatever revision.
        dossier: the case.
        patience: how long to wait for another program's write, in seconds.

    Raises:
        RecordsBroken, ToolFailed, WouldOverwrite: as for `Ledger`.
    """
    if not sqlite_file.exists(path):
        return ()
    with sqlite_file.reading(path, patience=patience) as (connection, _revision):
        return tuple(read(StoredEvent._make(row)) for row in connection.execute(_SELECT_CHAIN, [dossier]))
