"""Heads: where the chain of each case ends, in a few words that can be kept elsewhere.

A chain cannot show that its last events were cut off, nor that all of it was written anew. A head that
someone keeps elsewhere (on the cover of a pack, in a mail, in a notebook) can.

Imports neither SQLAlchemy nor pydantic, which take longer to load than a command may take to answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from piles_docs.errors import UsageError
from piles_docs.ledger import sqlite_file
from piles_docs.ledger.schema import FIRST

SHORT_DIGITS = 16
"""Hexadecimal digits of a digest that a short head shows: 64 bits, which nobody finds twice."""

# A person may copy it with other dashes, or with spaces.
_SHORT = re.compile(
    r"\s*(?P<dossier>\S+)\s+(?P<sequence>[0-9]{1,9})\s+"
    r"(?P<start>[0-9a-f]{4}(?:[-‐‑–\s]?[0-9a-f]{4}){3})\s*",
    re.IGNORECASE,
)

SELECT_HEADS = "SELECT dossier, sequence, digest FROM heads"
SELECT_HEADS_FROM_EVENTS = """
    SELECT dossier, sequence, digest FROM events AS event
    WHERE sequence = (SELECT max(sequence) FROM events WHERE dossier = event.dossier)
"""
"""The same for a ledger of the first revision, which had no heads."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a case's chain."""

    dossier: str
    sequence: int
    """Number of the event, which is also how many the chain has."""
    digest: str
    """SHA-256 in hexadecimal; through the chain it covers all events of the case."""

    def short(self) -> ShortHead:
        """What to keep elsewhere."""
        return ShortHead(self.dossier, self.sequence, self.digest[:SHORT_DIGITS])


@dataclass(frozen=True, slots=True)
class ShortHead:
    """A head as people keep it: `haut-verdon 17 3f2a-9c41-07be-55d0`."""

    dossier: str
    sequence: int
    start: str
    """The first digits of the digest, in lower case."""

    def __str__(self) -> str:
        return f"{self.dossier} {self.sequence} {short_head(self.start)}"

    @classmethod
    def parse(cls, text: str) -> ShortHead:
        """Read what a person kept.

        Raises:
            UsageError: it is not a short head.
        """
        found = _SHORT.fullmatch(text)
        if found is None:
            raise UsageError(
                f"« {text[:80]} » n’est pas une tête de registre",
                remedy="recopiez-la comme « piles verify --head » l’affiche : "
                "« haut-verdon 17 3f2a-9c41-07be-55d0 »",
            )
        digits = re.sub(r"[^0-9a-f]", "", found["start"].lower())
        return cls(found["dossier"], int(found["sequence"]), digits)


def short_head(digest: str) -> str:
    """Write the beginning of a digest as people can compare it: `3f2a-9c41-07be-55d0`."""
    start = digest[:SHORT_DIGITS]
    return "-".join(start[place : place + 4] for place in range(0, len(start), 4))


def read_heads(path: Path, *, patience: float = 10.0) -> dict[str, Head]:
    """Read the head of every case from a ledger file, whatever its revision; a missing file has none.

    Args:
        path: the SQLite file; a ledger in PostgreSQL is asked through `Ledger.heads`.
        patience: how long to wait for another program's write, in seconds.

    Raises:
        RecordsBroken, ToolFailed, WouldOverwrite: as for `Ledger`.
    """
    if not sqlite_file.exists(path):
        return {}
    with sqlite_file.reading(path, patience=patience) as (connection, revision):
        query = SELECT_HEADS_FROM_EVENTS if revision == FIRST else SELECT_HEADS
        return {row[0]: Head(*row) for row in connection.execute(query)}
