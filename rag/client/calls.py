"""What a client asks of a server, and what it makes of the reply. Pure functions on values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rag.errors import QuestionError
from rag.storage.filter_json import filter_values
from rag.types import (
    Answer,
    Citation,
    DraftReport,
    Failure,
    Filter,
    ResultList,
    Sort,
    Status,
)
from rag.types.decoding import (
    decode_answer,
    decode_draft_report,
    decode_failure,
    decode_results,
    decode_status,
)

T = TypeVar("T")

PREFIX = "/api/v1"
"""Below it are all addresses."""


@dataclass(frozen=True, slots=True)
class ApiCall(Generic[T]):
    """A request, and how its reply is read.

    Attributes:
        path: below /api/v1.
        decode: makes a value of the body of the reply.
        key: an idempotency key, with which the request may be sent again.
    """

    method: str
    path: str
    decode: Callable[[bytes], T]
    parameters: Sequence[tuple[str, str]] = ()
    body: Mapping[str, Any] | None = None
    key: str = ""

    def arguments(self, server: str) -> dict[str, Any]:
        """Return what httpx sends to a server, by the names of its arguments."""
        return {
            "method": self.method,
            "url": f"{server}{PREFIX}{self.path}",
            "params": list(self.parameters) or None,
            "json": self.body,
            "headers": {"Idempotency-Key": self.key} if self.key else {},
        }

    @property
    def may_repeat(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.method == "GET" or bool(self.key)


def ask_call(question: str, k: int, filter: Filter, *, fast: bool) -> ApiCall[Answer]:
    """Ask a question."""
    from rag.schemas.answer import AnswerWithTextsModel

    return ApiCall(
        "POST",
        "/ask",
        lambda body: decode_answer(AnswerWithTextsModel.model_validate_json(body)),
        body={"question": question, "k": k, "filters": filter_values(filter), "fast": fast, "texts": True},
    )


def search_call(question: str, limit: int, filter: Filter, sort: Sort, *, fast: bool) -> ApiCall[ResultList]:
    """Ask for the articles that a question finds."""
    from rag.schemas.results import ResultListWithTextsModel

    body = {"question": question, "k": limit, "filters": filter_values(filter), "fast": fast, "texts": True}
    return ApiCall(
        "POST",
        "/ask",
        lambda body: decode_results(ResultListWithTextsModel.model_validate_json(body)),
        body={**body, "group_by": "article", "sort": sort},
    )


def failures_call() -> ApiCall[tuple[Failure, ...]]:
    """Ask what could not be read."""
    from rag.schemas.report import FailureListModel

    def decode(body: bytes) -> tuple[Failure, ...]:
        return tuple(map(decode_failure, FailureListModel.model_validate_json(body).failures))

    return ApiCall("GET", "/failures", decode)


def check_call(draft: str, *, figures: bool) -> ApiCall[DraftReport]:
    """Ask whether the archive has what a draft quotes and counts."""
    from rag.schemas.draft import DraftReportWithTextsModel

    def decode(body: bytes) -> DraftReport:
        return decode_draft_report(DraftReportWithTextsModel.model_validate_json(body), draft)

    return ApiCall("POST", "/check", decode, body={"text": draft, "figures": figures, "texts": True})


def status_call() -> ApiCall[Status]:
    """Ask what the archive contains."""
    from rag.schemas.status import StatusModel

    return ApiCall("GET", "/status", lambda body: decode_status(StatusModel.model_validate_json(body)))


def verify_call(citations: Iterable[Citation]) -> ApiCall[tuple[Any, ...]]:
    """Ask whether the files of citations still say so."""
    quotations = [
        {
            "article_id": citation.article.id,
            "start": citation.start,
            "end": citation.end,
            "quote": citation.quote,
            "sha256": citation.article.sha256,
            "path": citation.article.path,
        }
        for citation in citations
    ]
    if not quotations:
        raise QuestionError("There is nothing to verify: give at least one citation.")

    def decode(body: bytes) -> tuple[Any, ...]:
        from rag.schemas.verification import VerdictListModel
        from rag.verification import Verification

        names = Verification.__dataclass_fields__
        verdicts = VerdictListModel.model_validate_json(body).verdicts
        return tuple(Verification(**{name: getattr(verdict, name) for name in names}) for verdict in verdicts)

    return ApiCall("POST", "/verify", decode, body={"citations": quotations})
