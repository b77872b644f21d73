"""The description of the API as an OpenAPI 3.1 document, with every status that a route can answer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse, JSONResponse, Response

from rag import __version__
from rag.api.reference import page_of
from rag.schemas.problem import ProblemModel
from rag.server.problems import PROBLEM_TYPE, http_kind

ABOUT = """\
Ask an archive of articles, and get verbatim passages with their sources.

Every error is a problem (RFC 9457) whose `detail` is a sentence: what happened and what to do next. Fields and
parameters that are not described are errors. Offsets count code points into an article's text and are half open.
Replies to GET have an `ETag`: a program that sends it back in `If-None-Match` gets 304 as long as nothing changed.
HEAD works like GET.
"""
TAGS = {
    "ask": "Questions.",
    "articles": "Articles and their passages.",
    "verify": "Whether files still say what was quoted from them.",
    "writing": "What comes into the archive.",
    "evaluation": "Evaluations and their runs.",
    "jobs": "What runs in the background.",
    "status": "How the server and the archive are.",
}
_ALWAYS = (400, 401, 403, 422, 429, 500, 503)
_METHODS = ("get", "post", "put", "patch", "delete")


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application; it is made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title="Fundstelle",
            version=__version__,
            description=ABOUT,
            routes=app.routes,
            tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        )
        operations = {
            (method, path): operation
            for path, methods in document.get("paths", {}).items()
            for method, operation in methods.items()
            if method in _METHODS
        }
        statuses: set[int] = set()
        for (method, path), operation in operations.items():
            possible = _statuses(method, path, operation)
            statuses |= possible
            operation["responses"] |= {str(status): _reference(status) for status in sorted(possible)}
        components = document.setdefault("components", {})
        components["responses"] = {str(status): _problem(status) for status in sorted(statuses)}
        schemas = components.setdefault("schemas", {})
        problem = ProblemModel.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs", {}) | {"ProblemModel": problem}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = document
    return app.openapi_schema


def add_description_routes(router: APIRouter, app: FastAPI) -> None:
    """Add the routes /openapi.json and /docs, which describe the others."""

    @router.get("/openapi.json", include_in_schema=False)
    def get_document() -> Response:
        """Return the OpenAPI document."""
        return JSONResponse(describe(app))

    @router.get("/docs", include_in_schema=False)
    def get_page() -> Response:
        """Return the reference as a page, which asks for nothing else."""
        page = page_of(describe(app))
        return HTMLResponse(page.html, headers={"Content-Security-Policy": page.policy})


def _statuses(method: str, path: str, operation: dict[str, Any]) -> set[int]:
    """Return the statuses of the problems that a route can answer with."""
    statuses = set(_ALWAYS)
    if "{" in path or method == "post" or path.endswith("/lookup"):
        statuses.add(404)
    if "requestBody" in operation:
        statuses.add(413)
    if method != "get":
        statuses.add(409)
    if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ())):
        statuses.add(410)
    return statuses


def _reference(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{status}"}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemModel"}
    return {"description": http_kind(status).title, "content": {PROBLEM_TYPE: {"schema": schema}}}
