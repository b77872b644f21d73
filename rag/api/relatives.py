"""The routes of what an article is like: its duplicates, its other versions, articles about the same matter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from rag.api.replies import UNCHANGED, cacheable_reply
from rag.archive import Archive
from rag.schemas.relatives import DuplicateListModel, SimilarListModel, VersionListModel
from rag.types import Article

TextsParameter = Annotated[bool, Query(description="Add the texts of the articles.")]
CountParameter = Annotated[int, Query(ge=1, le=100, description="The largest number of articles.")]


def add_relative_routes(router: APIRouter, archive: Archive) -> None:
    """Add /duplicates, /versions and /similar below the address of an article."""

    @router.get(
        "/articles/{article_id}/duplicates", tags=["articles"], response_model=DuplicateListModel, responses=UNCHANGED
    )
    def list_duplicates(request: Request, article_id: str, *, texts: TextsParameter = False) -> Response:
        """Return the other articles with the same text."""
        duplicates = archive.duplicates(article_id)
        values = {"articles": duplicates} | _texts(duplicates, wanted=texts)
        return cacheable_reply(DuplicateListModel.of(values), request)

    @router.get(
        "/articles/{article_id}/versions", tags=["articles"], response_model=VersionListModel, responses=UNCHANGED
    )
    def list_versions(request: Request, article_id: str, *, texts: TextsParameter = False) -> Response:
        """Return the articles that share half of the text of an article or more, the most similar first."""
        versions = archive.versions(article_id)
        rows = [{**version.article.to_dict(), "shared": version.shared} for version in versions]
        values = {"articles": rows} | _texts((version.article for version in versions), wanted=texts)
        return cacheable_reply(VersionListModel.of(values), request)

    @router.get(
        "/articles/{article_id}/similar", tags=["articles"], response_model=SimilarListModel, responses=UNCHANGED
    )
    def list_similar(
        request: Request, article_id: str, k: CountParameter = 5, *, texts: TextsParameter = False
    ) -> Response:
        """Return the articles that are nearest to one in what they are about, in any language, nearest first."""
        similar = archive.similar(article_id, k)
        rows = [
            {
                "article": row.article,
                "cosine": row.cosine,
                "passage_id": row.passage.id,
                **{name: getattr(row.passage, name) for name in ("start", "end", "text", "kind", "language")},
            }
            for row in similar
        ]
        values = {"articles": rows} | _texts((row.article for row in similar), wanted=texts)
        return cacheable_reply(SimilarListModel.of(values), request)


def _texts(articles: Iterable[Article], *, wanted: bool) -> dict[str, Any]:
    return {"texts": {article.id: article for article in articles}} if wanted else {}
