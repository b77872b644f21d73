"""What the replies of a server mean: values, errors, and the ends of jobs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from rag.client.calls import ApiCall
from rag.errors import FundstelleError, ServerUnreachable
from rag.server.problems import PROBLEM_TYPE, error_from
from rag.types import IndexReport, Passage
from rag.types.decoding import decode_article, decode_failure, decode_report
from rag.types.report import Progress

if TYPE_CHECKING:
    import httpx

    from rag.article_view import ArticleView
    from rag.schemas.article import ArticleWithTextModel
    from rag.schemas.job import JobModel

T = TypeVar("T")

DEFAULT_SERVER = "http://127.0.0.1:7860"


def checked_address(server: str) -> str:
    """Return the address of a server without a slash at its end.

    Raises:
        FundstelleError: it is not one.
    """
    try:
        parts = urlsplit(server)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        is_address = False
    if not is_address:
        raise FundstelleError(f"{server!r} is not the address of a server: write it as {DEFAULT_SERVER}.")
    return server.rstrip("/")


def token_header(token: str = "") -> dict[str, str]:
    """Return the header by which a program says who it is: nothing without a token, here or in $FUNDSTELLE_TOKEN.

    Raises:
        FundstelleError: it cannot be one; it is not repeated.
    """
    token = (token or os.environ.get("FUNDSTELLE_TOKEN", "")).strip()
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise FundstelleError("The token is not valid: copy it again, as `fundstelle user token` printed it.")
    return {"Authorization": f"Bearer {token}"} if token else {}


def needs_certificates(server: str) -> bool:
    """Return whether a server proves who it is; to load certificates takes longer than an answer."""
    return server.startswith("https:")


def unreachable(server: str, error: Exception) -> ServerUnreachable:
    """Return the error for a server that does not answer."""
    reason = str(error) or type(error).__name__
    return ServerUnreachable(
        f"The server at {server} does not answer ({reason}): start it with `fundstelle serve`, or check the address."
    )


def broken_off(server: str, error: Exception) -> ServerUnreachable:
    """Return the error for a server that began a reply and did not end it."""
    reason = str(error) or type(error).__name__
    return ServerUnreachable(f"The server at {server} did not send all of it ({reason}): try again, or see its log.")


def read_reply(call: ApiCall[T], server: str, response: httpx.Response) -> T:
    """Return what a reply says.

    Raises:
        FundstelleError: it is an error, of the class that it had on the server; or it is not Fundstelle's.
    """
    if response.status_code >= 400:
        raise _error(server, response)
    try:
        return call.decode(b"" if call.sink is not None else response.content)
    except ValueError as error:
        raise FundstelleError(f"The server at {server} is not a Fundstelle of this version: update both.") from error


def ended_job(job: JobModel) -> JobModel:
    """Return a job that has done its work.

    Raises:
        FundstelleError: it has not.
    """
    match job.phase:
        case "done":
            return job
        case "refused" if job.problem:
            raise error_from(job.problem.to_json())
        case "cancelled":
            raise FundstelleError("The job was cancelled on the server: run it again, and it goes on from there.")
        case _:
            raise FundstelleError("The job failed on the server: its log says why.")


def view_of(model: ArticleWithTextModel, passages: tuple[Passage, ...]) -> ArticleView:
    """Return an article as it is shown."""
    from rag.article_view import ArticleView
    from rag.text.similarity import Version

    return ArticleView(
        decode_article(model),
        passages,
        tuple(passage.lines for passage in model.passages),
        tuple(map(decode_article, model.doubles)),
        tuple(Version(decode_article(version), version.shared) for version in model.versions),
    )


def report_of(job: JobModel) -> IndexReport:
    """Return what an indexing job did, with the addresses that could not be fetched."""
    report = decode_report(job.report) if job.report else IndexReport()
    failures = tuple(map(decode_failure, job.failures))
    new_failures = (*failures, *report.new_failures)
    return replace(report, failures=(*failures, *report.failures), new_failures=new_failures)


def progress_of(job: JobModel) -> Progress:
    """Return how far an indexing job is."""
    return Progress(job.done, job.total, job.passages or 0, job.seconds)


def job_in_event(line: str) -> JobModel | None:
    """Return the job in a line of a stream of events; None if there is none in it."""
    from rag.schemas.job import JobModel

    return JobModel.model_validate_json(line.removeprefix("data: ")) if line.startswith("data: ") else None


def _error(server: str, response: httpx.Response) -> FundstelleError:
    problem: Any = None
    if response.headers.get("content-type", "").startswith(PROBLEM_TYPE):
        try:
            problem = json.loads(response.content)
        except ValueError:
            problem = None
    if isinstance(problem, Mapping):
        return error_from(dict(problem))
    return FundstelleError(
        f"The server at {server} answered with status {response.status_code}: check that it is Fundstelle's."
    )
