"""A citation as plain values: the metadata of a document, the row of a table."""

from __future__ import annotations

from typing import Any

from rag.types import Answer, Citation
from rag.types.article import iso_day


def citation_facts(answer: Answer, citation: Citation) -> dict[str, Any]:
    """Return what is needed to cite and to verify a quotation, as plain values without nesting.

    `start` and `end` are code points of the article's text, `sha256` identifies its file, `answerable` says whether the
    archive answers the question at all. Unknown facts are None.
    """
    article = citation.article
    return {
        "marker": citation.marker,
        "score": round(citation.score, 4),
        "answerable": answer.answerable,
        "confidence": round(answer.confidence, 4),
        "sentence": citation.sentence,
        "article_id": article.id,
        "passage_id": citation.passage_id,
        "start": citation.start,
        "end": citation.end,
        "page": citation.page,
        "kind": citation.kind,
        "language": citation.language,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "published": iso_day(article.published),
        "url": article.url,
        "path": article.path,
        "sha256": article.sha256,
    }
