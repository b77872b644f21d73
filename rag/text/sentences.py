"""Where sentences begin and end."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

import sentencex

from rag.text.full_stops import goes_on
from rag.types import Span, primary_language

_ODD_SPACE = re.compile(r"[^\S\n ]")
_GAP = re.compile(r"\n\n+")
_MAX_PARAGRAPH = 20_000
"""The longest paragraph, in characters, that is given to sentencex whole.

Its time is quadratic in the length of a paragraph with many quotation marks or sentences: 200,000 backticks took a
minute.
"""
_UNSURE_PART = 10
"""The sentences of the last tenth of what is given are not used if more text follows."""


def sentence_spans(text: str, language: str) -> list[Span]:
    """Return the spans of the sentences: they follow on each other and together cover the whole text.

    White space belongs to the sentence before it. A full stop within it does not end it: "am 25. März".
    `language` is a BCP-47 tag; its region does not matter. A sentence of more than 20,000 characters is cut at a space,
    or anywhere.
    """
    # sentencex panics at some rare spaces, and drops a paragraph break every ten thousand bytes: it is given plain
    # spaces instead, and its sentences are searched in the text in their order
    plain = _ODD_SPACE.sub(" ", text)
    tag = primary_language(language)
    starts: list[int] = []
    at = 0
    for end, limit in _stretches(plain):
        while at < end:
            stop = min(end, at + limit)
            new = _starts(plain, at, stop, tag)
            if stop < end:
                # the last sentences depend on what follows: the end of a sentence or of a quotation
                sure = bisect_left(new, stop - limit // _UNSURE_PART)
                sure = sure if 0 < sure < len(new) else len(new) - 1
                stop = new[sure] if sure > 0 else _break(plain, at, stop)
                new = new[: max(sure, 1)]
            starts += new
            at = stop
    # the text before the first sentence is white space, and belongs to it
    firsts = [0]
    for start in starts[1:]:
        if start - firsts[-1] > _MAX_PARAGRAPH or not goes_on(plain, firsts[-1], start, tag):
            firsts.append(start)
    return list(zip(firsts, [*firsts[1:], len(text)], strict=True)) if text else []


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ends of long paragraphs and of the text between them, and how much of each is read at once."""
    ends = [0, *(gap.end() for gap in _GAP.finditer(text)), len(text)]
    for start, end in pairwise(ends):
        if end - start > _MAX_PARAGRAPH:
            yield start, len(text)
            yield end, _MAX_PARAGRAPH
    yield len(text), len(text)


def _starts(text: str, start: int, end: int, language: str) -> list[int]:
    """Return where the sentences between two places begin."""
    starts, at = [], start
    for sentence in sentencex.segment(language, text[start:end]):
        words = sentence.strip()
        if not words:
            continue
        begin = text.find(words, at, end)
        if begin < 0 or text[at:begin].strip():
            raise AssertionError("The sentences do not add up to the text.")
        starts.append(begin)
        at = begin + len(words)
    return starts


def _break(text: str, start: int, end: int) -> int:
    """Return where a long stretch without the end of a sentence is cut: after its last space, or at its end."""
    space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    return space + 1 if space > (start + end) // 2 else end
