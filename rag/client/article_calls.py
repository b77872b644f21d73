"""What a client asks about articles. Pure functions on values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from rag.client.calls import ApiCall
from rag.client.relatives import decode_duplicates, decode_similar, decode_versions
from rag.errors import FilterError
from rag.indexing.correction_arguments import fields_taken_back
from rag.search.arguments import Day
from rag.types import (
    CORRECTABLE,
    Article,
    Correction,
    Passage,
)
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
    from rag.schemas.article import ArticleWithTextModel
    from rag.search.similar import SimilarArticle
    from rag.text.similarity import Version

MOST_LISTED = 200
"""The largest page of a list of articles."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageOfArticles:
    """A page of the list of articles, and what asks for the following one; None on the last page."""

    page: LibraryPage
    following: ApiCall[PageOfArticles] | None


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

    return _get_below(article_id, "passages", lambda body: decode_passages(PassageListModel.model_validate_json(body)))


def articles_call(query: LibraryQuery, cursor: str | None = None) -> ApiCall[PageOfArticles]:
    """Ask for a page of the list of articles, the first one without a cursor."""
    from rag.schemas.library import ArticlePageModel

    def decode(body: bytes) -> PageOfArticles:
        model = ArticlePageModel.model_validate_json(body)
        return PageOfArticles(decode_library_page(model), articles_call(query, model.next) if model.next else None)

    parameters = [
        *_list_parameters(query),
        ("sort", query.sort),
        ("order", "descending" if query.descending else "ascending"),
        ("limit", str(query.size)),
    ]
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


def long_pages(query: LibraryQuery | None, limit: int | None) -> LibraryQuery:
    """Return a query for all articles that another one asks for, up to a limit, in as few pages as may be."""
    return replace(query or LibraryQuery(), page=1, size=min(MOST_LISTED, limit or MOST_LISTED))


def ids_of_originals(rows: Iterable[LibraryRow]) -> list[str]:
    """Return the ids of all articles but duplicates, ordered by path."""
    return [row.id for row in sorted(rows, key=lambda row: row.path) if row.same_as is None]


def row_call(article_id: str) -> ApiCall[LibraryRow]:
    """Ask for an article as it is listed."""
    from rag.schemas.library import LibraryRowModel

    return _get_below(article_id, "row", lambda body: decode_library_row(LibraryRowModel.model_validate_json(body)))


def counts_call(query: LibraryQuery) -> ApiCall[LibraryCounts]:
    """Ask how many of the articles that a query asks for there are by month, outlet, author and language."""
    from rag.schemas.library import ArticlePageModel

    def decode(body: bytes) -> LibraryCounts:
        facets = ArticlePageModel.model_validate_json(body).facets
        if facets is None:
            raise ValueError("The counts are missing.")
        return decode_library_counts(facets)

    return ApiCall("GET", "/articles", decode, [*_list_parameters(query), ("limit", "1"), ("facets", "true")])


def duplicates_call(article_id: str) -> ApiCall[tuple[Article, ...]]:
    """Ask for the other articles with the same text."""
    from rag.schemas.relatives import DuplicateListModel

    def decode(body: bytes) -> tuple[Article, ...]:
        return decode_duplicates(DuplicateListModel.model_validate_json(body))

    return _get_below(article_id, "duplicates", decode, [("texts", "true")])


def versions_call(article_id: str) -> ApiCall[tuple[Version, ...]]:
    """Ask for the articles that share much of the text of one."""
    from rag.schemas.relatives import VersionListModel

    def decode(body: bytes) -> tuple[Version, ...]:
        return decode_versions(VersionListModel.model_validate_json(body))

    return _get_below(article_id, "versions", decode, [("texts", "true")])


def similar_call(article_id: str, k: int) -> ApiCall[tuple[SimilarArticle, ...]]:
    """Ask for the articles about the same matter."""
    from rag.schemas.relatives import SimilarListModel

    def decode(body: bytes) -> tuple[SimilarArticle, ...]:
        return decode_similar(SimilarListModel.model_validate_json(body))

    return _get_below(article_id, "similar", decode, [("k", str(k)), ("texts", "true")])


def corrections_call(article_id: str) -> ApiCall[tuple[Correction, ...]]:
    """Ask for the corrections of an article."""
    from rag.schemas.article import CorrectionListModel

    def decode(body: bytes) -> tuple[Correction, ...]:
        corrections = CorrectionListModel.model_validate_json(body).corrections
        return tuple(decode_correction(correction, article_id) for correction in corrections)

    return _get_below(article_id, "corrections", decode)


def correction_call(article_id: str, facts: Mapping[str, str | None], by: str = "") -> ApiCall[str]:
    """Set facts of an article right, or take back their correction where they are None; the reply is the id."""
    from rag.schemas.article import CorrectedArticleModel

    path = f"/articles/{quote(article_id, safe='')}"
    return ApiCall(
        "PATCH", path, lambda body: CorrectedArticleModel.model_validate_json(body).id, body={**facts, "by": by}
    )


def correction_facts(
    title: str | None, source: str | None, author: str | None, published: Day, take_back: Iterable[str]
) -> dict[str, str | None]:
    """Return the facts of which something is said; None for those that are taken back.

    Raises:
        CorrectionError: a fact is corrected and taken back at once, or cannot be corrected.
    """
    day = published if published is None or isinstance(published, str) else published.isoformat()
    facts = {"title": title, "source": source, "author": author, "published": day}
    stated = {name: value for name, value in facts.items() if value is not None}
    return stated | dict.fromkeys(fields_taken_back(stated, take_back))


def taken_back(fields: Sequence[str]) -> dict[str, str | None]:
    """Return the facts of a call that takes back corrections: all of them if none is named."""
    return dict.fromkeys(fields or CORRECTABLE)


def _get_below(
    article_id: str, name: str, decode: Callable[[bytes], T], parameters: Sequence[tuple[str, str]] = ()
) -> ApiCall[T]:
    return ApiCall("GET", f"/articles/{quote(article_id, safe='')}/{name}", decode, parameters)
