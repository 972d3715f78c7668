"""Where a ledger may be: a file, or a database by its URL."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from piles_docs.errors import UsageError
from piles_docs.ledger.database import Database

_SECRETS = ("password", "sslpassword")


def database_at(place: Path | str, *, base: Path, patience: float) -> Database:
    """Find the database that a place names; nothing is opened yet.

    Args:
        place: a file or a URL.
        base: the folder in which a file stands that a text names without its own.
        patience: how long to wait for another program's write, in seconds.

    Raises:
        UsageError: a URL that is not understood, or of another kind of database.
    """
    # Each kind of database is loaded only where it is used.
    if isinstance(place, Path) or "://" not in place:
        from piles_docs.ledger.sqlite import SqliteDatabase  # noqa: PLC0415

        return SqliteDatabase(place if isinstance(place, Path) else base / place, patience=patience)
    url = _parse(place)
    if url.get_backend_name() == "sqlite" and url.database:
        return database_at(url.database, base=base, patience=patience)
    if url.drivername in {"postgresql", "postgresql+psycopg"} and url.database:
        from piles_docs.ledger.postgresql import PostgresqlDatabase  # noqa: PLC0415

        return PostgresqlDatabase(url, place=shown(url), patience=patience)
    raise UsageError(
        f"Cette version ne sait pas tenir le registre à l’adresse {shown(url)}",
        remedy="Indiquez un fichier, par exemple « records/registre.sqlite », ou une base PostgreSQL : "
        "« postgresql://utilisateur@serveur/base »",
    )


def shown(url: URL) -> str:
    """Write a URL for people: without its password, wherever it stands."""
    query = {key: "***" if key in _SECRETS else value for key, value in url.query.items()}
    return url.set(query=query).render_as_string()


def shared_base(place: Path | str) -> str | None:
    """Name the database of a place that several machines can reach, without who enters it; None for a file.

    Raises:
        UsageError: a URL that is not understood.
    """
    if isinstance(place, Path) or "://" not in place:
        return None
    url = _parse(place)
    if url.get_backend_name() != "postgresql":
        return None
    query = {key: value for key, value in url.query.items() if key in {"host", "port"}}
    here = URL.create("postgresql", host=url.host, port=url.port, database=url.database, query=query)
    return here.render_as_string()


def _parse(text: str) -> URL:
    """Read a URL; what is wrong with it is said without showing it, for it may hold a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or "@" in (url.host or ""):
        raise UsageError(
            "L’adresse du registre n’est pas écrite comme il faut",
            remedy="Écrivez-la ainsi : « postgresql://utilisateur@serveur/base » ; dans un mot de passe, "
            "@ s’écrit %40, / %2F et : %3A",
        )
    return url
