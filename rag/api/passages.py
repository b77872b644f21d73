"""The routes of passages."""

from __future__ import annotations

import re
from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from rag.api.replies import UNCHANGED, not_modified, revision_tag, tagged_reply
from rag.archive import Archive
from rag.errors import NotFound
from rag.schemas.article import PassageListModel, PassageModel
from rag.types import passage_at

_PASSAGE_ID = re.compile(r"([0-9a-f]{12}):(\d{1,12})-(\d{1,12})", re.ASCII)


def add_passage_routes(router: APIRouter, archive: Archive) -> None:
    """Add the routes of passages."""

    @router.get(
        "/articles/{article_id}/passages", tags=["articles"], response_model=PassageListModel, responses=UNCHANGED
    )
    def list_passages(request: Request, article_id: str) -> Response:
        """Return the passages of an article in their order; a duplicate has none of its own."""
        tag = revision_tag(archive)
        article, passages = archive._store.article_with_passages(article_id)
        reply = not_modified(request, tag)
        rows = [{**asdict(passage), "passage_id": passage.id} for passage in passages]
        return reply or tagged_reply(PassageListModel.of({"article": article, "passages": rows}), tag)

    @router.get("/passages/{passage_id}", tags=["articles"], response_model=PassageModel, responses=UNCHANGED)
    def get_passage(request: Request, passage_id: str) -> Response:
        """Return the words at the place that a citation's `passage_id` names: an article, a start and an end."""
        tag = revision_tag(archive)
        match = _PASSAGE_ID.fullmatch(passage_id)
        if match is None:
            raise NotFound(f"There is no passage {passage_id!r}: an id is that of an article, a start and an end.")
        article, passages = archive._store.article_with_passages(match[1])
        language = next((passage.language for passage in passages if passage.id == passage_id), None)
        try:
            passage = passage_at(article, int(match[2]), int(match[3]), language)
        except ValueError as error:
            raise NotFound(str(error)) from error
        values = {**asdict(passage), "passage_id": passage.id, "page": article.page_at(passage.start)}
        return not_modified(request, tag) or tagged_reply(PassageModel.of(values | {"article": article}), tag)
