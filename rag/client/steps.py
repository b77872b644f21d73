"""What takes several requests, each of which follows from the reply before: written once for both clients.

A client sends what such a function yields, and gives it what the reply says.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from rag.client import article_calls
from rag.client.calls import ApiCall
from rag.client.replies import view_of
from rag.types import Article, Passage
from rag.types.library import LibraryPage, LibraryQuery

if TYPE_CHECKING:
    from rag.article_view import ArticleView

T = TypeVar("T")
Steps = Generator[ApiCall[Any], Any, T]


def article_with_passages(reference: str) -> Steps[tuple[Article, tuple[Passage, ...]]]:
    """Ask for an article, and for its passages."""
    article = yield article_calls.article_call(reference)
    passages = yield article_calls.passages_call(article.id)
    return article, passages


def shown_article(reference: str) -> Steps[ArticleView]:
    """Ask for an article with its relatives, and for its passages."""
    model = yield article_calls.view_call(reference)
    passages = yield article_calls.passages_call(model.id)
    return view_of(model, passages)


def library_page(query: LibraryQuery) -> Steps[LibraryPage]:
    """Ask for a page of the list, and for those before it."""
    listed = yield article_calls.articles_call(query)
    for _ in range(query.page - 1):
        if listed.following is None:
            return LibraryPage((), listed.page.total, has_next=False)
        listed = yield listed.following
    page: LibraryPage = listed.page
    return page


def corrected_article(article_id: str, facts: Mapping[str, str | None], by: str = "") -> Steps[Article]:
    """Correct an article, and ask for it."""
    yield article_calls.correction_call(article_id, facts, by)
    article: Article = yield article_calls.article_call(article_id)
    return article
