"""Why a request was not answered, as JSON: problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from rag.schemas.base import Schema


class FaultModel(Schema):
    """A parameter or a field that is not valid."""

    field: str
    """Where it is: `k`, `filters.since`, `questions.3`."""
    message: str


class ProblemModel(Schema):
    """Why a request was not answered."""

    type: str
    """A URI that identifies the kind of the problem."""
    title: str
    """What all problems of this kind have in common."""
    status: int
    detail: str
    """One sentence: what happened and what to do next."""
    command_line: str = ""
    """The same for a person at a command line, if that is told another thing to do; absent otherwise."""
    request_id: str
    """That of the header X-Request-ID, also in the server's log; of a job, its id."""
    facts: dict[str, Any] = Field(default_factory=dict)
    """What the sentence says, as values; absent if nothing."""
    errors: tuple[FaultModel, ...] = ()
    """What is not valid in the request; absent if nothing."""
