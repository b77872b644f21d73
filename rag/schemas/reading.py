"""Parts of long articles as JSON."""

from __future__ import annotations

from rag.schemas.article import ArticleModel
from rag.schemas.base import Count, Offset, Schema


class ArticlePartModel(Schema):
    """A part of the text of an article."""

    article: ArticleModel
    start: Offset
    """In code points into the article's text."""
    end: Count
    """Half open."""
    characters: Count
    """Of the whole text."""
    text: str
    """From start to end."""
    next: Offset | None
    """Where the following part begins; `null` if this is the last one."""
