"""The article that a request names by its id."""

from __future__ import annotations

from rag.archive import Archive
from rag.errors import NotFound
from rag.types import Article


def exact_article(archive: Archive, article_id: str) -> Article:
    """Return the article with an id; a citation must never open another one.

    Raises:
        NotFound: there is none. The archive also knows articles by a part of their title, and these do not count.
    """
    article = archive.article(article_id)
    if article.id != article_id:
        raise NotFound(f"There is no article {article_id!r} in this archive.")
    return article
