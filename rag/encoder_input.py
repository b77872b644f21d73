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
    if title is None or title in _top(article):
        return passage.text
    return f"{title[:_TITLE_CHARACTERS]}\n{passage.text}"


def _top(article: Article) -> str:
    """Return the first of the article's own words, in one line, as the title is; what is set aside is in no passage."""
    found = ""
    for part in article.parts():
        if part.kind == "article":
            found += f" {article.text[part.start : min(part.end, part.start + _TOP)]}"
        if len(found) >= _TOP:
            break
    return " ".join(found[:_TOP].split())
