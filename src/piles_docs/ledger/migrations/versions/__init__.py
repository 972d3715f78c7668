"""One script a revision, in alembic's form."""
