"""The schema of the ledger, revision by revision, for each kind of database.

What a revision says here is never changed once it has landed: a later one changes the schema. A new ledger
runs them all, an older one those it lacks (through alembic, see `migrating.py`): both end alike.
Imports nothing heavy: `heads.py` needs it for a command that must start at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from piles_docs.errors import RecordsBroken

FIRST = "0001"
"""What a ledger without any mark of its revision has: the first ones had none."""

# INSERT OR REPLACE deletes without telling the trigger on DELETE: the one on INSERT stops it, and gaps too.
_EVENTS_SQLITE = (
    """
    CREATE TABLE events (
        dossier TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        kind TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        facts TEXT NOT NULL,
        personal TEXT,
        personal_sha256 TEXT,
        previous TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (dossier, sequence)
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE TRIGGER events_follow BEFORE INSERT ON events
    WHEN NEW.sequence IS NOT (
        SELECT coalesce(max(sequence), 0) + 1 FROM events WHERE dossier = NEW.dossier
    )
    BEGIN SELECT RAISE(ABORT, 'an event follows the last one of its case'); END
    """,
    """
    CREATE TRIGGER events_stay BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END
    """,
    """
    CREATE TRIGGER events_keep BEFORE UPDATE ON events
    WHEN NEW.personal IS NOT NULL
        OR NEW.dossier IS NOT OLD.dossier
        OR NEW.sequence IS NOT OLD.sequence
        OR NEW.kind IS NOT OLD.kind
        OR NEW.recorded_at IS NOT OLD.recorded_at
        OR NEW.facts IS NOT OLD.facts
        OR NEW.personal_sha256 IS NOT OLD.personal_sha256
        OR NEW.previous IS NOT OLD.previous
        OR NEW.digest IS NOT OLD.digest
    BEGIN SELECT RAISE(ABORT, 'an event never changes, but its personal data may be erased'); END
    """,
)

# A schema of its own: a shared database may well have other tables called events. Order "C": by code point,
# as SQLite does, whatever the language of the server.
_EVENTS_POSTGRESQL = (
    # Not CREATE SCHEMA IF NOT EXISTS, which asks for the right to create it even where it is there.
    """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'piles') THEN CREATE SCHEMA piles; END IF;
    END $$
    """,
    """
    CREATE TABLE piles.events (
        dossier text COLLATE "C" NOT NULL,
        sequence integer NOT NULL,
        kind text NOT NULL,
        recorded_at text NOT NULL,
        facts text NOT NULL,
        personal text,
        personal_sha256 text,
        previous text NOT NULL,
        digest text NOT NULL,
        PRIMARY KEY (dossier, sequence)
    )
    """,
    """
    CREATE FUNCTION piles.events_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.sequence IS DISTINCT FROM (
            SELECT coalesce(max(sequence), 0) + 1 FROM piles.events WHERE dossier = NEW.dossier
        ) THEN
            RAISE EXCEPTION 'an event follows the last one of its case' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION piles.events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'an event is never deleted' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE FUNCTION piles.events_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.personal IS NOT NULL OR (
            NEW.dossier, NEW.sequence, NEW.kind, NEW.recorded_at, NEW.facts, NEW.personal_sha256,
            NEW.previous, NEW.digest
        ) IS DISTINCT FROM (
            OLD.dossier, OLD.sequence, OLD.kind, OLD.recorded_at, OLD.facts, OLD.personal_sha256,
            OLD.previous, OLD.digest
        ) THEN
            RAISE EXCEPTION 'an event never changes, but its personal data may be erased'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER events_follow BEFORE INSERT ON piles.events
    FOR EACH ROW EXECUTE FUNCTION piles.events_follow()
    """,
    """
    CREATE TRIGGER events_stay BEFORE DELETE ON piles.events
    FOR EACH ROW EXECUTE FUNCTION piles.events_stay()
    """,
    """
    CREATE TRIGGER events_stay_all BEFORE TRUNCATE ON piles.events
    FOR EACH STATEMENT EXECUTE FUNCTION piles.events_stay()
    """,
    """
    CREATE TRIGGER events_keep BEFORE UPDATE ON piles.events
    FOR EACH ROW EXECUTE FUNCTION piles.events_keep()
    """,
)

# The database keeps the heads itself: no program that writes events, not even an older one, can forget to.
_HEADS_SQLITE = (
    """
    CREATE TABLE heads (
        dossier TEXT NOT NULL PRIMARY KEY,
        sequence INTEGER NOT NULL,
        digest TEXT NOT NULL
    ) WITHOUT ROWID, STRICT
    """,
    """
    INSERT INTO heads
    SELECT dossier, sequence, digest FROM events AS event
    WHERE sequence = (SELECT max(sequence) FROM events WHERE dossier = event.dossier)
    """,
    """
    CREATE TRIGGER events_lead AFTER INSERT ON events
    BEGIN
        INSERT INTO heads VALUES (NEW.dossier, NEW.sequence, NEW.digest)
        ON CONFLICT (dossier) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest;
    END
    """,
)
_HEADS_POSTGRESQL = (
    """
    CREATE TABLE piles.heads (
        dossier text COLLATE "C" NOT NULL PRIMARY KEY,
        sequence integer NOT NULL,
        digest text NOT NULL
    )
    """,
    """
    INSERT INTO piles.heads
    SELECT DISTINCT ON (dossier) dossier, sequence, digest FROM piles.events
    ORDER BY dossier, sequence DESC
    """,
    """
    CREATE FUNCTION piles.events_lead() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO piles.heads VALUES (NEW.dossier, NEW.sequence, NEW.digest)
        ON CONFLICT (dossier) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER events_lead AFTER INSERT ON piles.events
    FOR EACH ROW EXECUTE FUNCTION piles.events_lead()
    """,
)

REVISIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    FIRST: {"sqlite": _EVENTS_SQLITE, "postgresql": _EVENTS_POSTGRESQL},
    "0002": {"sqlite": _HEADS_SQLITE, "postgresql": _HEADS_POSTGRESQL},
}
"""What each revision does, in order, by SQLAlchemy's name of the database."""

NEWEST = list(REVISIONS)[-1]
"""The revision that this program writes."""


def prefix(dialect: str) -> str:
    """The schema before the name of each table, with its dot: PostgreSQL has one, SQLite none."""
    return "piles." if dialect == "postgresql" else ""


def stamping(revision: str, dialect: str) -> tuple[str, ...]:
    """The statements that mark a ledger without a mark as being of a revision, as alembic does it."""
    table = f"{prefix(dialect)}alembic_version"
    return (
        f"CREATE TABLE {table} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
        f"INSERT INTO {table} VALUES ('{revision}')",  # noqa: S608  # both are our own words
    )


def creating(dialect: str) -> tuple[str, ...]:
    """The statements that make a ledger of the newest revision where there is none."""
    made = [statement for revision in REVISIONS.values() for statement in revision[dialect]]
    return (*made, *stamping(NEWEST, dialect))


def check_revision(mark: str, place: str) -> str:
    """Return the revision that a ledger is marked with, if this program can read it.

    Raises:
        RecordsBroken: a later version of the program wrote it, or another program did.
    """
    if mark in REVISIONS:
        return mark
    if re.fullmatch(r"\d{4}", mark):
        raise RecordsBroken(
            f"Le registre {place} a été écrit par une version plus récente de piles",
            remedy="Installez la dernière version de piles, puis relancez : rien n’a été modifié",
        )
    raise RecordsBroken(
        f"La base {place} appartient à un autre programme : ce n’est pas un registre de piles",
        remedy="Vérifiez l’adresse du registre dans piles.toml ou PILES_REGISTRE_URL",
    )
