"""Methods of both clients: questions, drafts, quotations, and how the archive is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.client.calls import ApiCall
from rag.errors import QuestionError
from rag.search.arguments import Day, FilterArguments, Names, check_question
from rag.storage.filter_json import filter_values
from rag.types import Answer, Citation, DraftReport, Failure, Filter, ResultList, Sort, Status
from rag.types.decoding import decode_answer, decode_draft_report, decode_failure, decode_results, decode_status

if TYPE_CHECKING:
    from rag.verification import Verification


def ask_call(
    question: str,
    k: int = 5,
    *,
    since: Day = None,
    until: Day = None,
    source: Names = (),
    language: Names = (),
    author: Names = (),
    path: Names = (),
    include: Names = (),
    fast: bool = False,
    filter: Filter | None = None,
) -> ApiCall[Answer]:
    """Return the k passages that answer a question best; see `Archive.ask`."""
    from rag.schemas.answer import AnswerWithTextsModel

    check_question(question, k)
    wanted = FilterArguments(since, until, source, language, author, path, include).to_filter(filter)
    return ApiCall(
        "POST",
        "/ask",
        lambda body: decode_answer(AnswerWithTextsModel.model_validate_json(body)),
        body={"question": question, "k": k, "filters": filter_values(wanted), "fast": fast, "texts": True},
        is_read=True,
    )


def search_call(
    question: str, *, filter: Filter | None = None, sort: Sort = "relevance", limit: int = 20, fast: bool = False
) -> ApiCall[ResultList]:
    """Return the articles that a question finds; see `Archive.search`."""
    from rag.schemas.results import ResultListWithTextsModel

    check_question(question, limit, name="limit")
    filters = filter_values(FilterArguments().to_filter(filter))
    body = {"question": question, "k": limit, "filters": filters, "fast": fast, "texts": True}
    return ApiCall(
        "POST",
        "/ask",
        lambda body: decode_results(ResultListWithTextsModel.model_validate_json(body)),
        body={**body, "group_by": "article", "sort": sort},
        is_read=True,
    )


def failures_call() -> ApiCall[tuple[Failure, ...]]:
    """Return what could not be read when its folder or file was indexed last."""
    from rag.schemas.report import FailureListModel

    def decode(body: bytes) -> tuple[Failure, ...]:
        return tuple(map(decode_failure, FailureListModel.model_validate_json(body).failures))

    return ApiCall("GET", "/failures", decode)


def status_call() -> ApiCall[Status]:
    """Return what the archive contains; its folder is that of the server's computer."""
    from rag.schemas.status import StatusModel

    return ApiCall("GET", "/status", lambda body: decode_status(StatusModel.model_validate_json(body)))


def verify_call(*citations: Citation) -> ApiCall[tuple[Verification, ...]]:
    """Return for each citation whether its file still says so; see `rag.verification.verify_quote`."""
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
    return ApiCall("POST", "/verify", decode_verdicts, body={"citations": quotations}, is_read=True)


def decode_verdicts(body: bytes) -> tuple[Verification, ...]:
    """Return the verdicts on quotations."""
    from rag.schemas.verification import VerdictListModel
    from rag.verification import Verification

    names = Verification.__dataclass_fields__
    verdicts = VerdictListModel.model_validate_json(body).verdicts
    return tuple(Verification(**{name: getattr(verdict, name) for name in names}) for verdict in verdicts)


def verify_quotes_call(text: str, *, figures: bool = True) -> ApiCall[DraftReport]:
    """Return whether the archive has what a draft quotes and counts; see `Archive.verify_quotes`."""
    from rag.schemas.draft import DraftReportWithTextsModel

    def decode(body: bytes) -> DraftReport:
        return decode_draft_report(DraftReportWithTextsModel.model_validate_json(body), text)

    return ApiCall("POST", "/check", decode, body={"text": text, "figures": figures, "texts": True}, is_read=True)
