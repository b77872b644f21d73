"""Answers, articles and counts as JSON: stable, documented in docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.text.similarity import Version
from rag.types import Answer, Article, Passage, Span


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer with its citations; offsets are code points into the article's text."""
    return answer.to_dict()


def shown_json(article: Article, passages: Sequence[Passage], lines: Sequence[Span | None]) -> dict[str, Any]:
    """A whole article with its text and the places of its passages, in the text and by the lines of the file."""
    places = [
        {"passage_id": passage.id, "start": passage.start, "end": passage.end, "lines": of_passage and list(of_passage)}
        for passage, of_passage in zip(passages, lines, strict=True)
    ]
    asides = [{"start": one.start, "end": one.end, "kind": one.kind} for one in article.asides]
    pages = list(article.pages)
    return {**article.to_dict(), "text": article.text, "passages": places, "asides": asides, "pages": pages}


def related_json(doubles: Sequence[Article], versions: Sequence[Version]) -> dict[str, Any]:
    """The articles of the same text as one, and those that share much of it."""
    return {
        "doubles": [one.to_dict() for one in doubles],
        "versions": [{**one.article.to_dict(), "shared": round(one.shared, 4)} for one in versions],
    }
