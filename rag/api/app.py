"""The application of the API: its routes, and what stands around them."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag import __version__
from rag.access.access import Access
from rag.access.audit import AuditLog
from rag.access.door import CHALLENGE, Door
from rag.api.articles import add_article_routes
from rag.api.ask import add_ask_route
from rag.api.check import add_check_route
from rag.api.description import add_description_routes, describe
from rag.api.dossiers import add_api_dossier_routes
from rag.api.export import add_export_route
from rag.api.gate import ApiGate
from rag.api.head import HeadAsGet
from rag.api.idempotency import IdempotencyKeys
from rag.api.index import add_index_routes
from rag.api.jobs import add_job_routes
from rag.api.metrics import CountRequests, Metrics, add_metrics_route
from rag.api.parameters import refuse_unknown_parameters
from rag.api.passages import add_passage_routes
from rag.api.problems import add_problem_handlers
from rag.api.relatives import add_relative_routes
from rag.api.rules import MCP_PATH, PREFIX, api_rule
from rag.api.runs import add_run_routes
from rag.api.saved import add_saved_routes
from rag.api.status import add_status_routes
from rag.api.verify import add_verify_route
from rag.archive import Archive
from rag.errors import FundstelleError, NotSignedIn
from rag.jobs.jobs import Jobs
from rag.mcp.http import McpEndpoint
from rag.schemas.descriptions import describe_fields
from rag.server.arrival import Refusal, arrival_of
from rag.server.backpressure import Backpressure
from rag.server.headers import SecurityHeaders
from rag.server.hosts import THIS_COMPUTER, Serving
from rag.server.load import Load
from rag.server.problem_responses import error_response

# shorter replies are not compressed
_ZIPPED_BYTES = 1_000
# what a browser may load for a reply: nothing
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def build_api(
    archive: Archive,
    serving: Serving = THIS_COMPUTER,
    jobs: Jobs | None = None,
    access: Access | None = None,
    load: Load | None = None,
) -> FastAPI:
    """Return the API of an archive as an application, at /api/v1.

    Args:
        serving: where it is served, which decides what may be asked of it.
        jobs: the background of the archive, if somebody else serves it, too.
        access: who may come in, if somebody else asks that, too.
        load: the questions of the server, if it is asked some elsewhere, too.
    """
    describe_fields()
    app = FastAPI(title="Fundstelle", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.openapi = partial(describe, app, has_accounts=serving.accounts is not None)  # type: ignore[method-assign]
    memory = archive._database.shared_memory
    load = load or Load()
    metrics = Metrics(archive)
    jobs = jobs or Jobs.of(archive)
    router = APIRouter(prefix=PREFIX, dependencies=[Depends(refuse_unknown_parameters)])
    add_ask_route(router, archive, metrics.count_questions)
    add_article_routes(router, archive)
    add_export_route(router, archive)
    add_passage_routes(router, archive)
    add_relative_routes(router, archive)
    add_saved_routes(router, archive)
    add_api_dossier_routes(router, archive)
    add_check_route(router, archive)
    add_verify_route(router, archive, trusts_paths=serving.is_private)
    add_job_routes(router, jobs)
    add_index_routes(router, archive, serving, jobs)
    add_run_routes(router, archive, jobs)
    add_status_routes(router, archive, load)
    add_metrics_route(router, metrics)
    add_description_routes(router, app.openapi)
    app.include_router(router)
    if find_spec("mcp"):
        # the extra is installed
        app.add_route(MCP_PATH, McpEndpoint(archive, load), include_in_schema=False)  # type: ignore[arg-type]
    add_problem_handlers(app)
    app.add_middleware(IdempotencyKeys, replies=memory.replies if memory else None)
    app.add_middleware(GZipMiddleware, minimum_size=_ZIPPED_BYTES)
    app.add_middleware(Backpressure, load=load, is_question=_is_question, refuse=_refusal_response)
    app.add_middleware(CountRequests, metrics=metrics)
    app.add_middleware(HeadAsGet)
    app.add_middleware(ApiGate, serving=serving)
    app.add_middleware(
        Door,
        serving=serving,
        access=access or access_of(serving, archive),
        rule_of=api_rule,
        refuse=_refusal_response,
        audit=AuditLog.of(serving, archive.files, is_shared=archive.files != archive.folder),
    )
    app.add_middleware(SecurityHeaders, policy=_POLICY)
    return app


def _is_question(method: str, path: str) -> bool:
    return method == "POST" and path.endswith(f"{PREFIX}/ask")


def access_of(serving: Serving, archive: Archive) -> Access | None:
    """Return who may come in where an archive is served, by sessions that all its servers share if it has several.

    Raises:
        FundstelleError: the accounts cannot be read.
    """
    memory = archive._database.shared_memory
    return Access.of(serving, memory.sessions, memory.attempts) if memory else Access.of(serving)


def _refusal_response(error: FundstelleError, request: Request) -> Response:
    """Return the problem for who may not come in, or not now."""
    request_id: str = request.state.request_id
    headers = {"X-Request-ID": request_id, **(CHALLENGE if isinstance(error, NotSignedIn) else {})}
    return error_response(error, request_id, headers)


class ApiBeside:
    """ASGI middleware that gives the API what is asked of it, and all else to another application."""

    def __init__(self, app: ASGIApp, api: ASGIApp, serving: Serving) -> None:
        self._app, self._api, self._serving = app, api, serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        app = self._api if scope["type"] == "http" and self._is_for_api(scope) else self._app
        await app(scope, receive, send)

    def _is_for_api(self, scope: Scope) -> bool:
        arrival = arrival_of(scope, self._serving)
        path = scope["path"] if isinstance(arrival, Refusal) else arrival.path
        return path.startswith("/api/") or path == MCP_PATH
