"""What the encoder reads for a passage, and for a question."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from rag.types import Article, Passage

_TITLE_CHARACTERS = 200
_TOP = 500
# what nobody sees parts words for the tokenizer, which takes most of it for white space: soft hyphens, spaces without
# width, marks of direction and of byte order, and what makes Arabic words longer on the line. Joiners are spelling in
# Persian and Indian scripts
_UNSEEN = re.compile(
    "[\u00ad\u061c\u0640\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
    "|(?<=[A-Za-z\u00c0-\u052f])[\u200c\u200d]"
)


def encoder_input(article: Article, passage: Passage) -> str:
    """Return what the encoder reads for a passage: the article's title as context, then the passage.

    The title is not part of the passage and of no offset. One that was read off the text's own first lines
    is not said twice: it may be wrong, and would then mislead every passage.
    """
    return legible(context_of(article) + passage.text)


def context_of(article: Article) -> str:
    """Return what the encoder reads before each passage of an article."""
    title = article.title
    return "" if title is None or title in _top(article) else f"{title[:_TITLE_CHARACTERS]}\n"


def legible(text: str) -> str:
    """Return a text without what nobody sees in it."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def legible_offsets(text: str) -> NDArray[np.int32]:
    """Return the place in a text of each character of its legible form."""
    unseen = [place for found in _UNSEEN.finditer(text) for place in range(*found.span())]
    return np.delete(np.arange(len(text), dtype=np.int32), unseen)


def _top(article: Article) -> str:
    """Return the first of the article's own words, in one line, as the title is; what is set aside is in no passage."""
    found = ""
    for part in article.parts():
        if part.kind == "article":
            found += f" {article.text[part.start : min(part.end, part.start + _TOP)]}"
        if len(found) >= _TOP:
            break
    return " ".join(found[:_TOP].split())
