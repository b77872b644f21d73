"""The routes of jobs: what runs in the background of the server, its progress, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from rag.errors import NotFound
from rag.jobs.background import BackgroundJob, JobState
from rag.jobs.evaluation_job import EvaluationState
from rag.jobs.indexing_job import IndexingState
from rag.jobs.jobs import Jobs
from rag.schemas.job import JobListModel, JobModel
from rag.server.problem_responses import problem_of

_SECONDS = 0.2  # between two looks at a job
MAX_STREAMS = 32
"""How many clients follow jobs at once."""


def job_model(kind: str, state: JobState) -> JobModel:
    """Return a job as its model."""
    indexing = state if isinstance(state, IndexingState) else None
    evaluation = state if isinstance(state, EvaluationState) else None
    return JobModel.of(
        {
            "id": state.id,
            "kind": kind,
            "phase": state.phase,
            "running": state.running,
            "done": state.done,
            "total": state.total,
            "seconds": round(state.seconds, 3),
            "seconds_left": None if state.seconds_left is None else round(state.seconds_left, 1),
            "passages": indexing and indexing.passages,
            "report": indexing and indexing.report,
            "failures": indexing.failures if indexing else (),
            "run": evaluation and evaluation.run,
            "problem": None if state.refusal is None else problem_of(state.refusal, state.id).to_json(),
        }
    )


def accepted(request: Request, kind: str, state: JobState) -> JSONResponse:
    """Return the reply to a request that began a job: the job, and where its progress is."""
    address = request.app.url_path_for("get_job", job_id=state.id)
    headers = {"Location": f"{request.scope['root_path']}{address}"}
    return JSONResponse(job_model(kind, state).to_json(), 202, headers)


class StreamLimit:
    """A dependency of a route that streams: counts the streams, and refuses one too many."""

    def __init__(self) -> None:
        self._streams = 0

    async def __call__(self) -> AsyncIterator[None]:
        """Count a stream for as long as it goes on."""
        if self._streams >= MAX_STREAMS:
            sentence = f"{MAX_STREAMS} clients follow jobs already: ask for the job itself from time to time."
            raise HTTPException(429, sentence, {"Retry-After": "10"})
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1


def add_job_routes(router: APIRouter, jobs: Jobs) -> None:
    """Add the routes below /jobs."""

    def known_job(job_id: str) -> BackgroundJob[Any]:
        """Return the background that a job belongs to."""
        for job in jobs.all():
            if any(state.id == job_id for state in job.states):
                return job
        raise NotFound(f"There is no job {job_id!r}: GET /api/v1/jobs lists those of this server.")

    @router.get("/jobs", tags=["jobs"])
    def list_jobs() -> JobListModel:
        """List the jobs that run, and the last fifty of each kind."""
        return JobListModel(jobs=tuple(job_model(job.kind, state) for job in jobs.all() for state in job.states))

    @router.get("/jobs/{job_id}", tags=["jobs"], response_model_exclude_unset=True)
    def get_job(job_id: str, job: BackgroundJob[Any] = Depends(known_job)) -> JobModel:
        """Return a job."""
        return job_model(job.kind, job.state_of(job_id))

    @router.get(
        "/jobs/{job_id}/events",
        tags=["jobs"],
        response_class=EventSourceResponse,
        dependencies=[Depends(StreamLimit())],
    )
    async def follow_job(job_id: str, job: BackgroundJob[Any] = Depends(known_job)) -> AsyncIterator[ServerSentEvent]:
        """Stream the progress of a job: an event `progress` for each change, and `end` with its last state."""
        state, previous = job.state_of(job_id), None
        while state.running:
            if state != previous:
                yield ServerSentEvent(data=job_model(job.kind, state).to_json(), event="progress")
            previous = state
            await asyncio.sleep(_SECONDS)
            state = job.state_of(job_id)
        yield ServerSentEvent(data=job_model(job.kind, state).to_json(), event="end")

    @router.post("/jobs/{job_id}/cancel", tags=["jobs"], response_model_exclude_unset=True)
    def cancel_job(job_id: str, job: BackgroundJob[Any] = Depends(known_job)) -> JobModel:
        """End a job at its next file or question; what it stored stays. A job that has ended stays as it is."""
        state = job.state_of(job_id)
        if state.running:
            job.cancel()
        return job_model(job.kind, state)
