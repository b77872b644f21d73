"""The route of answers: a question and its filters in the address → articles as a fragment of the page."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import cast, get_args

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from rag.access.audit import note
from rag.archive import Archive
from rag.errors import FundstelleError, TooManyQuestions
from rag.evaluation.session import EvaluationSession
from rag.search.filters import make_filter
from rag.types import Citation, Filter, ResultList, Sort
from rag.workspace.dossiers import Dossiers
from rag.workspace.history import History
from rag.workspace.saved_questions import SavedQuestions
from rag.workspace.settings import Settings
from ui.html.answer import answer_html
from ui.html.card import CardContext
from ui.routes.feedback import feedback_on
from ui.routes.fragments import fragment
from ui.routes.request_settings import settings_of
from ui.wording.texts import Texts

_log = logging.getLogger(__name__)

_MAX_LIMIT = 1000
DEFAULT_SETTINGS = Settings()


def add_answer_route(app: FastAPI, archive: Archive) -> None:
    """Add the route /answer, which takes the question as `q`, and filters by the names of the page's address."""

    @app.get("/answer", response_class=HTMLResponse, include_in_schema=False)
    def answer_route(request: Request) -> HTMLResponse:
        query, settings = request.query_params, settings_of(request)
        tasks = BackgroundTasks()

        note(request, question=request.query_params.get("q", ""))

        def markup(texts: Texts) -> str:
            filter, sort, limit = filter_in(query, settings), sort_in(query), limit_in(query, settings)
            listing = archive.search(query.get("q", ""), filter=filter, sort=sort, limit=limit, fast=settings.fast)
            tasks.add_task(_note, archive, listing, filter)
            answer = listing.answer
            context = CardContext(
                question=answer.question,
                texts=texts,
                feedback=feedback_on(archive, answer.question, answer.citations),
                saved=Dossiers(archive).quoted([span for each in answer.citations for span in _quotable(each)]),
                is_question_saved=SavedQuestions(archive).is_saved(answer.question, filter),
                unanswerable=EvaluationSession(archive).feedback.is_unanswerable(answer.question),
                archive=archive.folder,
            )
            return answer_html(listing, context, filter, sort, limit=limit, step=settings.passages)

        response = fragment(request, archive, markup)
        response.background = tasks
        return response


def refused_question(error: TooManyQuestions, request: Request, archive: Archive) -> HTMLResponse:
    """Return the notice in place of an answer for which somebody would wait too long."""

    def refuse(_: Texts) -> str:
        raise error

    return fragment(request, archive, refuse)


def _quotable(citation: Citation) -> list[tuple[str, int, int]]:
    """Return what a dossier may quote of a citation: the passage, and its marked sentences."""
    spans = [(citation.start, citation.end), *citation.highlights]
    return [(citation.article.id, *span) for span in spans]


def _note(archive: Archive, listing: ResultList, filter: Filter) -> None:
    """Note a question in the history, after its answer was sent."""
    answer = listing.answer
    try:
        count = sum(result.likely for result in listing.results)
        History(archive).note(answer.question, filter, outcome=answer.outcome, results=count)
    except FundstelleError as error:
        # the question is answered all the same; a read-only archive has no history
        _log.warning("The question is missing in the history. %s", error)


def filter_in(query: QueryParams, settings: Settings = DEFAULT_SETTINGS) -> Filter:
    """Return the filter in an address: `since`, `until`, `source`, `language`, `author`, `kind`; all but days repeat.

    Without a kind, the settings say whether reader comments are searched.

    Raises:
        FilterError: a day, a language or a kind cannot be read.
    """
    return make_filter(
        query.get("since") or None,
        query.get("until") or None,
        languages=query.getlist("language"),
        kinds=query.getlist("kind"),
        include=("comments",) if settings.comments else (),
        exact_sources=query.getlist("source"),
        exact_authors=query.getlist("author"),
    )


def sort_in(query: QueryParams) -> Sort:
    """Return the order in an address; an unknown one is that by relevance."""
    sort = query.get("sort")
    return cast(Sort, sort) if sort in get_args(Sort) else "relevance"


def limit_in(query: QueryParams, settings: Settings) -> int:
    """Return the number of citations in an address, in bounds; one that cannot be read is that of the settings."""
    limit = settings.passages
    with suppress(ValueError):
        limit = int(query.get("limit", ""))
    return min(max(limit, 1), _MAX_LIMIT)
