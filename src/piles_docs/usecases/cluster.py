"""A Dask cluster that drafts cases: workers on several machines, with one folder and one ledger for all.

Bytes must not depend on who made them. So a worker refuses to work where the program, a library, the
converter or a font is not the one of whoever asks, where it does not see the same folder, and where
its ledger is another. Each looks for itself, since workers come and go.
"""

from __future__ import annotations

import logging
import platform
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from importlib.metadata import requires, version
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from piles_docs.errors import PilesError, ToolFailed, ToolMissing, UsageError
from piles_docs.ledger.places import shared_base
from piles_docs.usecases.crew import AHEAD, Crew
from piles_docs.usecases.files import write_atomically
from piles_docs.usecases.generate_many import Drafted, Drafting, draft
from piles_docs.usecases.stamps import program
from piles_docs.usecases.workspace import LEDGER_URL, Workspace

if TYPE_CHECKING:
    from distributed import Client

_SECONDS_TO_ANSWER = 20
_ROOMS = ("case", "documents", "french", "ledger", "methodology", "usecases")
"""The rooms of the program that make a document."""
_NOT_UNDERSTOOD = "deserialization of the task graph"
"""What a scheduler says in English of work that it has no program for."""
_ONE_AT_A_TIME = threading.Lock()
"""A worker may have several threads; a converter serves one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What must be on a worker's machine as it is here."""

    makers: tuple[tuple[str, str], ...]
    """Each thing that the bytes of a document depend on, with its version or digest."""
    base: str
    """The database of the ledger, without who enters it."""
    sign: Path
    """A file of the workspace that is there while the cluster works."""


@contextmanager
def joined(address: str, drafting: Drafting) -> Iterator[Crew]:
    """Join a cluster by the address of its scheduler (`tcp://host:port`).

    Raises:
        ToolMissing: The library `distributed` is not installed.
        UsageError: The address is none, or the ledger is a file.
        ToolFailed: The scheduler does not answer, has no worker, or is lost on the way.
    """
    workspace = Workspace(drafting.workspace.root.resolve())
    drafting, base = replace(drafting, workspace=workspace), shared_base(workspace.ledger_place())
    if base is None:
        raise UsageError(
            "à plusieurs machines, le registre ne peut pas être un fichier : SQLite n’y résiste pas",
            remedy=f"mettez-le dans une base PostgreSQL : [registre] url de piles.toml, ou {LEDGER_URL}",
        )
    try:
        from distributed.client import ClosedClientError  # noqa: PLC0415  # an extra, and slow to load
        from distributed.comm.core import CommClosedError  # noqa: PLC0415
        from distributed.scheduler import KilledWorker  # noqa: PLC0415
    except ImportError as error:
        raise ToolMissing(
            "--cluster demande la bibliothèque « distributed », qui n’est pas installée",
            remedy="ici et sur chaque machine : pip install 'piles-docs[cluster]'",
        ) from error
    try:
        with _client(address) as client, _sign(workspace) as sign:
            here = _Surroundings(makers=_makers(drafting), base=base, sign=sign)
            yield Crew(
                work=partial(_draft_there, drafting, here),
                executor=partial(_executor, client),
                ahead=AHEAD * sum(client.nthreads().values()),
                deaths=(KilledWorker,),
                is_refusal=is_refusal,
                look=partial(_await_workers, client, address),
            )
    except (CancelledError, ClosedClientError, CommClosedError) as error:
        raise ToolFailed(
            f"l’ordonnanceur {address} ne répond plus",
            remedy="ce qui est fait reste ; relancez-le, puis la même commande",
        ) from error
    except RuntimeError as error:
        if not is_refusal(error):
            raise
        raise ToolFailed(
            f"l’ordonnanceur {address} ne connaît pas ce programme",
            remedy="installez-y la même version de piles-docs, comme sur chaque travailleur",
        ) from error


def is_refusal(error: BaseException) -> bool:
    """Whether a case came back undone because no case can be drafted: a worker's word, or the scheduler's."""
    return isinstance(error, PilesError) or _NOT_UNDERSTOOD in str(error)


@contextmanager
def _client(address: str) -> Iterator[Client]:
    from distributed import Client, Security  # noqa: PLC0415  # as above

    if not re.fullmatch(r"(tcp|tls)://\S+:\d+", address):
        raise UsageError(
            f"« {address} » n’est pas l’adresse d’un ordonnanceur Dask",
            remedy="elle s’écrit tcp://MACHINE:PORT ; dask scheduler la dit en démarrant",
        )
    if address.startswith("tls:") and not Security().get_connection_args("client")["ssl_context"]:
        raise UsageError(
            "une adresse tls:// demande des certificats, et Dask n’en connaît pas ici",
            remedy="nommez-les dans la configuration de Dask, à la clé distributed.comm.tls",
        )
    for name in list(filter(re.compile("distributed|tornado").match, logging.root.manager.loggerDict)):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of their remarks is said in French
    try:
        client = Client(address, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
    except OSError as error:
        raise ToolFailed(
            f"aucun ordonnanceur Dask ne répond à l’adresse {address}",
            remedy="démarrez-le (dask scheduler), ou corrigez l’adresse",
        ) from error
    with client:
        _await_workers(client, address)
        yield client


def _await_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_SECONDS_TO_ANSWER)
    except TimeoutError as error:
        raise ToolFailed(
            f"l’ordonnanceur {address} n’a aucun travailleur",
            remedy=f"là où piles-docs est installé : dask worker {address} --nthreads 1 ; "
            "le journal d’un travailleur dit pourquoi il s’est arrêté",
        ) from error


@contextmanager
def _executor(client: Client) -> Iterator[Executor]:
    executor = client.get_executor(pure=False)
    try:
        yield executor
    finally:
        executor.shutdown(wait=False)


@contextmanager
def _sign(workspace: Workspace) -> Iterator[Path]:
    """A file that whoever sees the same folder sees."""
    path = workspace.out / f".grappe-{uuid4()}"
    write_atomically(path, b"")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _draft_there(drafting: Drafting, there: _Surroundings, dossier: str) -> Drafted:
    """Draft one case, on a worker.

    Raises:
        ToolFailed: Its surroundings are not those of whoever asks.
    """
    with _ONE_AT_A_TIME:
        _compare(drafting, there)
        return draft(drafting, dossier)


@lru_cache(maxsize=1)
def _compare(drafting: Drafting, there: _Surroundings) -> None:
    machine = socket.gethostname()
    if not there.sign.is_file():
        raise ToolFailed(
            f"la machine {machine} ne voit pas l’espace de travail {drafting.workspace.root}",
            remedy="donnez à toutes les machines le même dossier partagé, sous le même chemin",
        )
    if shared_base(drafting.workspace.ledger_place()) != there.base:
        raise ToolFailed(
            f"la machine {machine} a un autre registre : la base n’est pas {there.base}",
            remedy=f"donnez la même adresse à tous les travailleurs, dans piles.toml ou par {LEDGER_URL}",
        )
    ours = dict(_makers(drafting))
    others = [name for name, what in there.makers if ours.get(name) != what]
    if others:
        raise ToolFailed(
            f"la machine {machine} ferait d’autres octets ; y diffèrent : {', '.join(others)}",
            remedy="installez partout les mêmes : piles-docs, ses bibliothèques, LibreOffice, la police",
        )


def _makers(drafting: Drafting) -> tuple[tuple[str, str], ...]:
    """What the bytes of a document depend on beside case and templates, each with its version or digest."""
    converter = drafting.found_converter()
    return (
        ("piles-docs", program(_ROOMS).hex()),
        ("Python", platform.python_version()),
        *_libraries(),
        *((("convertisseur", converter.identity),) if converter else ()),
    )


@cache  # a library that is replaced while a worker runs is not the one that it has loaded
def _libraries() -> tuple[tuple[str, str], ...]:
    required = (line for line in requires("piles-docs") or () if "extra ==" not in line)
    return tuple((name, version(name)) for name in sorted(re.split(r"[^\w.-]", line)[0] for line in required))
