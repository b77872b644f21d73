"""Methods of both clients: what a server does, most of it in the background, and the runs of evaluations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rag.client.calls import ApiCall, FollowedJob, Steps, new_key
from rag.client.replies import progress_of, report_of
from rag.client.run_calls import load_call
from rag.types import IndexReport, Progress

if TYPE_CHECKING:
    from rag.evaluation.types import Run
    from rag.schemas.job import JobModel

StrPath = str | os.PathLike[str]


def forget_call(*paths: StrPath) -> ApiCall[int]:
    """Remove the articles of files and folders, and return their number; see `Archive.forget`."""
    from rag.schemas.article import RemovedArticlesModel

    return ApiCall(
        "POST",
        "/forget",
        lambda body: RemovedArticlesModel.model_validate_json(body).articles,
        body={"paths": [_absolute(path) for path in paths]},
        key=new_key(),
    )


def index_call(
    *paths: StrPath,
    addresses: Iterable[str] = (),
    on_progress: Callable[[Progress], None] | None = None,
    again: bool = False,
) -> Steps[IndexReport]:
    """Update the archive from files and folders of the server's computer, and from web pages.

    Args:
        paths: relative ones are below the folder of this program.
        addresses: web pages, which the server fetches.
        on_progress: called with progress.
        again: files are read though they look unchanged.

    Raises:
        FundstelleError: the server does not allow a path or an address, or does not answer.
        NotFound: a path does not exist, or there is no article below it.
        ArchiveBusy: the server is indexing.
    """
    wanted = {"paths": [_absolute(path) for path in paths], "addresses": list(addresses), "again": again}
    job = yield _begin("/index", body=wanted, key=new_key())
    return (yield from _indexed(job, on_progress))


def upload_call(*files: StrPath, on_progress: Callable[[Progress], None] | None = None) -> Steps[IndexReport]:
    """Send files of this computer to the server, all of them or none, and have them indexed.

    Raises:
        UploadError: one of them is not taken.
        ArchiveBusy: the server is indexing.
    """
    with ExitStack() as stack:
        opened = [(Path(file).name, stack.enter_context(Path(file).open("rb"))) for file in files]
        job = yield _begin("/index/files", files=opened)
    return (yield from _indexed(job, on_progress))


def evaluate_call(
    questions: Sequence[Mapping[str, Any]] | None = None,
    *,
    name: str | None = None,
    source: str = "questions",
    fast: bool = False,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Steps[Run]:
    """Ask test questions on the server, which stores the run, and return that.

    Args:
        questions: as the lines of a question file (docs/json.md); None for those with a passage marked right.
        name: that of the run; by default where the questions come from, and the date.
        source: where they come from; stored in the run.
        on_progress: called with the questions asked so far, and all of them.
    """
    wanted: dict[str, Any] = {"source": source, "fast": fast}
    if questions is not None:
        wanted["questions"] = list(questions)
    if name is not None:
        wanted["name"] = name
    job = yield _begin("/evaluate", body=wanted, key=new_key())
    job = yield FollowedJob(job, lambda job: on_progress and on_progress(job.done, job.total))
    stored: Run = yield run_call(job.run or "")
    return stored


def run_call(name: str) -> ApiCall[Run]:
    """Return a stored run.

    Raises:
        NoRun: there is none of that name.
    """
    return load_call(name)


def job_state_call(job_id: str) -> ApiCall[JobModel]:
    """Ask for a job."""
    from rag.schemas.job import JobModel

    return ApiCall("GET", f"/jobs/{quote(job_id, safe='')}", JobModel.model_validate_json)


def job_end_call(job_id: str) -> ApiCall[JobModel]:
    """End a job early."""
    return _begin(f"/jobs/{quote(job_id, safe='')}/cancel")


def _begin(path: str, **sent: Any) -> ApiCall[JobModel]:
    from rag.schemas.job import JobModel

    return ApiCall("POST", path, JobModel.model_validate_json, **sent)


def _indexed(job: JobModel, on_progress: Callable[[Progress], None] | None) -> Steps[IndexReport]:
    """Follow an indexing job, and return what it did."""
    return report_of((yield FollowedJob(job, lambda job: on_progress and on_progress(progress_of(job)))))


def _absolute(path: StrPath) -> str:
    """Return a path from the root of the file system."""
    return str(Path(path).absolute())
