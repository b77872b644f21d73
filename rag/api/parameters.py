"""Parameters of an address that no route of the API has are errors."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError


def refuse_unknown_parameters(request: Request) -> None:
    """Refuse a query with a parameter that the description of the route does not have.

    Raises:
        RequestValidationError: there is one.
    """
    app: FastAPI = request.app
    methods = app.openapi()["paths"].get(request.scope["route"].path_format, {})
    described = methods.get(request.method.lower()) or methods.get("get", {})
    known = {parameter["name"] for parameter in described.get("parameters", ()) if parameter["in"] == "query"}
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", name), "msg": "", "input": None} for name in unknown]
        )
