"""An archive, a server of it, and both clients of that."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from api_parts import serving_api
from waiting import PATIENCE

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.client import AsyncClient, Client
from rag.server.hosts import Serving

BRIDGE = "Die Brücke wurde am 3. Mai 1998 eröffnet. Sie ist 412 Meter lang und führt über den Fluss."
TUNNEL = "The tunnel is 57 kilometres long. It opened in June 2016 and leads through the mountain."
SNAIL = "L'escargot avance lentement. Il mange des feuilles de salade dans le jardin de la reine."


@dataclass(frozen=True)
class Waiting:
    """An `AsyncClient`, or a part of one, whose coroutines are run to their end in a thread of its own."""

    client: Any
    loop: asyncio.AbstractEventLoop

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        if not callable(method):
            return Waiting(method, self.loop)

        def call(*arguments: Any, **named: Any) -> Any:
            result = method(*arguments, **named)
            coroutine = _listed(result) if inspect.isasyncgen(result) else result
            return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

        return call


async def _listed(values: AsyncIterator[Any]) -> list[Any]:
    return [value async for value in values]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Archive]:
    """An archive of three articles, of which one is there twice."""
    folder = tmp_path_factory.mktemp("contract") / "articles"
    folder.mkdir()
    for name, text in (("bridge.txt", BRIDGE), ("copy.txt", BRIDGE), ("tunnel.md", TUNNEL), ("snail.txt", SNAIL)):
        (folder / name).write_text(text, encoding="utf-8")
    with Archive.open(folder.parent / "archive", encoder=encoder) as opened:
        opened.index([folder])
        opened.warm_up()
        yield opened


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    """Where a server of the archive is."""
    with serving_api(archive, Serving(paths=(archive.folder.parent,))) as served:
        yield served


@pytest.fixture(scope="module", params=["client", "async client"])
def client(address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Each kind of client of it."""
    if request.param == "client":
        with Client(address) as opened:
            yield opened
        return
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    waiting = Waiting(AsyncClient(address), loop)
    yield waiting
    waiting.close()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(PATIENCE)
    loop.close()
