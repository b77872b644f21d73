"""The route of questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from rag.access.audit import note
from rag.api.replies import json_reply
from rag.archive import Archive
from rag.schemas.answer import AnswerListModel, AnswerWithTextsModel
from rag.schemas.requests import AskRequest, FiltersModel
from rag.schemas.results import ResultListWithTextsModel
from rag.search.filters import make_filter
from rag.server.problems import sentence_for_programs
from rag.types import SIGNALS, Citation, Filter

Explained = TypeVar("Explained", AnswerWithTextsModel, ResultListWithTextsModel)
Reply = AnswerWithTextsModel | AnswerListModel | ResultListWithTextsModel


def add_ask_route(router: APIRouter, archive: Archive, on_questions: Callable[[int], None] = lambda _: None) -> None:
    """Add the route /ask.

    Args:
        on_questions: called with the number of questions of each request.
    """

    @router.post("/ask", tags=["ask"], response_model=Reply)
    def ask(request: Request, body: AskRequest) -> Response:
        """Answer a question with passages, best first, or several; or list the articles that a question finds."""
        note(request, question="\n".join(body.questions or [body.question or ""]))
        filter = filter_of(body.filters)
        request.state.questions = len(body.questions or [body.question])
        on_questions(request.state.questions)
        unasked = set() if body.texts else {"texts"}
        if body.questions is not None:
            answers = [_answer(archive, question, body, filter) for question in body.questions]
            excluded: Any = {"answers": {"__all__": unasked}}
            return json_reply(AnswerListModel.model_construct({"answers"}, answers=tuple(answers)), exclude=excluded)
        question = body.question or ""
        if body.group_by is None:
            return json_reply(_answer(archive, question, body, filter), exclude=unasked)
        results = archive.search(question, filter=filter, sort=body.sort, limit=body.k, fast=body.fast)
        model = _worded(ResultListWithTextsModel.of(results), body)
        return json_reply(_explained(model, results.answer.citations) if body.explain else model, exclude=unasked)


def filter_of(filters: FiltersModel) -> Filter:
    """Return the filter that a program asks for.

    Raises:
        FilterError: a value cannot be used.
    """
    values = filters.model_dump()
    return make_filter(values.pop("since"), values.pop("until"), **values)


def _answer(archive: Archive, question: str, body: AskRequest, filter: Filter) -> AnswerWithTextsModel:
    answer = archive.ask(question, body.k, filter=filter, fast=body.fast)
    model = _worded(AnswerWithTextsModel.of(answer), body)
    return _explained(model, answer.citations) if body.explain else model


def _worded(model: Explained, body: AskRequest) -> Explained:
    """Return an answer or results whose reason names requests, not commands.

    A program that asks for the texts, too, works with it as if it had the archive, and gets the archive's words.
    """
    return model if body.texts else model.model_copy(update={"reason": sentence_for_programs(model.reason)})


def _explained(model: Explained, citations: Iterable[Citation]) -> Explained:
    """Return an answer or results with an explanation of each citation."""
    explanation = [
        {
            "marker": citation.marker,
            "words": list(dict.fromkeys(citation.article.text[start:end] for start, end in citation.matches)),
            "signals": {name: SIGNALS.get(name, "") for name in citation.signals},
        }
        for citation in citations
    ]
    return model.of(model.model_dump(by_alias=True, exclude_unset=True) | {"explanation": explanation})
