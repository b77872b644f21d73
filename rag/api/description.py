"""The description of the API as an OpenAPI 3.1 document, with every status that a route can answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse, JSONResponse, Response

from rag import __version__
from rag.access.door import cookie_name
from rag.access.roles import Role
from rag.api.reference import page_of
from rag.api.rules import api_rule
from rag.schemas.problem import ProblemModel
from rag.server.problems import PROBLEM_TYPE, http_kind

ABOUT = """\
Ask an archive of articles, and get verbatim passages with their sources.

Every error is a problem (RFC 9457) whose `detail` is a sentence: what happened and what to do next. Fields and
parameters that are not described are errors. Offsets count code points into an article's text and are half open.
Replies to GET have an `ETag`: a program that sends it back in `If-None-Match` gets 304 as long as nothing changed.
HEAD works like GET.

Where a server has accounts (`--auth`), a program sends its token as `Authorization: Bearer …`, and each route needs a
role: a reader asks, an editor changes what is in the archive, an admin removes. Elsewhere, nobody has to sign in.
"""
TAGS = {
    "ask": "Questions.",
    "articles": "Articles and their passages.",
    "saved": "Saved questions, and what is new in their answers.",
    "dossiers": "Dossiers of quotations.",
    "verify": "Whether files still say what was quoted from them.",
    "writing": "What comes into the archive.",
    "evaluation": "Evaluations and their runs.",
    "jobs": "What runs in the background.",
    "status": "How the server and the archive are.",
}
_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a program, which `fundstelle user token` makes.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": cookie_name("http"),
        "description": f"The session of a person who signed in on the page; with HTTPS, the cookie is "
        f"`{cookie_name('https')}`. What changes something must come from a page of the server.",
    },
}
_ALWAYS = (400, 401, 403, 422, 429, 500, 503)
_METHODS = ("get", "post", "put", "patch", "delete")
# what makes the schemas of models fails where several threads do so at once
_MAKING = threading.Lock()


def describe(app: FastAPI, *, has_accounts: bool) -> dict[str, Any]:
    """Return the OpenAPI document of an application; it is made once.

    Args:
        has_accounts: whether people and programs have to sign in.
    """
    with _MAKING:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, has_accounts=has_accounts)
    return app.openapi_schema


def _document(app: FastAPI, *, has_accounts: bool) -> dict[str, Any]:
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
        operation.update(_access(method, path, has_accounts=has_accounts))
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    components["responses"] = {str(status): _problem(status) for status in sorted(statuses)}
    schemas = components.setdefault("schemas", {})
    problem = ProblemModel.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"ProblemModel": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def add_description_routes(router: APIRouter, document: Callable[[], dict[str, Any]]) -> None:
    """Add the routes /openapi.json and /docs, which describe the others."""

    @router.get("/openapi.json", include_in_schema=False)
    def get_document() -> Response:
        """Return the OpenAPI document."""
        return JSONResponse(document())

    @router.get("/docs", include_in_schema=False)
    def get_page() -> Response:
        """Return the reference as a page, which asks for nothing else."""
        page = page_of(document())
        return HTMLResponse(page.html, headers={"Content-Security-Policy": page.policy})


def _access(method: str, path: str, *, has_accounts: bool) -> dict[str, Any]:
    """Return who may use a route: the least role, and how a request says who sends it."""
    rule = api_rule(method.upper(), path)
    role = rule.role if rule else Role.ADMIN
    if role is None:
        return {"security": []}
    anybody: list[dict[str, list[str]]] = [] if has_accounts else [{}]
    return {"x-role": role.value, "security": [*({name: []} for name in _SCHEMES), *anybody]}


def _statuses(method: str, path: str, operation: dict[str, Any]) -> set[int]:
    """Return the statuses of the problems that a route can answer with."""
    statuses = set(_ALWAYS)
    if "{" in path or method in ("post", "delete") or path.endswith("/lookup"):
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
