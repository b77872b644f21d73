"""What a client has done on a server: jobs, their runs, and removals. Pure functions on values."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rag.client.calls import ApiCall

if TYPE_CHECKING:
    from rag.evaluation.types import Run
    from rag.schemas.job import JobModel


def forget_call(paths: Iterable[str]) -> ApiCall[int]:
    """Remove the articles of files and folders; the reply is their number."""
    from rag.schemas.article import RemovedArticlesModel

    return ApiCall(
        "POST",
        "/forget",
        lambda body: RemovedArticlesModel.model_validate_json(body).articles,
        body={"paths": list(paths)},
        key=_new_key(),
    )


def index_call(paths: Iterable[str], addresses: Iterable[str], *, again: bool) -> ApiCall[JobModel]:
    """Begin to index; the reply is the job."""
    from rag.schemas.job import JobModel

    wanted = {"paths": list(paths), "addresses": list(addresses), "again": again}
    return ApiCall("POST", "/index", JobModel.model_validate_json, body=wanted, key=_new_key())


def evaluate_call(
    questions: Sequence[Mapping[str, Any]] | None, name: str | None, source: str, *, fast: bool
) -> ApiCall[JobModel]:
    """Begin to evaluate; the reply is the job."""
    from rag.schemas.job import JobModel

    wanted: dict[str, Any] = {"source": source, "fast": fast}
    if questions is not None:
        wanted["questions"] = list(questions)
    if name is not None:
        wanted["name"] = name
    return ApiCall("POST", "/evaluate", JobModel.model_validate_json, body=wanted, key=_new_key())


def job_call(job_id: str) -> ApiCall[JobModel]:
    """Ask for a job."""
    from rag.schemas.job import JobModel

    return ApiCall("GET", f"/jobs/{quote(job_id, safe='')}", JobModel.model_validate_json)


def cancel_call(job_id: str) -> ApiCall[JobModel]:
    """End a job early."""
    from rag.schemas.job import JobModel

    return ApiCall("POST", f"/jobs/{quote(job_id, safe='')}/cancel", JobModel.model_validate_json)


def upload_call() -> ApiCall[JobModel]:
    """Send files, which are indexed."""
    from rag.schemas.job import JobModel

    return ApiCall("POST", "/index/files", JobModel.model_validate_json)


def run_call(name: str) -> ApiCall[Run]:
    """Ask for a stored run, with the results of each question."""
    from rag.evaluation.runs.run_store import parse_run

    return ApiCall("GET", f"/runs/{quote(name, safe='')}/export", parse_run)


def _new_key() -> str:
    return secrets.token_hex(16)
