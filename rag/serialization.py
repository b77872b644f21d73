"""Articles with their text, passages and relatives as JSON: stable, documented in docs/json.md.

Answers, citations, metadata and status have a method `to_dict` of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.text.similarity import Version
from rag.types import Article, Passage, Span


def article_json(article: Article, passages: Sequence[Passage], lines: Sequence[Span | None]) -> dict[str, Any]:
    """Return an article with its text and passages.

    Args:
        lines: first and last line of each passage in the file, None where the file has no lines.
    """
    return {
        **article.to_dict(),
        "text": article.text,
        "passages": [
            {"passage_id": passage.id, "start": passage.start, "end": passage.end, "lines": span and list(span)}
            for passage, span in zip(passages, lines, strict=True)
        ],
        "asides": [{"start": aside.start, "end": aside.end, "kind": aside.kind} for aside in article.asides],
        "pages": list(article.pages),
    }


def related_json(duplicates: Sequence[Article], versions: Sequence[Version]) -> dict[str, Any]:
    """Return the articles with the same text as another, and those that share much of it."""
    return {
        "doubles": [article.to_dict() for article in duplicates],
        "versions": [{**version.article.to_dict(), "shared": round(version.shared, 4)} for version in versions],
    }
