"""A quotation that stands alone: the words, where they stood, and what is known of their source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rag.types.article import Article, TextKind

# a quotation that begins with fewer words than these may begin elsewhere in the article, too
_FIRST_WORDS = 6
_WORDS_BEFORE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words quoted from an article, with all that is needed to cite and to verify them without the archive.

    Attributes:
        text: the words, verbatim.
        start, end: where they stood in the article's text.
        article_id, path, sha256: the article, its path, and the hash of its file's bytes when it was quoted.
        kind: whether the article itself or a reader comment is quoted.
        language: that of the words, as a BCP-47 tag.
        page: the page on which they begin, from 1.
        before: the words before them in their paragraph, where the article has their first words more than once.
        title, source, author, published, url: what is known of the article; None if it is unknown.
        title_language: that of the article.
    """

    text: str
    start: int
    end: int
    article_id: str
    path: str
    sha256: str
    kind: TextKind = "article"
    language: str = ""
    page: int | None = None
    before: str = ""
    title: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    title_language: str = ""


def quotation_of(article: Article, start: int, end: int, language: str | None = None) -> Quotation:
    """Return the quotation of an article's text at [start, end).

    Args:
        language: that of the words, if it differs from the article's.

    Raises:
        ValueError: the span is empty or lies outside of the text.
    """
    if not 0 <= start < end <= len(article.text):
        raise ValueError(f"Article {article.id} has {len(article.text)} characters; there is no quote {start}-{end}.")
    return Quotation(
        text=article.text[start:end],
        start=start,
        end=end,
        article_id=article.id,
        path=article.path,
        sha256=article.sha256,
        kind=article.kind_at(start),
        language=language or article.language,
        page=article.page_at(start),
        before=_before(article.text, start, end),
        title=article.title,
        source=article.source,
        author=article.author,
        published=article.published,
        url=article.url,
        title_language=article.language,
    )


def _before(text: str, start: int, end: int) -> str:
    """Return the last words before a span, in its paragraph, if its first words do not identify it."""
    first_words = " ".join(text[start:end].split()[:_FIRST_WORDS])
    if " ".join(text.split()).count(first_words) < 2:
        return ""
    paragraph = text[text.rfind("\n", 0, start) + 1 : start]
    return " ".join(paragraph.split()[-_WORDS_BEFORE:])
