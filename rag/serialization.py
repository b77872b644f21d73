"""Answers, articles and counts as JSON: stable, documented in docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rag.text.similarity import Version
from rag.types import Answer, Article, Citation, Passage, Span, Status


def article_json(article: Article) -> dict[str, Any]:
    """The metadata of an article, without its text."""
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "published": _iso(article.published),
        "language": article.language,
        "url": article.url,
        "path": article.path,
        "sha256": article.sha256,
        "place": article.place,
        "origins": dict(article.origins),
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer with its citations; offsets are code points into the article's text."""
    return {
        "question": answer.question,
        "language": answer.language,
        "answerable": answer.answerable,
        "confidence": round(answer.confidence, 4),
        "reason": answer.reason,
        "absent_times": list(answer.absent_times),
        "took_ms": dict(answer.took_ms),
        "citations": [_citation_json(citation) for citation in answer.citations],
        "index_again": answer.index_again,
    }


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "marker": citation.marker,
        "score": round(citation.score, 4),
        "signals": {name: round(value, 4) for name, value in citation.signals.items()},
        "article": article_json(citation.article),
        "passage_id": citation.passage_id,
        "start": citation.start,
        "end": citation.end,
        "page": citation.page,
        "kind": citation.kind,
        "language": citation.language,
        "quote": citation.quote,
        "highlights": [list(span) for span in citation.highlights],
        "matches": [list(span) for span in citation.matches],
        "also": [article_json(article) for article in citation.also],
        "file_missing": citation.file_missing,
    }


def shown_json(article: Article, passages: Sequence[Passage], lines: Sequence[Span | None]) -> dict[str, Any]:
    """A whole article with its text and the places of its passages, in the text and by the lines of the file."""
    places = [
        {"passage_id": passage.id, "start": passage.start, "end": passage.end, "lines": of_passage and list(of_passage)}
        for passage, of_passage in zip(passages, lines, strict=True)
    ]
    asides = [{"start": one.start, "end": one.end, "kind": one.kind} for one in article.asides]
    pages = list(article.pages)
    return {**article_json(article), "text": article.text, "passages": places, "asides": asides, "pages": pages}


def related_json(doubles: Sequence[Article], versions: Sequence[Version]) -> dict[str, Any]:
    """The articles of the same text as one, and those that share much of it."""
    return {
        "doubles": [article_json(one) for one in doubles],
        "versions": [{**article_json(one.article), "shared": round(one.shared, 4)} for one in versions],
    }


def status_json(status: Status) -> dict[str, Any]:
    """What an archive holds."""
    return {
        "folder": status.folder,
        "articles": status.articles,
        "doubles": status.doubles,
        "passages": status.passages,
        "languages": dict(status.languages),
        "sources": dict(status.sources),
        "oldest": _iso(status.oldest),
        "newest": _iso(status.newest),
        "encoder": status.encoder,
        "fingerprint": status.fingerprint,
        "revision": status.revision,
        "recall": status.recall,
        "bytes_on_disk": dict(status.bytes_on_disk),
        "self_test": dict(status.self_test) if status.self_test else None,
        "index_again": status.index_again,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
