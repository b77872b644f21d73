"""Where in a text file the words of an article stand, for whoever opens the file to check a quotation."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from rag.errors import LoadError
from rag.loading.common.encodings import decode
from rag.loading.common.file_types import HEAD_BYTES, kind_of
from rag.loading.common.files import read_file
from rag.types import Article, Span

_LINE_BY_LINE = ("text", "markdown")
_ARTICLE = re.compile(r"#article \d+$")


def source_lines(article: Article, spans: Sequence[Span]) -> list[Span | None]:
    """Return the first and the last line, from 1, on which spans of an article's text stand in its file.

    None for what is not certain: a file of another kind than plain text and Markdown, one that has changed or gone,
    words that the file has more often than the article, or letters that were repaired.
    """
    unknown: list[Span | None] = [None] * len(spans)
    # of an export, the article is a part
    path = Path(_ARTICLE.sub("", article.path))
    try:
        raw = read_file(path)
        if kind_of(path.name, raw[:HEAD_BYTES]) not in _LINE_BY_LINE:
            return unknown
        written = decode(raw)
    except LoadError:
        # the file is gone, or has other bytes now
        return unknown
    if hashlib.sha256(raw).hexdigest() != article.sha256:
        return unknown
    ends = [at for at, one in enumerate(written) if one == "\n"]
    places = spans_in_file(written, article.text, spans)
    return [place and (bisect_left(ends, place[0]) + 1, bisect_left(ends, place[1] - 1) + 1) for place in places]


def spans_in_file(written: str, text: str, spans: Sequence[Span]) -> list[Span | None]:
    """Return the places at which spans of a text stand in the file's own characters, told by their letters and digits.

    White space, signs and the way in which accents are written may differ. None where it is not certain.
    """
    theirs, at = _letters(written)
    ours, of = _letters(text)
    found: list[Span | None] = []
    for start, end in spans:
        first, last = bisect_left(of, start), bisect_left(of, end)
        piece = ours[first:last]
        known, here = _occurrences(piece, theirs), _occurrences(piece, ours)
        certain = piece and len(known) == len(here)
        place = known[here.index(first)] if certain else 0
        found.append((at[place], at[place + len(piece) - 1] + 1) if certain else None)
    return found


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text without accents, and the place of each."""
    found = [
        (letter, at)
        for at, character in enumerate(text)
        for letter in unicodedata.normalize("NFD", character)
        if letter.isalnum()
    ]
    return "".join(letter for letter, _ in found), [at for _, at in found]


def _occurrences(piece: str, text: str) -> list[int]:
    places: list[int] = []
    at = text.find(piece) if piece else -1
    while at >= 0:
        places.append(at)
        at = text.find(piece, at + 1)
    return places
