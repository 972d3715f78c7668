"""The European trusted lists, as they are kept in out/ for a day: they are large, and change seldom.

What is kept are the lists as they were signed: each is checked again whenever it is read.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import aiohttp
from asn1crypto import x509

from piles_docs.errors import ToolFailed
from piles_docs.signing.european_lists import LIST_OF_LISTS, read_european_lists
from piles_docs.signing.trust import ListedServices
from piles_docs.usecases.files import write_atomically
from piles_docs.usecases.workspace import Workspace

_SECONDS_KEPT = 24 * 3600
_SECONDS_TO_FETCH = 30
_CONNECTIONS = 8
_LARGEST_LIST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where the list of the lists is, and who signs it."""

    url: str = LIST_OF_LISTS
    signers: tuple[x509.Certificate, ...] | None = None
    """The Commission's signers where None."""


COMMISSION = ListSource()


def european_lists(workspace: Workspace) -> tuple[ListedServices, tuple[str, ...]]:
    """Read the European lists, once a command.

    Returns:
        The services, and which lists could not be read, as French sentences.

    Raises:
        ToolMissing: What reads them is not installed.
        ToolFailed: The list of the lists cannot be had.
    """
    return _read(workspace.out / ".listes-europeennes", COMMISSION.url, COMMISSION.signers)


@cache
def _read(
    folder: Path, url: str, signers: tuple[x509.Certificate, ...] | None
) -> tuple[ListedServices, tuple[str, ...]]:
    return asyncio.run(_read_all(folder, url, signers))


async def _read_all(
    folder: Path, url: str, signers: tuple[x509.Certificate, ...] | None
) -> tuple[ListedServices, tuple[str, ...]]:
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=_SECONDS_TO_FETCH),
        connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
    ) as http:

        async def fetch(address: str) -> str:
            return await _kept_or_fetched(folder, http, address)

        return await read_european_lists(fetch, now=dt.datetime.now(dt.UTC), url=url, signers=signers)


async def _kept_or_fetched(folder: Path, http: aiohttp.ClientSession, url: str) -> str:
    """A list: as kept today, else as fetched, else as kept before, which counts until it ends."""
    path = folder / f"{hashlib.sha256(url.encode()).hexdigest()}.xml"
    with suppress(OSError):
        if 0 <= time.time() - path.stat().st_mtime < _SECONDS_KEPT:
            return path.read_text("utf-8")
    try:
        content = await _fetched(http, url)
    except (aiohttp.ClientError, TimeoutError, OSError):
        with suppress(OSError):
            return path.read_text("utf-8")
        raise
    with suppress(ToolFailed):
        write_atomically(path, content)
    return content.decode("utf-8-sig")


async def _fetched(http: aiohttp.ClientSession, url: str) -> bytes:
    async with http.get(url, raise_for_status=True) as response:
        content = bytearray()
        async for part in response.content.iter_chunked(1024 * 1024):
            content += part
            if len(content) > _LARGEST_LIST_BYTES:
                raise ValueError("trop grande")
        return bytes(content)
