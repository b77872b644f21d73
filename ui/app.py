"""The web server: the page, its routes, and the headers and limits that protect them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

import gradio as gr
import matplotlib
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from rag.access.audit import AuditLog
from rag.access.door import Door
from rag.api.app import ApiBeside, access_of, build_api
from rag.archive import Archive
from rag.jobs.jobs import Jobs
from rag.jobs.map_job import MapJob
from rag.server.backpressure import Backpressure
from rag.server.headers import SecurityHeaders
from rag.server.hosts import THIS_COMPUTER, Serving
from rag.server.listening import Server, address, listen
from rag.server.load import Load
from ui.html.theme import ASSETS, theme
from ui.page import build_page
from ui.routes.answer import add_answer_route, refused_question
from ui.routes.check import add_check_routes
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
from ui.routes.sign_in import add_sign_in_routes
from ui.routes.source import add_source_routes
from ui.security.allowlist import page_rule
from ui.security.calls import calls_of
from ui.security.gate import Gate, welcome

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


def build_app(archive: Archive, serving: Serving = THIS_COMPUTER) -> FastAPI:
    """Return the web application: the page at /, articles at /article/ID, reports at /evaluation/NAME.html, the API."""
    # Gradio asks for the backend at its first call, which would take half a second to look for one
    matplotlib.use("agg")
    app = FastAPI(title="Fundstelle", docs_url=None, redoc_url=None, openapi_url=None)
    jobs = app.state.jobs = Jobs.of(archive)
    access = access_of(serving, archive)
    load = app.state.load = Load()
    app.add_exception_handler(RequestValidationError, _malformed_body)
    # before the page, which answers all remaining addresses
    if access:
        add_sign_in_routes(app, access)
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
    add_check_routes(app, archive)
    desk = LibraryDesk(
        archive, jobs.indexing, jobs.watch, MapJob(archive), serving.is_private, serving.is_own, serving.may_fetch
    )
    add_library_routes(app, desk)
    add_library_change_routes(app, desk)
    blocks = build_page(archive, jobs.evaluation)
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
    app.add_middleware(
        Backpressure, load=load, is_question=_is_question, refuse=partial(refused_question, archive=archive)
    )
    app.add_middleware(Gate, serving=serving, calls=calls_of(blocks.config["dependencies"]))
    audit = AuditLog.of(serving, archive.files, is_shared=archive.files != archive.folder)
    app.add_middleware(Door, serving=serving, access=access, rule_of=page_rule, refuse=welcome, audit=audit)
    app.add_middleware(WithSettings, archive=archive)
    app.add_middleware(SecurityHeaders, policy=POLICY)
    app.add_middleware(ApiBeside, api=build_api(archive, serving, jobs, access, load), serving=serving)
    return app


def serve(archive: Archive, serving: Serving = THIS_COMPUTER, on_ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve the page until Ctrl-C or SIGTERM; `on_ready` is called with its address once the page can be opened.

    Raises:
        FundstelleError: the server cannot listen on the address.
    """
    with listen(serving.host, serving.port) as listener:
        app = build_app(archive, serving)
        jobs: Jobs = app.state.jobs
        jobs.watch.renew()
        on_ready(address(serving))
        server_of(app, serving).run_until_interrupted(listener)
        jobs.close()


def server_of(app: FastAPI, serving: Serving = THIS_COMPUTER) -> Server:
    """Return the server of the page, which ends at its shutdown what would delay that."""

    def end() -> None:
        app.state.jobs.cancel()
        for route in app.routes:
            if isinstance(route, Mount):
                # the event streams of open pages
                cast(gr.routes.App, route.app).stop_event.set()

    return Server(app, end, serving, app.state.load)


def _is_question(method: str, path: str) -> bool:
    return method == "GET" and path.endswith("/answer")


async def _malformed_body(_: Request, __: Exception) -> PlainTextResponse:
    """Answer a malformed body; it is not quoted, since not every string can be sent."""
    return PlainTextResponse("The request body is not valid.", 422)
