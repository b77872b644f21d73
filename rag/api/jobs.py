"""The routes of jobs: what runs in the background of the server, its progress, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from rag.jobs.background import JobState
from rag.jobs.job_model import job_model
from rag.jobs.jobs import Jobs
from rag.schemas.job import JobListModel, JobModel

# between two looks at a job of this server, and at one of another, which is looked up in the database
_SECONDS, _SECONDS_ELSEWHERE = 0.2, 1.0
MAX_STREAMS = 32
"""How many clients follow jobs at once."""


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

    def known_job(job_id: str) -> JobModel:
        """Return a job as it is now."""
        return jobs.job(job_id)

    @router.get("/jobs", tags=["jobs"])
    def list_jobs() -> JobListModel:
        """List the jobs that run, and the last fifty of each kind."""
        return JobListModel(jobs=jobs.listed())

    @router.get("/jobs/{job_id}", tags=["jobs"], response_model_exclude_unset=True)
    def get_job(job: JobModel = Depends(known_job)) -> JobModel:
        """Return a job."""
        return job

    @router.get(
        "/jobs/{job_id}/events",
        tags=["jobs"],
        response_class=EventSourceResponse,
        dependencies=[Depends(StreamLimit())],
    )
    async def follow_job(job_id: str, job: JobModel = Depends(known_job)) -> AsyncIterator[ServerSentEvent]:
        """Stream the progress of a job: an event `progress` for each change, and `end` with its last state."""
        previous, pause = None, _SECONDS if jobs.is_local(job_id) else _SECONDS_ELSEWHERE
        while job.running:
            if job != previous:
                yield ServerSentEvent(data=job.to_json(), event="progress")
            previous = job
            await asyncio.sleep(pause)
            job = await run_in_threadpool(jobs.job, job_id)
        yield ServerSentEvent(data=job.to_json(), event="end")

    @router.post("/jobs/{job_id}/cancel", tags=["jobs"], response_model_exclude_unset=True)
    def cancel_job(job_id: str) -> JobModel:
        """End a job at its next file or question; what it stored stays. A job that has ended stays as it is."""
        return jobs.cancel_job(job_id)
