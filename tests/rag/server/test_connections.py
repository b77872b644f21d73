"""Connections of the server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from api_parts import serving_api
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from waiting import PATIENCE, wait_until

from rag.archive import Archive
from rag.server import connections
from rag.server.listening import Server


def test_a_short_reply_is_sent_at_once(tmp_path: Path) -> None:
    """Its second packet does not wait for the client to acknowledge the first one, which takes Linux 40 ms."""
    with (
        Archive.open(tmp_path / "archive") as archive,
        serving_api(archive) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):

        def is_quick() -> bool:
            begin = time.perf_counter()
            assert client.get("/api/v1/health").status_code == 200
            return time.perf_counter() - begin < 0.03

        # on a busy computer not the first one
        wait_until(is_quick)


async def slow_reader_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Read a body to its end, and send a large reply."""
    if scope["type"] == "lifespan":
        return
    size, is_last = 0, False
    while not is_last:
        message = await receive()
        size += len(message.get("body", b""))
        is_last = not message.get("more_body", False)
    await PlainTextResponse("x" * int(scope["path"][1:] or size))(scope, receive, send)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """A server that waits for nobody longer than half a second."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.25)
    server = Server(slow_reader_app, lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[:2]
        server.should_exit = True
        thread.join(PATIENCE)


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has closed a connection; what it sent is not read."""
    try:
        return connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_fifty_slow_connections_are_closed(address: tuple[str, int]) -> None:
    """Those who send nothing, a header or a body byte by byte, and those who do not read their reply."""
    begins = [
        b"",
        b"GET / HTTP/1.1\r\nHost: 127",
        b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n{",
        b"POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
        b"GET /20000000 HTTP/1.1\r\nHost: a\r\n\r\n",
    ]
    with ExitStack() as stack:
        crowd = [stack.enter_context(socket.create_connection(address, timeout=PATIENCE)) for _ in range(50)]
        for number, connection in enumerate(crowd):
            connection.sendall(begins[number % 5])
        until = time.monotonic() + PATIENCE
        drip = {1: b"x", 2: b"x", 3: b"1\r\nx\r\n"}
        # what was sent stands in the buffers of those who do not read: their end shows when they do
        readers = [connection for number, connection in enumerate(crowd) if number % 5 == 4]
        waiting = {number: connection for number, connection in enumerate(crowd) if number % 5 != 4}
        while waiting and time.monotonic() < until:
            time.sleep(0.1)
            for number, connection in list(waiting.items()):
                with suppress(ConnectionError):
                    connection.sendall(drip.get(number % 5, b""))
                if is_closed(connection):
                    del waiting[number]
        assert waiting == {}
        for connection in readers:
            received = 0
            with suppress(ConnectionError):
                while part := connection.recv(1_000_000):
                    received += len(part)
            assert received < 20_000_000


@pytest.mark.slow
def test_a_steady_upload_and_a_steady_reader_are_waited_for(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long they take in all: twice as long as nobody is waited for."""
    # a busy computer makes those wait that are steady
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 1.0)
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n")
        for _ in range(20):
            time.sleep(0.1)
            connection.sendall(b"x" * 1000)
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall(b"GET /20000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = 0
        while part := connection.recv(1_000_000):
            received += len(part)
            time.sleep(0.1 if received < 16_000_000 else 0)
        assert received > 20_000_000
