"""A citation as plain text to paste. Pure functions."""

from __future__ import annotations

from rag.types import Citation
from ui.html.markup import location, web_address
from ui.wording.page import long_date
from ui.wording.texts import Texts

_HASH_DIGITS = 16  # of the 64 of a SHA-256


def citation_text(citation: Citation, texts: Texts) -> str:
    """Return the citation as plain text to paste: the quote, who published it and when, and where to check it."""
    article = citation.article
    # the reader wrote a comment, not the author of the article above it
    author = texts.reader_comment if citation.kind == "comment" else article.author
    title = ": ".join(part for part in (author, article.label) if part)
    date = long_date(article.published, texts) if article.published else ""
    published = ", ".join(part for part in (article.source, date) if part)
    source = f"{web_address(article) or article.path}, {location(article, (citation.start, citation.end), texts)}"
    sentences = (title, published, source, f"SHA-256 {article.sha256[:_HASH_DIGITS]}")
    opening, closing = texts.quotes
    details = " ".join(_with_full_stop(part) for part in sentences if part).removesuffix(".")
    return f"{opening}{citation.quote}{closing} — {details}"


def _with_full_stop(sentence: str) -> str:
    """Return the sentence with a full stop, unless it ends with a mark of its own."""
    return sentence if sentence.endswith((".", "!", "?", "…", "。", "！", "？", "؟")) else f"{sentence}."
