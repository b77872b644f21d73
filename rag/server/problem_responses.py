"""Errors as responses: problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from rag.errors import FundstelleError
from rag.schemas.problem import FaultModel, ProblemModel
from rag.server.problems import PROBLEM_TYPE, ProblemKind, facts_of, problem_kind, sentence_for_programs


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


def error_response(error: FundstelleError, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error of our own as a response."""
    return as_response(problem_of(error, request_id), headers)


def problem_response(
    kind: ProblemKind,
    sentence: str,
    request_id: str,
    *,
    faults: Sequence[FaultModel] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem that is no error of our own as a response."""
    values = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": sentence,
        "request_id": request_id,
    }
    return as_response(ProblemModel.of({**values, "errors": faults} if faults else values), headers)


def as_response(problem: ProblemModel, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as a response, which nobody stores."""
    # ASCII alone: what a request contains need not be encodable
    body = json.dumps(problem.to_json()).encode("ascii")
    return Response(body, problem.status, {"Cache-Control": "no-store", **(headers or {})}, PROBLEM_TYPE)
