"""The route of answers: a question and its filters in the address → articles as a fragment of the page."""

from __future__ import annotations

from contextlib import suppress
from typing import cast, get_args

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from rag.archive import Archive
from rag.search.filters import make_filter
from rag.types import Filter, Sort
from ui.html.answer import answer_html
from ui.html.card import CardContext
from ui.routes.feedback import feedback_on
from ui.routes.fragments import fragment
from ui.wording.texts import Texts

_LIMIT, _MAX_LIMIT = 20, 1000


def add_answer_route(app: FastAPI, archive: Archive) -> None:
    """Add the route /answer, which takes the question as `q`, and filters by the names of the page's address."""

    @app.get("/answer", response_class=HTMLResponse, include_in_schema=False)
    def answer_route(request: Request) -> HTMLResponse:
        query = request.query_params

        def markup(texts: Texts) -> str:
            filter, sort, limit = filter_in(query), sort_in(query), limit_in(query)
            results = archive.search(query.get("q", ""), filter=filter, sort=sort, limit=limit)
            answer = results.answer
            feedback = feedback_on(archive, answer.question, answer.citations)
            context = CardContext(answer.question, texts, feedback, archive.folder)
            return answer_html(results, context, filter, sort, limit)

        return fragment(request, archive, markup)


def filter_in(query: QueryParams) -> Filter:
    """Return the filter in an address: `since`, `until`, `source`, `language`, `author`, `kind`; all but days repeat.

    Raises:
        QuestionError: a day, a language or a kind cannot be read.
    """
    return make_filter(
        query.get("since") or None,
        query.get("until") or None,
        languages=query.getlist("language"),
        kinds=query.getlist("kind"),
        exact_sources=query.getlist("source"),
        exact_authors=query.getlist("author"),
    )


def sort_in(query: QueryParams) -> Sort:
    """Return the order in an address; an unknown one is that by relevance."""
    sort = query.get("sort")
    return cast(Sort, sort) if sort in get_args(Sort) else "relevance"


def limit_in(query: QueryParams) -> int:
    """Return the number of citations in an address, in bounds; one that cannot be read is the usual one."""
    limit = _LIMIT
    with suppress(ValueError):
        limit = int(query.get("limit", ""))
    return min(max(limit, 1), _MAX_LIMIT)
