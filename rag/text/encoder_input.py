"""What the encoder reads for a passage, and for a question."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from rag.types import Article, Passage

_MAX_TITLE_CHARACTERS = 200
# how many characters at the top of an article are searched for its title
_TOP_CHARACTERS = 500
# invisible characters, most of which split words for the tokenizer: soft hyphens, zero-width spaces, marks of
# direction and of byte order, and tatweel. Joiners are spelling in Persian and Indian scripts
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u0640\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
    "|(?<=[A-Za-z\u00c0-\u052f])[\u200c\u200d]"
)


def encoder_input(article: Article, passage: Passage) -> str:
    """Return what the encoder reads for a passage: the article's title as context, then the passage.

    The title is not part of the passage and of no offset. A title that repeats the first lines of the text is left out:
    it may be wrong, and would then mislead every passage.
    """
    return legible(context_of(article) + passage.text)


def context_of(article: Article) -> str:
    """Return what the encoder reads before each passage of an article."""
    title = article.title
    return "" if title is None or title in _top(article) else f"{title[:_MAX_TITLE_CHARACTERS]}\n"


def legible(text: str) -> str:
    """Return a text without its invisible characters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def legible_offsets(text: str) -> NDArray[np.int32]:
    """Return the offset in a text of each character of its legible form."""
    invisible = [offset for match in _INVISIBLE.finditer(text) for offset in range(*match.span())]
    return np.delete(np.arange(len(text), dtype=np.int32), invisible)


def _top(article: Article) -> str:
    """Return the first of the article's own words, in one line like a title; boilerplate is in no passage."""
    top = ""
    for part in article.parts():
        if part.kind == "article":
            top += f" {article.text[part.start : min(part.end, part.start + _TOP_CHARACTERS)]}"
        if len(top) >= _TOP_CHARACTERS:
            break
    return " ".join(top[:_TOP_CHARACTERS].split())
