"""Every error of the API as problem details (RFC 9457), in one sentence."""

from __future__ import annotations

import logging
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rag.errors import FundstelleError, shortage
from rag.schemas.problem import FaultModel
from rag.server.problem_responses import as_response, problem_of, problem_response
from rag.server.problems import http_kind, problem_kind

_log = logging.getLogger(__name__)

_MAX_FAULTS = 10
_MAX_CHARACTERS = 200

_SENTENCES = {
    404: "There is nothing at this address: GET /api/v1/openapi.json says what there is.",
    405: "This address does not accept this method.",
    500: "Something went wrong on the server: its log says what.",
}
# what the framework says, which does not say what to do
_REWORDED = {
    "Too many files. Maximum number of files is 1000.": "More than 1000 files were sent at once: send them in parts.",
}


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of an application with problem details."""
    app.add_exception_handler(FundstelleError, _on_fundstelle_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)


def unexpected_problem(error: Exception, request_id: str) -> Response:
    """Log an error that nobody expected, and return what a client may know of it."""
    _log.error("Request %s could not be answered: %s", request_id, type(error).__name__)
    _log.debug("The traceback:", exc_info=error)  # only with --debug
    if lack := shortage(error):
        return problem_response(problem_kind(lack), f"On the server: {lack}", request_id)
    return problem_response(http_kind(500), _SENTENCES[500], request_id)


def _on_fundstelle_error(request: Request, error: Exception) -> Response:
    fundstelle_error = cast(FundstelleError, error)
    problem = problem_of(fundstelle_error, request.state.request_id)
    if problem.status >= 500:
        _log.warning("Request %s could not be answered: %s", request.state.request_id, error)
    return as_response(problem)


def _on_http_error(request: Request, error: Exception) -> Response:
    refusal = cast(HTTPException, error)
    sentence = _SENTENCES.get(refusal.status_code, "")
    if not sentence or "." in refusal.detail:
        # our own sentences; those of the framework are phrases
        sentence = _REWORDED.get(refusal.detail, f"{refusal.detail.rstrip('.')}.")
    headers = dict(refusal.headers or {})
    return problem_response(http_kind(refusal.status_code), sentence, request.state.request_id, headers=headers)


def _on_invalid_request(request: Request, error: Exception) -> Response:
    details = cast(RequestValidationError, error).errors()
    faults = [_fault(detail) for detail in details[:_MAX_FAULTS]]
    sentence = " ".join(fault.message for fault in faults[:1])
    if len(details) > 1:
        sentence = f"{sentence.rstrip('.')}, and {len(details) - 1} more like this."
    return problem_response(http_kind(422), sentence, request.state.request_id, faults=faults)


def _fault(detail: dict[str, Any]) -> FaultModel:
    kind, path = detail["type"], [str(part) for part in detail["loc"]]
    origin, name = path[0], ".".join(path[1:])[:_MAX_CHARACTERS]
    label = f"{name!r}" if name else f"the {origin}"
    match kind:
        case "json_invalid":
            return FaultModel(field="", message="The body is not valid JSON: correct it.")
        case "extra_forbidden":
            message = f"There is no field {label} here: leave it out."
        case "missing" if not name:
            message = f"The {origin} is missing: send one."
        case "missing":
            message = f"{'The field' if origin == 'body' else 'The parameter'} {label} is missing: add it."
        case _:
            reason = str(detail["msg"]).removeprefix("Value error, ").rstrip(".")[:_MAX_CHARACTERS]
            reason = reason[:1].lower() + reason[1:]
            message = f"The value of {label} is not valid: {reason}."
    return FaultModel(field=name, message=message)
