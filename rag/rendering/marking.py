"""A text as HTML with some spans of it marked."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence

from rag.types import Span


def marked(
    text: str,
    offset: int,
    spans: Iterable[Span],
    words: Iterable[Span] = (),
    opening: Sequence[str] = ("<mark>",),
    *,
    escape: Callable[[str], str] = html.escape,
) -> str:
    """Return escaped text with <mark> around spans and <b> around words, both as offsets in the article.

    Spans may overlap, touch or stick out: they are joined and trimmed. A word that crosses the edge of a mark becomes
    two <b>, one on either side. The n-th mark begins with the n-th opening tag, or with the last tag if there are
    fewer.

    >>> marked("ein <Satz>", 10, [(14, 20)])
    'ein <mark>&lt;Satz&gt;</mark>'

    Args:
        offset: the offset of the text in its article.
        escape: makes HTML of plain text.
    """
    bold = list(words)

    def with_words(piece: str, begin: int) -> str:
        return _wrapped(piece, begin, bold, opening=("<b>",), closing="</b>", inner=lambda plain, _: escape(plain))

    return _wrapped(text, offset, spans, opening=opening, closing="</mark>", inner=with_words)


def _wrapped(
    text: str,
    offset: int,
    spans: Iterable[Span],
    *,
    opening: Sequence[str],
    closing: str,
    inner: Callable[[str, int], str],
) -> str:
    """Return the text with tags around spans; `inner` makes HTML of each piece, given its offset in the article."""
    parts: list[str] = []
    position = 0
    for number, (start, end) in enumerate(joined_spans(text, offset, spans)):
        tag = opening[min(number, len(opening) - 1)]
        parts += inner(text[position:start], offset + position), tag, inner(text[start:end], offset + start), closing
        position = end
    return "".join(parts) + inner(text[position:], offset + position)


def joined_spans(text: str, offset: int, spans: Iterable[Span]) -> list[Span]:
    """Return the spans as offsets in the text: sorted, trimmed to it, joined where they touch."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        start, end = max(first - offset, 0), min(last - offset, len(text))
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
