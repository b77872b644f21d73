"""Where a text stands among the letters of a page that has the same words in other lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

from rag.types import Span

# letters that tell where a part of a text stands; a shorter text has to be there as a whole
_WINDOW = 16
_STEP = 4
# how often a window may occur on a page before the others are not looked at
_MAX_OCCURRENCES = 50


def folded_letters(characters: Iterable[str]) -> tuple[str, list[int]]:
    """Return the letters and digits of a text without case, accents and ligatures, and where each comes from.

    Hyphens, spaces and line breaks are left out, so that a text is the same however it is broken into lines.

    >>> folded_letters("Ein FLuß")
    ('einfluss', [0, 1, 2, 4, 4, 5, 6, 6])
    """
    letters: list[str] = []
    origins: list[int] = []
    for at, character in enumerate(characters):
        for letter in unicodedata.normalize("NFKD", character).casefold():
            if letter.isalnum():
                letters.append(letter)
                origins.append(at)
    return "".join(letters), origins


def matching_spans(text: str, page: str, expected: int = 0) -> list[Span]:
    """Return the spans of a page's letters that have the letters of a text, in the order of the text.

    A page may have other letters in between, such as those of a footnote or of the next column, and lack some.

    Args:
        text: the letters of the text.
        page: the letters of the page.
        expected: where the text begins if the page has nothing else; of equal spans, the nearest counts.
    """
    spans: list[Span] = []
    window = min(_WINDOW, len(text))
    at = first_free = 0
    while window and at + window <= len(text):
        starts = islice(_occurrences(text[at : at + window], page), _MAX_OCCURRENCES)
        candidates = [(start, start + _common_length(text[at:], page[start:])) for start in starts]
        if not candidates:
            at += _STEP
            continue
        start, end = max(candidates, key=lambda span: (span[1] - span[0], -abs(span[0] - expected)))
        at += end - start
        # letters that were stepped over
        skipped = _common_length(text[first_free : at - end + start][::-1], page[:start][::-1])
        spans.append((start - skipped, end))
        first_free, expected = at, end
    return spans


def _common_length(text: str, page: str) -> int:
    length = 0
    for letter, letter_of_page in zip(text, page, strict=False):
        if letter != letter_of_page:
            break
        length += 1
    return length


def _occurrences(words: str, text: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)
