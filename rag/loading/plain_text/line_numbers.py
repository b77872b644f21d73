"""Line numbers of quotations in the source file of an article, for readers who check them."""

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

_LINE_KINDS = ("text", "markdown")
_ARTICLE_SUFFIX = re.compile(r"#article \d+$")


def source_lines(article: Article, spans: Sequence[Span]) -> list[Span | None]:
    """Return the first and last line numbers, from 1, of spans of an article's text in its file.

    None where they are uncertain: the file is neither plain text nor Markdown, has changed or is gone, contains the
    words more often than the article does, or had its mojibake repaired.
    """
    unknown: list[Span | None] = [None] * len(spans)
    # an article of an export is part of a file
    path = Path(_ARTICLE_SUFFIX.sub("", article.path))
    try:
        raw = read_file(path)
        if kind_of(path.name, raw[:HEAD_BYTES]) not in _LINE_KINDS:
            return unknown
        file_text = decode(raw)
    except LoadError:
        # the file is gone or has changed
        return unknown
    if hashlib.sha256(raw).hexdigest() != article.sha256:
        return unknown
    line_ends = [offset for offset, character in enumerate(file_text) if character == "\n"]
    file_spans = spans_in_file(file_text, article.text, spans)
    return [
        span and (bisect_left(line_ends, span[0]) + 1, bisect_left(line_ends, span[1] - 1) + 1) for span in file_spans
    ]


def spans_in_file(file_text: str, text: str, spans: Sequence[Span]) -> list[Span | None]:
    """Return the spans of the file's text that correspond to spans of an article's text, by their letters and digits.

    White space, punctuation and the encoding of accents may differ. None where the correspondence is uncertain.
    """
    file_letters, file_offsets = _letters(file_text)
    article_letters, article_offsets = _letters(text)
    file_spans: list[Span | None] = []
    for start, end in spans:
        first, last = bisect_left(article_offsets, start), bisect_left(article_offsets, end)
        letters = article_letters[first:last]
        in_file, in_article = _occurrences(letters, file_letters), _occurrences(letters, article_letters)
        if not letters or len(in_file) != len(in_article):
            file_spans.append(None)
            continue
        file_first = in_file[in_article.index(first)]
        file_spans.append((file_offsets[file_first], file_offsets[file_first + len(letters) - 1] + 1))
    return file_spans


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text without accents, and the offset of each."""
    letters = [
        (letter, offset)
        for offset, character in enumerate(text)
        for letter in unicodedata.normalize("NFD", character)
        if letter.isalnum()
    ]
    return "".join(letter for letter, _ in letters), [offset for _, offset in letters]


def _occurrences(letters: str, text: str) -> list[int]:
    offsets: list[int] = []
    offset = text.find(letters) if letters else -1
    while offset >= 0:
        offsets.append(offset)
        offset = text.find(letters, offset + 1)
    return offsets
