"""Relevance feedback: the route that stores which passages were marked right or wrong, and what is stored."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, StrictBool, StrictInt, StrictStr

from rag.archive import Archive
from rag.errors import FundstelleError, NotFound, QuestionError
from rag.evaluation.session import EvaluationSession
from rag.search.query import checked_question
from rag.types import Citation, Span, passage_at
from ui.routes.exact_article import exact_article
from ui.routes.fragments import error_reply


class PassageRequest(BaseModel):
    """A passage of an answer, and the sentence marked in it."""

    article: StrictStr
    start: StrictInt
    end: StrictInt
    sentence: tuple[StrictInt, StrictInt] | None = None


class FeedbackRequest(PassageRequest):
    """What a click sends: a question, a passage of its answer, and whether it answers."""

    question: StrictStr
    answers: StrictBool | None = None


def add_feedback_route(app: FastAPI, archive: Archive) -> None:
    """Add the route that stores feedback; what is stored comes from the archive, and nothing from the request."""

    @app.post("/mark", response_class=PlainTextResponse, include_in_schema=False)
    def mark(request: Request, feedback: FeedbackRequest) -> PlainTextResponse:
        try:
            question, citation = checked_question(feedback.question), citation_of(archive, feedback)
            EvaluationSession(archive).feedback.mark(question, citation, answers=feedback.answers)
        except (NotFound, QuestionError, ValueError) as error:
            return PlainTextResponse(str(error), 400)
        except FundstelleError as error:
            return error_reply(error, request, archive)
        return PlainTextResponse("", 200)


def citation_of(archive: Archive, requested: PassageRequest) -> Citation:
    """Return the passage of the archive that a request names.

    Raises:
        NotFound: there is no such article.
        ValueError: the article has no such span, or the sentence is outside the passage.
    """
    article = exact_article(archive, requested.article.encode(errors="replace").decode())
    passage = passage_at(article, requested.start, requested.end)
    sentences: tuple[Span, ...] = (requested.sentence,) if requested.sentence else ()
    if any(not passage.start <= start < end <= passage.end for start, end in sentences):
        raise ValueError("The sentence is outside the passage.")
    return Citation(1, article, passage.id, passage.start, passage.end, passage.text, sentences, (), (), 0.0, {})


def feedback_on(archive: Archive, question: str, citations: Sequence[Citation]) -> dict[str, bool]:
    """Return the stored feedback on the passages of an answer, by passage id."""
    return {
        citation.passage_id: mark.answers
        for mark in EvaluationSession(archive).feedback.passages(question)
        for citation in citations
        if mark.article == citation.article.id and citation.start <= mark.start < mark.end <= citation.end
    }
