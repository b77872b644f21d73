"""What the encoder reads for a passage."""

from __future__ import annotations

from rag.types import Article, Passage

_TITLE_CHARACTERS = 200
_TOP = 500


def encoder_input(article: Article, passage: Passage) -> str:
    """Return what the encoder reads for a passage: the article's title as context, then the passage.

    The title is not part of the passage and of no offset. One that was read off the text's own first lines
    is not said twice: it may be wrong, and would then mislead every passage.
    """
    title = article.title
    if title is None or article.origins.get("title") == "headline" or title in article.text[:_TOP]:
        return passage.text
    return f"{title[:_TITLE_CHARACTERS]}\n{passage.text}"
