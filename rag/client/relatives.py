"""From JSON back to the articles that one is like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.types import Article, Passage
from rag.types.decoding import decode_article

if TYPE_CHECKING:
    from rag.schemas.relatives import DuplicateListModel, SimilarListModel, VersionListModel
    from rag.search.similar import SimilarArticle
    from rag.text.similarity import Version


def decode_duplicates(model: DuplicateListModel) -> tuple[Article, ...]:
    """Return the other articles with the same text."""
    return tuple(decode_article(article, model.texts) for article in model.articles)


def decode_versions(model: VersionListModel) -> tuple[Version, ...]:
    """Return the articles that share much of a text."""
    from rag.text.similarity import Version

    return tuple(Version(decode_article(version, model.texts), version.shared) for version in model.articles)


def decode_similar(model: SimilarListModel) -> tuple[SimilarArticle, ...]:
    """Return the articles about the same matter."""
    from rag.search.similar import SimilarArticle

    return tuple(
        SimilarArticle(
            decode_article(row.article, model.texts),
            Passage(row.article.id, row.start, row.end, row.text, row.kind, row.language),
            row.cosine,
        )
        for row in model.articles
    )
