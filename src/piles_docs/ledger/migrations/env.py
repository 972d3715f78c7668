"""What alembic runs: the missing revisions, on the connection and in the transaction that it is given."""

from __future__ import annotations

from alembic import context

from piles_docs.ledger.schema import prefix

connection = context.config.attributes["connection"]
# Already in a transaction, alembic leaves beginning and ending to whoever began it.
context.configure(
    connection=connection,
    transactional_ddl=True,
    version_table_schema=prefix(connection.dialect.name).rstrip(".") or None,
)
context.run_migrations()
