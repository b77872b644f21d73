"""What runs in the background of a server, as JSON."""

from __future__ import annotations

from typing import Literal

from rag.schemas.base import Count, Duration, Schema
from rag.schemas.problem import ProblemModel
from rag.schemas.report import FailureModel, IndexReportModel


class JobModel(Schema):
    """A job at a moment."""

    id: str
    kind: Literal["indexing", "evaluation"]
    phase: Literal["fetching", "reading", "asking", "done", "cancelled", "refused", "failed"]
    """What it does, or how it ended."""
    running: bool
    done: Count
    """Files, pages of the web or questions done so far."""
    total: Count
    """All of them; 0 as long as that is unknown."""
    seconds: Duration
    """Since it began; of a job that has ended, how long it took."""
    seconds_left: Duration | None
    """How long it will probably take; `null` as long as there is nothing to tell by."""
    passages: Count | None
    """Stored so far, by an indexing."""
    report: IndexReportModel | None
    """What an indexing did, once it is done."""
    failures: tuple[FailureModel, ...]
    """The addresses that could not be fetched."""
    run: str | None
    """The name of the run that an evaluation stored."""
    problem: ProblemModel | None
    """Why it could not do its work."""


class JobListModel(Schema):
    """The jobs that run, and the last fifty of each kind, the newest of each kind first."""

    jobs: tuple[JobModel, ...]
