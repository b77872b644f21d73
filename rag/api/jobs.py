"""The routes of jobs: what runs in the background of the server, its progress, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict

from rag.api.problems import ProblemModel, problem_of
from rag.errors import NotFound
from rag.jobs.background import BackgroundJob, JobState, Phase
from rag.jobs.evaluation_job import EvaluationState
from rag.jobs.indexing_job import IndexingState
from rag.jobs.jobs import Jobs

_SECONDS = 0.2  # between two looks at a job


class JobModel(BaseModel):
    """A job at a moment."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    kind: str
    """`indexing` or `evaluation`."""
    phase: Phase
    running: bool
    done: int
    """Files, pages of the web or questions done so far."""
    total: int
    """All of them; 0 as long as that is unknown."""
    seconds: float
    """Since it began; of a job that has ended, how long it took."""
    seconds_left: float | None
    """How long it will probably take; null as long as there is nothing to tell by."""
    passages: int | None = None
    """Stored so far, by an indexing."""
    report: dict[str, Any] | None = None
    """What an indexing did, once it is done."""
    run: str | None = None
    """The name of the run that an evaluation stored."""
    problem: ProblemModel | None = None
    """Why it could not do its work."""


class JobsModel(BaseModel):
    """Jobs, the newest of each kind first."""

    jobs: list[JobModel]


def job_model(kind: str, state: JobState) -> JobModel:
    """Return a job as its model."""
    fields: dict[str, Any] = {}
    if isinstance(state, IndexingState):
        fields = {"passages": state.passages, "report": state.report and asdict(state.report)}
    if isinstance(state, EvaluationState):
        fields = {"run": state.run}
    return JobModel(
        id=state.id,
        kind=kind,
        phase=state.phase,
        running=state.running,
        done=state.done,
        total=state.total,
        seconds=round(state.seconds, 3),
        seconds_left=None if state.seconds_left is None else round(state.seconds_left, 1),
        problem=None if state.refusal is None else problem_of(state.refusal, state.id),
        **fields,
    )


def add_job_routes(router: APIRouter, jobs: Jobs) -> None:
    """Add the routes below /jobs."""

    def known(job_id: str) -> BackgroundJob[Any]:
        """Return the background that a job belongs to."""
        for job in jobs.all():
            if any(state.id == job_id for state in job.states):
                return job
        raise NotFound(f"There is no job {job_id!r}: GET /api/v1/jobs lists those of this server.")

    @router.get("/jobs", tags=["jobs"])
    def list_jobs() -> JobsModel:
        """List the jobs that run, and the last fifty of each kind."""
        return JobsModel(jobs=[job_model(job.kind, state) for job in jobs.all() for state in job.states])

    @router.get("/jobs/{job_id}", tags=["jobs"])
    def get_job(job_id: str, job: BackgroundJob[Any] = Depends(known)) -> JobModel:
        """Return a job."""
        return job_model(job.kind, job.state_of(job_id))

    @router.get("/jobs/{job_id}/events", tags=["jobs"], response_class=EventSourceResponse)
    async def follow_job(job_id: str, job: BackgroundJob[Any] = Depends(known)) -> AsyncIterator[ServerSentEvent]:
        """Stream the progress of a job: an event `progress` for each change, and `end` with its last state."""
        state, previous = job.state_of(job_id), None
        while state.running:
            if state != previous:
                yield ServerSentEvent(data=job_model(job.kind, state), event="progress")
            previous = state
            await asyncio.sleep(_SECONDS)
            state = job.state_of(job_id)
        yield ServerSentEvent(data=job_model(job.kind, state), event="end")

    @router.post("/jobs/{job_id}/cancel", tags=["jobs"])
    def cancel_job(job_id: str, job: BackgroundJob[Any] = Depends(known)) -> JobModel:
        """End a job at its next file or question; what it stored stays. A job that has ended stays as it is."""
        state = job.state_of(job_id)
        if state.running:
            job.cancel()
        return job_model(job.kind, state)
