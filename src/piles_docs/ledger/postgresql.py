"""PostgreSQL under the ledger: connecting, locking, cleaning up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, create_engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from piles_docs.errors import RecordsBroken, ToolFailed
from piles_docs.ledger import postgresql_refusals
from piles_docs.ledger.events import FIRST_PREVIOUS
from piles_docs.ledger.schema import check_revision
from piles_docs.ledger.tables import heads_table

_SCHEMA_LOCK = int.from_bytes(b"piles")
"""The advisory lock of those who change the schema: any number that no other program takes."""

# Not to_regclass, which may remember from before a lock what is no longer true after it, and which refuses
# to tell those who have no right to the schema that there is something.
_TABLES = """
    SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'piles' AND relname IN ('events', 'alembic_version')
"""


class PostgresqlDatabase:
    """A ledger in a schema of its own, `piles`, of a database that exists."""

    def __init__(self, url: URL, *, place: str, patience: float) -> None:
        """Prepare access; nothing is asked yet.

        Args:
            url: where the database is, password included.
            place: the same, as it may be shown.
            patience: how long to wait for the server, and for another program's write, in seconds.
        """
        self.place = place
        self._milliseconds = max(1, int(patience * 1000))
        arguments: dict[str, object] = {"prepare_threshold": None}  # poolers do not like prepared statements
        if "connect_timeout" not in url.query:
            arguments["connect_timeout"] = max(2, math.ceil(patience))
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args=arguments,
            poolclass=NullPool,
            hide_parameters=True,  # a trace must not show anyone's data
        ).execution_options(schema_translate_map={None: "piles"})
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # Each statement sees what was committed before it: also who waited for a lock sees what was
        # recorded meanwhile.
        self._writing = engine.execution_options(isolation_level="READ COMMITTED")
        self._outside = engine.execution_options(isolation_level="AUTOCOMMIT")

    def exists(self) -> bool:
        """The database is there, or connecting will tell that it is not."""
        return True

    def create(self) -> None:
        """Nothing: tables are made in the transaction that first writes to them."""

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """Begin a transaction; it waits for locks as long as the patience given."""
        with self._connected(writes=writes) as connection, connection.begin():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {self._milliseconds}")
            yield connection

    def revision(self, connection: Connection) -> str | None:
        """Read the revision of the schema; None when nothing was made yet."""
        tables = set(connection.exec_driver_sql(_TABLES).scalars())
        if not tables:
            return None
        query = "SELECT version_num FROM piles.alembic_version"
        stamped = connection.exec_driver_sql(query).scalar() if "alembic_version" in tables else None
        return check_revision(stamped or "", self.place)

    def hold_schema(self, connection: Connection) -> None:
        """Take the lock of those who change the schema, where French can be written.

        Raises:
            ToolFailed: the database keeps its texts in an encoding that lacks characters.
        """
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise ToolFailed(
                f"La base {self.place} n’est pas en UTF-8 ({encoding}) : des noms y seraient perdus",
                remedy="Créez une base en UTF-8 (createdb --encoding=UTF8 --template=template0 piles) "
                "et donnez son adresse",
            )
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")

    def hold_chain(self, connection: Connection, dossier: str) -> None:
        """Lock the row of the case's head; a new case is given one first, for there to be one to lock.

        That row stays only when an event follows in the same transaction.
        """
        placeholder = {"dossier": dossier, "sequence": 0, "digest": FIRST_PREVIOUS}
        connection.execute(insert(heads_table).values(placeholder).on_conflict_do_nothing())
        connection.execute(select(heads_table).where(heads_table.c.dossier == dossier).with_for_update())

    def complaints(self) -> tuple[str, ...]:
        """None: the server looks at a page when it reads it, and refuses to give a damaged one."""
        return ()

    def scrub(self) -> None:
        """Write the table anew: a plain VACUUM leaves the bytes of an old row where they were.

        Raises:
            RecordsBroken: only the owner of the table may do that.
        """
        with self._connected(writes=None) as connection:
            connection.exec_driver_sql(f"SET lock_timeout = {self._milliseconds}")
            node = "SELECT pg_relation_filenode('piles.events')"
            before = connection.exec_driver_sql(node).scalar()
            connection.exec_driver_sql("VACUUM (FULL) piles.events")
            # The server skips with a mere warning what one may not clean.
            if connection.exec_driver_sql(node).scalar() == before:
                raise RecordsBroken(
                    "Les données sont effacées, mais leurs anciennes copies restent dans la base "
                    f"{self.place} : vous n’avez pas le droit de la nettoyer",
                    remedy="Demandez au propriétaire de la base d’exécuter « VACUUM FULL piles.events »",
                )

    @contextmanager
    def _connected(self, *, writes: bool | None) -> Iterator[Connection]:
        """Connect for reading, for writing or (None) without any transaction."""
        engine = {True: self._writing, False: self._reading, None: self._outside}[writes]
        try:
            connection = engine.connect()
        except DBAPIError as error:
            raise postgresql_refusals.connecting(error.orig, self.place) from error
        try:
            with connection:
                yield connection
        except DBAPIError as error:
            raise postgresql_refusals.working(error.orig, self.place) from error
