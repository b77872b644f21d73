"""A job as a client of the API sees it."""

from __future__ import annotations

from rag.errors import ArchiveError
from rag.jobs.background import JobState
from rag.jobs.evaluation_job import EvaluationState
from rag.jobs.indexing_job import IndexingState
from rag.schemas.job import JobModel
from rag.server.problem_responses import problem_of

_ORPHAN = "The server that did this was ended: begin it anew, and it goes on from there."


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


def orphaned(job: JobModel) -> JobModel:
    """Return a job whose server was ended before it was done."""
    problem = problem_of(ArchiveError(_ORPHAN), job.id)
    ended = {"phase": "refused", "running": False, "seconds_left": None, "problem": problem.to_json()}
    return JobModel.of(job.to_json() | ended)
