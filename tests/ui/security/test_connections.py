"""Connections that only keep the server busy: too many of them, and those on which no whole request comes."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import cast

import gradio as gr
import httpx
import pytest
from fastapi.testclient import TestClient
from server_parts import Served, served
from starlette.routing import Mount
from waiting import PATIENCE

from rag.archive import Archive
from rag.server import connections
from ui import app

resource = pytest.importorskip("resource", reason="this system has no limit of handles to set")

UNFINISHED = [
    b"",
    b"GET / HTTP/1.1\r\nHost: 127",
    b"POST /mark HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90000\r\n\r\n{",
    b"GET /favicon.ico HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HT",
]


@pytest.fixture
def page(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The page, which waits for no request longer than a moment."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    with served(archive) as connection:
        yield connection


@pytest.mark.parametrize("begun", UNFINISHED)
def test_a_request_that_does_not_come_is_not_waited_for(page: Served, begun: bytes) -> None:
    """Nothing, half a header, half a body, half a second request: the server closes the connection by itself."""
    with socket.create_connection((page.host, page.port), timeout=PATIENCE) as connection:
        connection.sendall(begun)
        try:
            while connection.recv(65536):
                pass
        except ConnectionResetError:
            pass


def test_a_stream_stays_open(page: Served) -> None:
    """A page that is open holds a connection on which nothing more is asked; that one is not closed."""
    with socket.create_connection((page.host, page.port), timeout=2) as connection:
        connection.sendall(b"GET /gradio_api/heartbeat/a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        with pytest.raises(TimeoutError):
            while True:
                assert connection.recv(65536)


def test_many_connections_take_no_handles(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Of a crowd only so many are let in that the archive can still be read, and the terminal hears nothing of it."""
    monkeypatch.setattr(connections, "_MAX_CONNECTIONS", 20)
    with served(archive) as page:
        with ExitStack() as crowd:
            for _ in range(100):
                crowd.enter_context(socket.create_connection((page.host, page.port), timeout=PATIENCE))
            with pytest.raises(httpx.TransportError):
                httpx.get(page.address, trust_env=False, timeout=PATIENCE)
        # it may notice that the others left after somebody new came
        replies = (_reply(page.address) for _ in range(100))
        assert next(filter(None, replies)).status_code == 200
    assert (capfd.readouterr(), caplog.text) == (("", ""), "")


def _reply(address: str) -> httpx.Response | None:
    try:
        return httpx.get(address, trust_env=False, timeout=PATIENCE)
    except httpx.TransportError:
        return None


def test_handles_are_left_for_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the limits of Linux and macOS, at most a quarter of the handles goes to connections that are held."""
    for handles, expected in ((1024, (200, 64)), (256, (64, 16)), (resource.RLIM_INFINITY, (200, 64))):
        monkeypatch.setattr(resource, "getrlimit", lambda _, handles=handles: (handles, handles))
        assert connections.connection_limits() == expected


def test_what_the_server_says_goes_the_way_of_all_messages(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    """There control characters are written as signs; a handler of its own would let them through."""
    with served(archive):
        logging.getLogger("uvicorn.error").error("heard")
    assert "heard" in caplog.text


def test_pages_that_are_open_have_an_end(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens the page again and again takes no more memory than so many pages need: the oldest is forgotten."""
    monkeypatch.setattr(app, "_MAX_SESSIONS", 3)
    application = app.build_app(archive)
    (mounted,) = (route for route in application.routes if isinstance(route, Mount))
    browser = TestClient(application, base_url="http://127.0.0.1:7860")
    for number in range(6):
        body = {"fn_index": 0, "data": [], "session_hash": f"s{number}"}
        assert browser.post("/gradio_api/run/predict", json=body).status_code == 200
    assert list(cast(gr.routes.App, mounted.app).state_holder.session_data) == ["s3", "s4", "s5"]
