"""The tables of the ledger, to be asked through SQLAlchemy; `schema.py` says how they are made."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text

metadata = MetaData()

events_table = Table(
    "events",
    metadata,
    Column("dossier", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("personal", Text),
    Column("personal_sha256", Text),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
)

heads_table = Table(
    "heads",
    metadata,
    Column("dossier", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("digest", Text, nullable=False),
)
