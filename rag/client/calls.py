"""What a client asks of a server, and what it makes of the reply. Pure functions on values."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote

from rag.errors import FilterError, QuestionError
from rag.search.arguments import Day
from rag.storage.filter_json import filter_values
from rag.types import CORRECTABLE, Answer, Article, Citation, Filter, Passage, ResultList, Sort, Status
from rag.types.decoding import (
    decode_answer,
    decode_article,
    decode_library_counts,
    decode_library_page,
    decode_passages,
    decode_results,
    decode_status,
)
from rag.types.library import LibraryCounts, LibraryPage, LibraryQuery, LibraryRow

if TYPE_CHECKING:
    from rag.schemas.article import ArticleWithTextModel
    from rag.schemas.job import JobModel

T = TypeVar("T")

MOST_LISTED = 200
"""The largest page of a list of articles."""


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

    @property
    def headers(self) -> dict[str, str]:
        """What is sent besides the body."""
        return {"Idempotency-Key": self.key} if self.key else {}

    @property
    def may_repeat(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.method == "GET" or bool(self.key)


@dataclass(frozen=True, slots=True)
class PageOfArticles:
    """A page of the list of articles, and the cursor of the following one."""

    page: LibraryPage
    next: str | None = field(default=None)


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


def article_call(reference: str) -> ApiCall[Article]:
    """Ask for an article by its id, path, title or URL, or a unique part of one."""
    from rag.schemas.article import ArticleWithTextModel

    return ApiCall(
        "GET",
        "/articles/lookup",
        lambda body: decode_article(ArticleWithTextModel.model_validate_json(body)),
        [("reference", reference)],
    )


def view_call(reference: str) -> ApiCall[ArticleWithTextModel]:
    """Ask for an article with its passages and its relatives."""
    from rag.schemas.article import ArticleWithTextModel

    parameters = [("reference", reference)]
    return ApiCall("GET", "/articles/lookup", ArticleWithTextModel.model_validate_json, parameters)


def passages_call(article_id: str) -> ApiCall[tuple[Passage, ...]]:
    """Ask for the passages of an article."""
    from rag.schemas.article import PassageListModel

    path = f"/articles/{quote(article_id, safe='')}/passages"
    return ApiCall("GET", path, lambda body: decode_passages(PassageListModel.model_validate_json(body)))


def articles_call(query: LibraryQuery, cursor: str | None = None) -> ApiCall[PageOfArticles]:
    """Ask for a page of the list of articles.

    Raises:
        FilterError: the query filters by what a server does not list by.
    """
    from rag.schemas.library import ArticlePageModel

    filter = query.filter
    if filter.paths or filter.exact_sources or filter.exact_authors or "article" not in filter.kinds:
        raise FilterError("A server lists articles by day, parts of names and language alone: leave out the others.")
    parameters: list[tuple[str, str]] = [
        ("sort", query.sort),
        ("order", "descending" if query.descending else "ascending"),
        ("limit", str(query.size)),
        *(("source", name) for name in filter.sources),
        *(("author", name) for name in filter.authors),
        *(("language", name) for name in filter.languages),
    ]
    optional = {
        "search": query.search or None,
        "since": str(filter.since) if filter.since else None,
        "until": str(filter.until) if filter.until else None,
        "include": "comments" if "comment" in filter.kinds else None,
        "state": query.state,
        "cursor": cursor,
    }
    parameters += [(name, value) for name, value in optional.items() if value is not None]

    def decode(body: bytes) -> PageOfArticles:
        model = ArticlePageModel.model_validate_json(body)
        return PageOfArticles(decode_library_page(model), model.next)

    return ApiCall("GET", "/articles", decode, parameters)


def ids_of_originals(rows: Iterable[LibraryRow]) -> list[str]:
    """Return the ids of all articles but duplicates, ordered by path."""
    return [row.id for row in sorted(rows, key=lambda row: row.path) if row.same_as is None]


def counts_call() -> ApiCall[LibraryCounts]:
    """Ask how many articles there are by month, outlet, author and language."""
    from rag.schemas.library import ArticlePageModel

    def decode(body: bytes) -> LibraryCounts:
        facets = ArticlePageModel.model_validate_json(body).facets
        if facets is None:
            raise ValueError("The counts are missing.")
        return decode_library_counts(facets)

    return ApiCall("GET", "/articles", decode, [("limit", "1"), ("facets", "true")])


def status_call() -> ApiCall[Status]:
    """Ask what the archive contains."""
    from rag.schemas.status import StatusModel

    return ApiCall("GET", "/status", lambda body: decode_status(StatusModel.model_validate_json(body)))


def correction_call(article_id: str, facts: Mapping[str, str | None], by: str = "") -> ApiCall[str]:
    """Set facts of an article right, or take back their correction where they are None; the reply is the id."""
    from rag.schemas.article import CorrectedArticleModel

    path = f"/articles/{quote(article_id, safe='')}"
    return ApiCall(
        "PATCH", path, lambda body: CorrectedArticleModel.model_validate_json(body).id, body={**facts, "by": by}
    )


def correction_facts(
    title: str | None, source: str | None, author: str | None, published: Day
) -> dict[str, str | None]:
    """Return the facts of which something is said."""
    day = published if published is None or isinstance(published, str) else published.isoformat()
    facts = {"title": title, "source": source, "author": author, "published": day}
    return {name: value for name, value in facts.items() if value is not None}


def taken_back(fields: Sequence[str]) -> dict[str, str | None]:
    """Return the facts of a call that takes back corrections: all of them if none is named."""
    return dict.fromkeys(fields or CORRECTABLE)


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


def run_call(name: str) -> ApiCall[bytes]:
    """Ask for a stored run, with the results of each question."""
    return ApiCall("GET", f"/runs/{quote(name, safe='')}/export", bytes)


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


def _new_key() -> str:
    return secrets.token_hex(16)
