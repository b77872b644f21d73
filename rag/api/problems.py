"""Every error of the API as problem details (RFC 9457), in one sentence."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rag.errors import FundstelleError
from rag.schemas.problem import FaultModel, ProblemModel
from rag.server.problems import PROBLEM_TYPE, ProblemKind, facts_of, http_kind, problem_kind, sentence_for_programs

_log = logging.getLogger(__name__)

_MAX_FAULTS = 10
_MAX_CHARACTERS = 200

_SENTENCES = {
    404: "There is nothing at this address: GET /api/v1/openapi.json says what there is.",
    405: "This address does not accept this method.",
    500: "Something went wrong on the server: its log says what.",
}


def problem_of(error: FundstelleError, request_id: str) -> ProblemModel:
    """Return what a client reads of an error."""
    kind = problem_kind(error)
    values = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": sentence_for_programs(str(error)),
        "request_id": request_id,
    }
    if values["detail"] != str(error):
        values["command_line"] = str(error)
    facts = facts_of(error)
    return ProblemModel.of({**values, "facts": facts} if facts else values)


def problem_response(
    kind: ProblemKind,
    sentence: str,
    request_id: str,
    *,
    faults: Sequence[FaultModel] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a problem that is no error of our own as a response."""
    values = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": sentence,
        "request_id": request_id,
    }
    return _response(ProblemModel.of({**values, "errors": faults} if faults else values), headers)


def _response(problem: ProblemModel, headers: dict[str, str] | None = None) -> Response:
    # ASCII alone: what a request contains need not be encodable
    body = json.dumps(problem.to_json()).encode("ascii")
    return Response(body, problem.status, {"Cache-Control": "no-store", **(headers or {})}, PROBLEM_TYPE)


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of an application with problem details."""
    app.add_exception_handler(FundstelleError, _on_fundstelle_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)


def unexpected_problem(error: Exception, request_id: str) -> Response:
    """Log an error that nobody expected, and return what a client may know of it."""
    _log.error("Request %s could not be answered: %r", request_id, error)
    _log.debug("The traceback:", exc_info=error)  # only with --debug
    return problem_response(http_kind(500), _SENTENCES[500], request_id)


def _on_fundstelle_error(request: Request, error: Exception) -> Response:
    fundstelle_error = cast(FundstelleError, error)
    problem = problem_of(fundstelle_error, request.state.request_id)
    if problem.status >= 500:
        _log.warning("Request %s could not be answered: %s", request.state.request_id, error)
    return _response(problem)


def _on_http_error(request: Request, error: Exception) -> Response:
    refusal = cast(HTTPException, error)
    sentence = _SENTENCES.get(refusal.status_code, "")
    if not sentence or "." in refusal.detail:
        # our own sentences; those of the framework are phrases
        sentence = f"{refusal.detail.rstrip('.')}."
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
