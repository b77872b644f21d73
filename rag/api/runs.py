"""The routes of evaluations and their runs."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from rag.api.jobs import accepted
from rag.archive import Archive
from rag.errors import QuestionError
from rag.evaluation.measures.comparison import compare_runs
from rag.evaluation.questions.feedback import MARKED
from rag.evaluation.questions.files import TestQuestion, read_questions_text
from rag.evaluation.reports.serialization import comparison_json, summary_json
from rag.evaluation.runs.run_store import run_facts_json, run_json
from rag.evaluation.session import EvaluationSession, default_run_name
from rag.jobs.jobs import Jobs
from rag.schemas.evaluation import ComparisonModel, RunListModel, RunModel
from rag.schemas.job import JobModel
from rag.schemas.writes import EvaluationRequest


def add_run_routes(router: APIRouter, archive: Archive, jobs: Jobs) -> None:
    """Add /evaluate and the routes below /runs."""
    session = EvaluationSession(archive)

    @router.post("/evaluate", tags=["evaluation"], status_code=202, response_model=JobModel)
    def evaluate_questions(request: Request, wanted: EvaluationRequest) -> JSONResponse:
        """Ask test questions, measure the answers, and store the run; its name is that of the job."""
        judgements = session.judge(_questions(session, wanted))
        source = MARKED if wanted.questions is None else wanted.source
        name = wanted.name or default_run_name(source)
        return accepted(
            request, jobs.evaluation.kind, jobs.evaluation.start(judgements, name, source, fast=wanted.fast)
        )

    @router.get("/runs", tags=["evaluation"])
    def list_stored_runs() -> RunListModel:
        """List the stored runs, the oldest first."""
        return RunListModel.of({"runs": [run_facts_json(facts) for facts in session.runs.listing()]})

    # a name may contain a slash: the longer address comes first
    @router.get("/runs/{name:path}/comparison", tags=["evaluation"])
    def compare_stored_runs(
        name: str,
        others: Annotated[
            list[str], Query(alias="with", description="The names of other runs.", min_length=1, max_length=20)
        ],
    ) -> ComparisonModel:
        """Compare runs with the first one, question by question."""
        names = [name, *others]
        if len(set(names)) < len(names):
            raise QuestionError("A run cannot be compared with itself: give each name only once.")
        runs = [session.runs.load(run) for run in names]
        try:
            comparison = compare_runs(runs)
        except ValueError as error:
            raise QuestionError(
                "The runs have no answerable question in common: compare runs of the same questions."
            ) from error
        return ComparisonModel.of(comparison_json(comparison))

    @router.get("/runs/{name:path}/export", tags=["evaluation"])
    def export_stored_run(name: str) -> Response:
        """Return a run with the results of each question, as `fundstelle runs export` writes it."""
        return Response(run_json(session.runs.load(name)), media_type="application/json")

    @router.get("/runs/{name:path}", tags=["evaluation"], response_model_exclude_unset=True)
    def get_run(name: str) -> RunModel:
        """Return the summary of a run."""
        return RunModel.of(summary_json(session.runs.load(name)))

    @router.delete("/runs/{name:path}", tags=["evaluation"], status_code=204)
    def delete_run(name: str) -> Response:
        """Delete a run."""
        session.runs.delete(name)
        return Response(status_code=204)


def _questions(session: EvaluationSession, wanted: EvaluationRequest) -> list[TestQuestion]:
    """Return the questions of a request, read as a question file is.

    Raises:
        QuestionError: there are none, or one is not valid.
    """
    if wanted.questions is None:
        return session.load()
    rows: list[dict[str, Any]] = [question.model_dump(exclude_none=True) for question in wanted.questions]
    return read_questions_text("\n".join(json.dumps(row) for row in rows), wanted.source)
