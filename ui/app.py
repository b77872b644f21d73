"""The web server: the page, the reader, and the rules that keep both to themselves."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import cast

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.archive import Archive
from rag.errors import FundstelleError
from ui.bench import Bench
from ui.look import ASSETS, head, theme
from ui.marking import add_marking
from ui.page import build_page
from ui.reader import add_reader
from ui.report import add_report

# The names under which a browser on this machine asks. Any other name that resolves to us is somebody's trick
# (DNS rebinding) to read the archive through a web page.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")

# The browser itself refuses every address but ours. Gradio compiles its templates ('unsafe-eval') and writes
# styles and scripts into the page ('unsafe-inline').
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)

# The routes on which Gradio writes files: nothing is uploaded, recorded or shared here.
_WRITING = {"upload", "upload_progress", "process_recording", "deep_link"}

_SECONDS_TO_FINISH = 5  # for a question that is being answered when Ctrl-C comes


def build_app(archive: Archive, hosts: Sequence[str] = LOOPBACK) -> FastAPI:
    """Return the web application: the page at /, articles at /article/ID, reports at /evaluation/NAME.html.

    Args:
        hosts: the names it answers to.
    """
    app = FastAPI(title="Fundstelle", docs_url=None, redoc_url=None, openapi_url=None)
    bench = app.state.bench = Bench(archive)
    app.add_middleware(_without_strangers)
    app.add_middleware(_with_headers)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    # before the page, which answers to every address that is left
    add_reader(app, archive)
    add_marking(app, archive)
    add_report(app, archive)
    gr.mount_gradio_app(
        app,
        build_page(archive, bench),
        path="/",
        footer_links=[],
        run_history=False,  # Gradio would keep every question in the browser
        show_error=False,
        max_file_size="1kb",  # nothing is uploaded here
        favicon_path=str(ASSETS / "favicon.svg"),
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        head=head(),
    )
    return app


def serve(archive: Archive, host: str, port: int, on_ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve the page until Ctrl-C; `on_ready` is called with its address when that is taken and the page is made.

    Raises:
        FundstelleError: the address cannot be taken.
    """
    listener = _listen(host, port)
    with listener:
        app = build_app(archive, _names(host))
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=_SECONDS_TO_FINISH)
        on_ready(address(host, port))
        with contextlib.suppress(KeyboardInterrupt):
            _Server(config).run(sockets=[listener])
        app.state.bench.close()  # what was asked until now is kept


def address(host: str, port: int) -> str:
    """Return the address of the page as a browser takes it: that of an IPv6 host stands in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """A server that lets go of what would keep it when it stops: an evaluation, and the connections of open pages."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = cast(FastAPI, self.config.app)
        app.state.bench.cancel()
        for mounted in app.routes:
            if isinstance(mounted, Mount):
                cast(gr.routes.App, mounted.app).stop_event.set()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket: taken before the server starts, so that nobody can come between."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise FundstelleError(
                f"Port {port} is in use: stop the other program or choose another with --port."
            ) from error
        raise FundstelleError(
            f"Cannot listen on {host}, port {port} ({error.strerror or error}): choose others with --host and --port."
        ) from error
    except OverflowError as error:
        raise FundstelleError(f"There is no port {port}: choose one from 1024 to 65535 with --port.") from error


def _names(host: str) -> tuple[str, ...]:
    """Return the names to answer to: on this machine's own address only its own names, elsewhere any."""
    if host in LOOPBACK:
        return LOOPBACK
    try:
        own = ipaddress.ip_address(host).is_loopback
    except ValueError:
        own = False
    return (*LOOPBACK, host) if own else ("*",)


def _without_strangers(app: ASGIApp) -> ASGIApp:
    """Wrap an application: no address takes files, and the pages of others may send nothing."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_strange(scope):
            refusal = PlainTextResponse("Fundstelle takes no files, and no requests from other pages.", 403)
            await refusal(scope, receive, send)
        else:
            await app(scope, receive, send)

    return wrapped


def _is_strange(scope: Scope) -> bool:
    """Return whether a request would write files, or was sent by a page that is not ours."""
    if not _WRITING.isdisjoint(scope["path"].split("/")):
        return True
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if scope["method"] in {"GET", "HEAD"} or origin is None:
        return False
    # a page without an address of its own (a file, a sandboxed frame) is "null"
    return origin.partition("://")[2] != headers.get("host")


def _with_headers(app: ASGIApp) -> ASGIApp:
    """Wrap an application: each response tells the browser what it may load. One that says so itself is left."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", POLICY)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
