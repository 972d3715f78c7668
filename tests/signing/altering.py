"""Stands before the server that signs from afar and changes what it says: the real one never refuses."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web

Answer = tuple[int, dict[str, Any]]


@dataclass
class Altered:
    """What passed through, and what is changed on the way."""

    url: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Each endpoint, and the words with which it was asked."""
    headers: list[dict[str, str]] = field(default_factory=list)
    changes: dict[str, Callable[[Answer], Answer]] = field(default_factory=dict)
    """By endpoint, how its answer is changed."""
    delay: float = 0
    version: str = "v1"
    """Of the protocol; there is nothing at the addresses of another."""

    def count(self, endpoint: str) -> int:
        return sum(1 for name, _ in self.asked if name == endpoint)

    def info(self, **more: Any) -> None:
        """Say more of the key."""
        self.changes["credentials/info"] = lambda answer: (answer[0], answer[1] | more)

    def instead(self, endpoint: str, status: int, **words: Any) -> None:
        """Answer this, whatever the server says."""
        self.changes[endpoint] = lambda _: (status, words)


@contextmanager
def altering(url: str) -> Iterator[Altered]:
    """Stand before a server, in a thread of its own."""
    altered = Altered()

    async def handle(request: web.Request) -> web.Response:
        version, endpoint = request.match_info["version"], request.match_info["endpoint"]
        if version != altered.version:
            raise web.HTTPNotFound
        words = await request.json()
        altered.asked.append((endpoint, words))
        altered.headers.append(dict(request.headers))
        await asyncio.sleep(altered.delay)
        async with ClientSession() as http, http.post(url + request.path, json=words) as response:
            body = await response.text()
            answer = (response.status, json.loads(body) if response.status == 200 else {})
        if change := altered.changes.get(endpoint):
            answer = change(answer)
        status, found = answer
        return web.json_response(found, status=status)

    async def serve() -> tuple[web.AppRunner, int]:
        application = web.Application()
        application.router.add_post("/csc/{version}/{endpoint:.*}", handle)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner, runner.addresses[0][1]

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        runner, port = asyncio.run_coroutine_threadsafe(serve(), loop).result()
        altered.url = f"http://127.0.0.1:{port}"
        try:
            yield altered
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
