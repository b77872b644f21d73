"""The web server: the page, its routes, and the headers and limits that protect them."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable, Sequence
from typing import cast

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.archive import Archive
from rag.errors import FundstelleError
from ui.html.theme import ASSETS, theme
from ui.jobs.folder_watch import FolderWatch
from ui.jobs.indexing_job import IndexingJob
from ui.jobs.map_job import MapJob
from ui.page import build_page
from ui.routes.answer import add_answer_route
from ui.routes.cite import add_cite_routes
from ui.routes.document import OwnDocument
from ui.routes.dossier_files import add_dossier_file_routes
from ui.routes.dossiers import add_dossier_routes
from ui.routes.feedback import add_feedback_route
from ui.routes.fonts import add_font_route
from ui.routes.library import LibraryDesk, add_library_routes
from ui.routes.library_changes import add_library_change_routes
from ui.routes.own_questions import add_own_question_routes
from ui.routes.questions import add_question_routes
from ui.routes.reader import add_reader_routes
from ui.routes.report import add_report_route
from ui.routes.request_settings import WithSettings
from ui.routes.scripts import add_script_route
from ui.routes.settings import add_settings_routes
from ui.routes.source import add_source_routes
from ui.security.calls import calls_of
from ui.security.connections import Connection, connection_limits
from ui.security.gate import Gate
from ui.security.hosts import THIS_COMPUTER, Serving
from ui.tabs.evaluation_job import EvaluationJob

# The browser itself refuses all other addresses. Gradio compiles its templates ('unsafe-eval') and writes styles and
# scripts into the page ('unsafe-inline').
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

_MAX_SESSIONS = 100
_SHUTDOWN_SECONDS = 5  # for questions that are being answered at Ctrl-C


def build_app(archive: Archive, serving: Serving = THIS_COMPUTER) -> FastAPI:
    """Return the web application: the page at /, articles at /article/ID, reports at /evaluation/NAME.html."""
    app = FastAPI(title="Fundstelle", docs_url=None, redoc_url=None, openapi_url=None)
    job = app.state.job = EvaluationJob(archive)
    app.add_exception_handler(RequestValidationError, _malformed_body)
    # before the page, which answers all remaining addresses
    add_font_route(app)
    add_script_route(app)
    add_answer_route(app, archive)
    add_reader_routes(app, archive, shares_files=serving.is_private)
    add_source_routes(app, archive, shares_files=serving.is_private)
    add_feedback_route(app, archive)
    add_own_question_routes(app, archive)
    add_report_route(app, archive)
    add_cite_routes(app, archive)
    add_dossier_file_routes(app, archive)
    add_dossier_routes(app, archive)
    add_question_routes(app, archive)
    add_settings_routes(app, archive)
    _add_library(app, archive, serving)
    blocks = build_page(archive, job)
    # only then does Gradio check whether a file named in a request may be read
    blocks.has_launched = True
    # each session may contain a question file; the oldest is dropped
    blocks.state_session_capacity = _MAX_SESSIONS
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,  # Gradio would store every question in the browser
        show_error=False,
        max_file_size="1kb",  # nothing is uploaded here
        favicon_path=str(ASSETS / "favicon.svg"),
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
    )
    app.add_middleware(OwnDocument)
    app.add_middleware(Gate, serving=serving, calls=calls_of(blocks.config["dependencies"]))
    app.add_middleware(WithSettings, archive=archive)
    app.add_middleware(_with_headers)
    return app


def _add_library(app: FastAPI, archive: Archive, serving: Serving) -> None:
    """Add the library, with what runs in its background."""
    job = app.state.indexing = IndexingJob(archive)
    watch = app.state.watch = FolderWatch(archive, job)
    desk = LibraryDesk(archive, job, watch, MapJob(archive), serving.is_private, serving.may_fetch)
    add_library_routes(app, desk)
    add_library_change_routes(app, desk)


def serve(
    archive: Archive,
    host: str,
    port: int,
    on_ready: Callable[[str], None] = lambda _: None,
    *,
    names: Sequence[str] = (),
    proxies: Sequence[str] = (),
    root: str = "",
    fetching: bool | None = None,
) -> None:
    """Serve the page until Ctrl-C; `on_ready` is called with its address once the page can be opened.

    Args:
        names, proxies, root, fetching: as in `Serving`.

    Raises:
        FundstelleError: the server cannot listen on the address, or a name, proxy or root is not valid.
    """
    serving = Serving(host, port, tuple(names), tuple(proxies), root, fetching)
    listener = _listen(host, port)
    with listener:
        app = build_app(archive, serving)
        app.state.watch.renew()
        on_ready(address(host, port))
        with contextlib.suppress(KeyboardInterrupt):
            server_of(app).run(sockets=[listener])
        app.state.watch.close()
        app.state.indexing.close()
        app.state.job.close()  # an evaluation saves the questions asked so far


def server_of(app: FastAPI) -> uvicorn.Server:
    """Return the server of the page. Proxy headers are left to the gate."""
    return _Server(
        uvicorn.Config(
            app,
            log_level="error",  # requests that are not HTTP are not worth reporting
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            proxy_headers=False,
            server_header=False,
            ws="none",
            http=Connection,
            backlog=connection_limits()[1],
            log_config=None,  # messages go through our own logging, which escapes control characters
        )
    )


def address(host: str, port: int) -> str:
    """Return the address of the page for a browser, with an IPv6 host in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """A server that ends what would delay its shutdown: an evaluation, and the event streams of open pages."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = cast(FastAPI, self.config.app)
        app.state.job.cancel()
        app.state.indexing.cancel()
        for route in app.routes:
            if isinstance(route, Mount):
                cast(gr.routes.App, route.app).stop_event.set()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, taken before the server starts so that no other program gets the port first."""
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
        raise FundstelleError(f"Port {port} does not exist: choose one from 1024 to 65535 with --port.") from error


async def _malformed_body(_: Request, __: Exception) -> PlainTextResponse:
    """Answer a malformed body; it is not quoted, since not every string can be sent."""
    return PlainTextResponse("The request body is not valid.", 422)


def _with_headers(app: ASGIApp) -> ASGIApp:
    """Wrap an application to add security headers to each response that lacks them."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", POLICY)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
