"""Migrations of the ledger, run by alembic: each revision does what `schema.py` says of it."""
