"""The routes of articles: the list of all, each of them, its corrections, its removal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rag.access.door import visitor_of
from rag.api.cursors import CursorScope
from rag.api.replies import UNCHANGED, cacheable_reply, json_reply
from rag.archive import Archive
from rag.article_view import view_article
from rag.schemas.article import ArticleWithTextModel, CorrectedArticleModel, CorrectionListModel, RemovedArticlesModel
from rag.schemas.library import ArticlePageModel, LibraryRowModel
from rag.schemas.requests import ArticleListRequest, ArticleSelectionRequest, FactsRequest
from rag.search.filters import make_filter
from rag.types import CORRECTABLE
from rag.types.library import LibraryQuery


def add_article_routes(router: APIRouter, archive: Archive) -> None:
    """Add the routes below /articles."""

    @router.get("/articles", tags=["articles"], response_model=ArticlePageModel, responses=UNCHANGED)
    def list_articles(request: Request, parameters: Annotated[ArticleListRequest, Query()]) -> Response:
        """List all articles, page by page, those that came in last first.

        The `next` of a page is the `cursor` of the following one, with the same parameters, as long as the archive does
        not change.
        """
        query = replace(query_of(parameters), size=parameters.limit)
        scope = CursorScope(repr(query), str(archive._store.changes.state))
        page_number = scope.page(parameters.cursor)
        page = archive.library(replace(query, page=page_number))
        values: dict[str, object] = {
            "articles": page.rows,
            "total": page.total,
            "next": scope.cursor(page_number + 1) if page.has_next else None,
        }
        if parameters.facets:
            values["facets"] = archive.library_counts(query)
        return cacheable_reply(ArticlePageModel.of(values), request)

    @router.get("/articles/lookup", tags=["articles"], response_model=ArticleWithTextModel, responses=UNCHANGED)
    def look_up_article(request: Request, reference: Annotated[str, Query(max_length=10_000)]) -> Response:
        """Return the article with an id, path, title or URL, or a unique part of one."""
        return cacheable_reply(view_article(archive, archive.article(reference).id).to_model(), request)

    @router.get("/articles/{article_id}", tags=["articles"], response_model=ArticleWithTextModel, responses=UNCHANGED)
    def get_article(request: Request, article_id: str) -> Response:
        """Return an article with its text, its passages, and the articles that are like it."""
        # the lines of passages are those of the file as it is
        return cacheable_reply(view_article(archive, article_id).to_model(), request)

    @router.patch("/articles/{article_id}", tags=["articles"], response_model=CorrectedArticleModel)
    def correct_article(request: Request, article_id: str, body: FactsRequest) -> Response:
        """Set right what was read wrongly from the file of an article; the file is not touched.

        An empty text says that a fact is unknown, `null` takes a correction back, a fact that is not named stays. Where
        one has to sign in, `by` is the name of the account, whatever is sent.
        """
        named = [field for field in CORRECTABLE if field in body.model_fields_set]
        values = {field: value for field in named if (value := getattr(body, field)) is not None}
        taken_back = [field for field in named if field not in values]
        article = archive.correct(article_id, **values, by=visitor_of(request).name or body.by, take_back=taken_back)
        corrections = [correction.to_dict() for correction in archive.corrections(article_id)]
        return json_reply(CorrectedArticleModel.of(article.to_dict() | {"corrections": corrections}))

    @router.get(
        "/articles/{article_id}/corrections", tags=["articles"], response_model=CorrectionListModel, responses=UNCHANGED
    )
    def list_corrections(request: Request, article_id: str) -> Response:
        """Return the corrections of an article, each with what its file says."""
        return cacheable_reply(CorrectionListModel.of({"corrections": archive.corrections(article_id)}), request)

    @router.get("/articles/{article_id}/row", tags=["articles"], response_model=LibraryRowModel, responses=UNCHANGED)
    def get_row(request: Request, article_id: str) -> Response:
        """Return an article as it is listed: with its state and its file, without its text."""
        return cacheable_reply(LibraryRowModel.of(archive.library_row(article_id)), request)

    @router.delete("/articles/{article_id}", tags=["articles"], response_model=RemovedArticlesModel)
    def remove_article(article_id: str, *, with_file: bool = False) -> Response:
        """Remove an article from the archive; its file is not touched, and comes back when it is indexed again.

        Articles are removed by the file that they came from. If that holds others, `with_file=true` removes them, too.
        """
        file = archive.file_of(article_id).as_posix()
        count = archive.articles_in(file)
        if count > 1 and not with_file:
            others = f"{count - 1} other {'article' if count == 2 else 'articles'}"
            raise HTTPException(409, f"Its file has {others}: remove all of them with ?with_file=true.")
        return json_reply(RemovedArticlesModel.of({"articles": archive.forget(Path(file))}))


def query_of(parameters: ArticleSelectionRequest) -> LibraryQuery:
    """Return the query for the articles that a program means.

    Raises:
        FilterError: a value cannot be used.
    """
    filter = make_filter(
        parameters.since,
        parameters.until,
        sources=parameters.source,
        authors=parameters.author,
        languages=parameters.language,
        paths=parameters.path,
        include=parameters.include,
    )
    descending = parameters.order == "descending"
    return LibraryQuery(parameters.search, filter, parameters.state, parameters.sort, descending=descending)
