"""Methods of both clients: articles, the list of all of them, and their corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar
from urllib.parse import quote

from rag.client.calls import ApiCall, Steps, Stream, no_value
from rag.client.relatives import decode_duplicates, decode_similar, decode_versions
from rag.client.replies import view_of
from rag.errors import FilterError
from rag.indexing.correction_arguments import fields_taken_back
from rag.search.arguments import Day
from rag.types import CORRECTABLE, Article, Correction, Passage
from rag.types.decoding import (
    decode_article,
    decode_correction,
    decode_library_counts,
    decode_library_page,
    decode_library_row,
    decode_passages,
)
from rag.types.library import LibraryCounts, LibraryPage, LibraryQuery, LibraryRow

if TYPE_CHECKING:
    from rag.article_view import ArticleView
    from rag.exporting.export import TableFormat
    from rag.exporting.tables import Subject
    from rag.schemas.article import ArticleWithTextModel
    from rag.search.similar import SimilarArticle
    from rag.text.similarity import Version

MOST_LISTED = 200
"""The largest page of a list of articles."""

T = TypeVar("T")


def article_call(reference: str) -> ApiCall[Article]:
    """Return the article with an id, path, title or URL, or a unique part of one."""
    return _look_up(reference, decode_article)


def article_with_passages_call(reference: str) -> Steps[tuple[Article, tuple[Passage, ...]]]:
    """Return an article, as `article` does, with its passages."""
    named = yield article_call(reference)
    return named, (yield passages_call(named.id))


def view_article_call(reference: str) -> Steps[ArticleView]:
    """Return an article as it is shown: its text, its passages with their lines, its duplicates and versions."""
    model = yield _look_up(reference, lambda model: model)
    return view_of(model, (yield passages_call(model.id)))


def passages_call(article_id: str) -> ApiCall[tuple[Passage, ...]]:
    """Return the passages of an article in their order."""
    from rag.schemas.article import PassageListModel

    return _get_below(article_id, "passages", lambda body: decode_passages(PassageListModel.model_validate_json(body)))


def duplicates_call(article_id: str) -> ApiCall[tuple[Article, ...]]:
    """Return the other articles with the same text."""
    from rag.schemas.relatives import DuplicateListModel

    def decode(body: bytes) -> tuple[Article, ...]:
        return decode_duplicates(DuplicateListModel.model_validate_json(body))

    return _get_below(article_id, "duplicates", decode, [("texts", "true")])


def versions_call(article_id: str) -> ApiCall[tuple[Version, ...]]:
    """Return the near-duplicates of an article, most similar first."""
    from rag.schemas.relatives import VersionListModel

    def decode(body: bytes) -> tuple[Version, ...]:
        return decode_versions(VersionListModel.model_validate_json(body))

    return _get_below(article_id, "versions", decode, [("texts", "true")])


def similar_call(article_id: str, k: int = 5) -> ApiCall[tuple[SimilarArticle, ...]]:
    """Return the k articles that are nearest to one in what they are about; see `Archive.similar`."""
    from rag.schemas.relatives import SimilarListModel

    def decode(body: bytes) -> tuple[SimilarArticle, ...]:
        return decode_similar(SimilarListModel.model_validate_json(body))

    return _get_below(article_id, "similar", decode, [("k", str(k)), ("texts", "true")])


def file_of_call(article_id: str) -> Steps[Path]:
    """Return the file of the server's computer that an article came from."""
    row = yield library_row_call(article_id)
    return Path(row.file)


def articles_call() -> Stream[Article]:
    """Yield all articles without duplicates, ordered by path; each is asked for when it is needed."""
    rows: list[LibraryRow] = []
    following: ApiCall[_Page] | None = _page(_long_pages(None, None))
    while following is not None:
        listed = yield following
        rows += listed.page.rows
        following = listed.following
    for row in sorted(rows, key=lambda row: row.path):
        if row.same_as is None:
            yield ((yield article_call(row.id)),)


def library_call(query: LibraryQuery | None = None) -> Steps[LibraryPage]:
    """Return a page of all articles; those before it are asked for, too: for all of them, use `library_rows`."""
    query = query or LibraryQuery()
    listed = yield _page(query)
    for _ in range(query.page - 1):
        if listed.following is None:
            return LibraryPage((), listed.page.total, has_next=False)
        listed = yield listed.following
    page: LibraryPage = listed.page
    return page


def library_rows_call(query: LibraryQuery | None = None, limit: int | None = None) -> Stream[LibraryRow]:
    """Yield all articles as `library` lists them, one after the other; see `Archive.library_rows`.

    Raises:
        FundstelleError: the archive changes meanwhile.
    """
    following: ApiCall[_Page] | None = _page(_long_pages(query, limit))
    while following is not None and limit != 0:
        listed = yield following
        rows = listed.page.rows[:limit]
        yield rows
        limit = None if limit is None else limit - len(rows)
        following = listed.following


def library_row_call(article_id: str) -> ApiCall[LibraryRow]:
    """Return one article as the library lists it."""
    from rag.schemas.library import LibraryRowModel

    return _get_below(article_id, "row", lambda body: decode_library_row(LibraryRowModel.model_validate_json(body)))


def library_counts_call(query: LibraryQuery | None = None) -> ApiCall[LibraryCounts]:
    """Return how many articles there are by month, outlet, author and language; see `Archive.library_counts`."""
    from rag.schemas.library import ArticlePageModel

    def decode(body: bytes) -> LibraryCounts:
        facets = ArticlePageModel.model_validate_json(body).facets
        if facets is None:
            raise ValueError("The counts are missing.")
        return decode_library_counts(facets)

    parameters = [*_list_parameters(query or LibraryQuery()), ("limit", "1"), ("facets", "true")]
    return ApiCall("GET", "/articles", decode, parameters)


def export_table_call(
    file: IO[bytes], format: TableFormat, subject: Subject, *, query: LibraryQuery | None = None
) -> ApiCall[None]:
    """Write the articles that a query asks for, or their passages or vectors; see `rag.exporting.export.export_table`.

    Raises:
        ServerUnreachable: the connection broke; what was written is not whole.
    """
    query = query or LibraryQuery(descending=False)
    parameters = [*_list_parameters(query), *_order_parameters(query), ("format", format), ("what", subject)]
    return ApiCall("GET", "/export", no_value, parameters, sink=file)


def corrections_call(article_id: str) -> ApiCall[tuple[Correction, ...]]:
    """Return the corrections of an article, each with what its file says."""
    from rag.schemas.article import CorrectionListModel

    def decode(body: bytes) -> tuple[Correction, ...]:
        corrections = CorrectionListModel.model_validate_json(body).corrections
        return tuple(decode_correction(correction, article_id) for correction in corrections)

    return _get_below(article_id, "corrections", decode)


def correct_call(
    article_id: str,
    *,
    title: str | None = None,
    source: str | None = None,
    author: str | None = None,
    published: Day = None,
    by: str = "",
    take_back: Iterable[str] = (),
) -> Steps[Article]:
    """Set right what was read wrongly from the file of an article, and return it; see `Archive.correct`."""
    day = published if published is None or isinstance(published, str) else published.isoformat()
    facts = {"title": title, "source": source, "author": author, "published": day}
    stated = {name: value for name, value in facts.items() if value is not None}
    return _corrected(article_id, stated | dict.fromkeys(fields_taken_back(stated, take_back)), by)


def take_back_correction_call(article_id: str, *fields: str) -> Steps[Article]:
    """Give an article the facts of its file again, and return it; see `Archive.take_back_correction`."""
    return _corrected(article_id, dict.fromkeys(fields or CORRECTABLE))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the list of articles, and what asks for the following one; None on the last page."""

    page: LibraryPage
    following: ApiCall[_Page] | None


def _page(query: LibraryQuery, cursor: str | None = None) -> ApiCall[_Page]:
    """Ask for a page of the list, the first one without a cursor."""
    from rag.schemas.library import ArticlePageModel

    def decode(body: bytes) -> _Page:
        model = ArticlePageModel.model_validate_json(body)
        return _Page(decode_library_page(model), _page(query, model.next) if model.next else None)

    parameters = [*_list_parameters(query), *_order_parameters(query), ("limit", str(query.size))]
    return ApiCall("GET", "/articles", decode, [*parameters, ("cursor", cursor)] if cursor else parameters)


def _list_parameters(query: LibraryQuery) -> list[tuple[str, str]]:
    """Return the parameters that say which articles a query asks for.

    Raises:
        FilterError: it filters by what a server does not list by.
    """
    filter = query.filter
    if filter.exact_sources or filter.exact_authors or "article" not in filter.kinds:
        raise FilterError("A server lists articles by parts of names: leave out exact names, and comments alone.")
    parameters = [
        *(("source", name) for name in filter.sources),
        *(("author", name) for name in filter.authors),
        *(("language", name) for name in filter.languages),
        *(("path", part) for part in filter.paths),
    ]
    optional = {
        "search": query.search,
        "since": str(filter.since or ""),
        "until": str(filter.until or ""),
        "include": "comments" if "comment" in filter.kinds else "",
        "state": query.state or "",
    }
    return parameters + [(name, value) for name, value in optional.items() if value]


def _order_parameters(query: LibraryQuery) -> list[tuple[str, str]]:
    """Return the parameters that say in which order."""
    return [("sort", query.sort), ("order", "descending" if query.descending else "ascending")]


def _long_pages(query: LibraryQuery | None, limit: int | None) -> LibraryQuery:
    """Return a query for all articles that another one asks for, up to a limit, in as few pages as may be."""
    return replace(query or LibraryQuery(), page=1, size=min(MOST_LISTED, limit or MOST_LISTED))


def _look_up(reference: str, value_of: Callable[[ArticleWithTextModel], T]) -> ApiCall[T]:
    """Ask for an article by its id, path, title or URL, or a unique part of one."""
    from rag.schemas.article import ArticleWithTextModel

    def decode(body: bytes) -> T:
        return value_of(ArticleWithTextModel.model_validate_json(body))

    return ApiCall("GET", "/articles/lookup", decode, [("reference", reference)])


def _corrected(article_id: str, facts: Mapping[str, str | None], by: str = "") -> Steps[Article]:
    """Set facts right, or take back their correction where they are None, and ask for the article."""
    from rag.schemas.article import CorrectedArticleModel

    path = f"/articles/{quote(article_id, safe='')}"
    yield ApiCall("PATCH", path, CorrectedArticleModel.model_validate_json, body={**facts, "by": by})
    corrected: Article = yield article_call(article_id)
    return corrected


def _get_below(
    article_id: str, name: str, decode: Callable[[bytes], T], parameters: Sequence[tuple[str, str]] = ()
) -> ApiCall[T]:
    return ApiCall("GET", f"/articles/{quote(article_id, safe='')}/{name}", decode, parameters)
