"""Passages marked right or wrong while asking: the route that stores it, and what was stored."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, StrictBool, StrictInt, StrictStr

from rag.archive import Archive
from rag.errors import FundstelleError, NotFound, QuestionError
from rag.evaluation.session import EvaluationSession
from rag.search.query import checked_question
from rag.types import Citation, Span, passage_at


class Mark(BaseModel):
    """What a click sends: a place that was shown for a question, the sentence marked in it, and what is said of it."""

    question: StrictStr
    article: StrictStr
    start: StrictInt
    end: StrictInt
    sentence: tuple[StrictInt, StrictInt] | None = None
    answers: StrictBool | None = None


def add_marking(app: FastAPI, archive: Archive) -> None:
    """Add the route that stores a mark; what is stored comes from the archive, and nothing from the request."""

    @app.post("/mark", response_class=PlainTextResponse, include_in_schema=False)
    def mark(said: Mark) -> PlainTextResponse:
        try:
            question, citation = checked_question(said.question), citation_of(archive, said)
            EvaluationSession(archive).feedback.mark(question, citation, answers=said.answers)
        except (NotFound, QuestionError, ValueError) as refusal:
            return PlainTextResponse(str(refusal), 400)
        except FundstelleError as refusal:
            return PlainTextResponse(str(refusal), 503)
        return PlainTextResponse("", 200)


def citation_of(archive: Archive, said: Mark) -> Citation:
    """Return the place in the archive that a request means.

    Raises:
        NotFound: there is no such article.
        ValueError: the article has no such place, or the sentence lies outside of it.
    """
    article = archive.article(said.article.encode(errors="replace").decode())
    if article.id != said.article:
        # the archive also finds articles by a part of their title
        raise NotFound(f"There is no article {said.article!r} in this archive.")
    passage = passage_at(article, said.start, said.end)
    sentences: tuple[Span, ...] = (said.sentence,) if said.sentence else ()
    if any(not passage.start <= start < end <= passage.end for start, end in sentences):
        raise ValueError("The sentence lies outside of the passage.")
    return Citation(1, article, passage.id, passage.start, passage.end, passage.text, sentences, (), (), 0.0, {})


def said_of(archive: Archive, question: str, citations: Sequence[Citation]) -> dict[str, bool]:
    """Return what was said of passages for a question."""
    return {
        citation.passage_id: one.answers
        for one in EvaluationSession(archive).feedback.passages(question)
        for citation in citations
        if one.article == citation.article.id and citation.start <= one.start < one.end <= citation.end
    }
