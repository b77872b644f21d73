"""Hits → an answer with citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.confidence import EMPTY, FOUND, NOT_FOUND, THRESHOLD, confidence
from rag.errors import EmptyQuestion, LongQuestion, QuestionError
from rag.types import Answer, Citation, Hit

MAX_QUESTION = 1000


def checked_question(question: str) -> str:
    """Return the question without white space around it.

    Raises:
        EmptyQuestion, LongQuestion: it has no word, or more than `MAX_QUESTION` characters.
        QuestionError: it is no valid text.
    """
    question = " ".join(question.split())
    try:
        question.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QuestionError("The question holds bytes that are no text: type it anew.") from error
    if not any(character.isalnum() for character in question):
        raise EmptyQuestion("The question is empty: type what you want to know.")
    if len(question) > MAX_QUESTION:
        raise LongQuestion(
            f"The question has {len(question)} characters: ask in {MAX_QUESTION} or fewer, one thing at a time."
        )
    return question


def compose(question: str, language: str, hits: Sequence[Hit], took_ms: Mapping[str, float]) -> Answer:
    """Return the answer that cites the hits in their order.

    Raises:
        ValueError: a hit's passage is not the text at its place in its article.
    """
    sure = confidence(hits, language)
    answerable = sure >= THRESHOLD
    reason = FOUND if answerable else NOT_FOUND if hits else EMPTY
    return Answer(question, language, answerable, sure, reason, tuple(_citation(hit) for hit in hits), took_ms)


def _citation(hit: Hit) -> Citation:
    passage, article = hit.passage, hit.article
    if article.text[passage.start : passage.end] != passage.text:
        raise ValueError(f"Passage {passage.id} is not the text at its place.")
    return Citation(
        marker=hit.rank,
        article=article,
        passage_id=passage.id,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        highlights=(),
        matches=(),
        also=(),
        score=hit.score,
        signals=hit.signals,
    )
