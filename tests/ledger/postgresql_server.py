"""A real PostgreSQL server of our own, on a Unix socket and a free port of the loopback, for tests alone."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

# The shell stops the server and removes its folder when it is told to, and when the pipe from the tests closes,
# however they ended. It must be told, too: a process that a test left behind may hold the pipe open.
_KEEPER = """
exec 3<&0
"$@" & server=$!
cat <&3 > /dev/null & pipe=$!
trap : TERM
wait $pipe
kill $pipe 2>/dev/null
kill -QUIT $server 2>/dev/null
wait $server
rm -rf "$FOLDER"
"""


def binaries() -> Path | None:
    """Find the server's programs: Debian keeps them out of the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max(
        Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name)
    )


@dataclass(frozen=True)
class PostgresqlServer:
    """A running server. Anyone enters through the socket as `postgres`; through TCP with a password only."""

    folder: Path
    port: int
    _numbers: Iterator[int] = field(default_factory=count)

    def fresh_database(self, options: str = "") -> str:
        """Create an empty database; gives its URL, by the socket and as the superuser."""
        name = f"test_{next(self._numbers)}"
        self.administrate(f"CREATE DATABASE {name} {options}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database that `fresh_database` made, whoever is connected to it."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.administrate(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, database: str, user: str = "postgres") -> str:
        """The URL of a database, by the socket."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def administrate(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser, each for itself."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def running(programs: Path) -> Iterator[PostgresqlServer]:
    """Start a server, and stop it whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="piles-pg-"))
    # The server refuses root: whoever runs the tests as root has the account that came with the package.
    account = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o755)  # its socket is there, also for tests without the rights of root
    as_account: dict[str, Any] = {}
    if os.getuid() == 0:
        as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run([*initdb, "--locale=C.UTF-8"], check=True, capture_output=True, cwd=folder, **as_account)
    (data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ["listen_addresses=127.0.0.1", "fsync=off", "max_connections=40", "lc_messages=C"]
    command: list[str | Path] = [programs / "postgres", "-D", data, "-k", folder, "-p", str(port)]
    keeper = subprocess.Popen(
        ["sh", "-c", _KEEPER, "keeper", *command, *(word for one in settings for word in ("-c", one))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**os.environ, "FOLDER": str(folder)},
        start_new_session=True,
        **as_account,
    )
    try:
        server = PostgresqlServer(folder, port)
        _await(server)
        yield server
    finally:
        keeper.terminate()
        keeper.communicate(timeout=300)  # a busy machine takes its time over many small files


def _await(server: PostgresqlServer) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            server.administrate("SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
