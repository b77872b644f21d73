"""The headings within a text, found by how its lines are set: loaders keep the line of a heading, not its rank."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import Article, Span

# in characters; longer lines without a full stop are mostly captions
_MAX_HEADING = 90
# a line of at least this many characters that ends a sentence is running text, which a heading must have on either side
_MIN_PROSE = 80
_LINE = re.compile(r"[^\n]+")
_CLOSING = "\"'”“’‘»«›‹)]"
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "।", "۔")
# items of lists and dialogue, picture credits and crumbs of navigation, dates, two sentences
_NO_HEADING = re.compile(r"[-–—•*·>+]|.*[/|@_]|[\d.\s]+\w*\s*\d{4}$|.*[^\W\d_]{3,}[.!?]\s")


def heading_spans(article: Article) -> list[Span]:
    """Return the spans of the headings within the article's own words, in order.

    A heading is a short line without a full stop, set off from running text before and after it. Lines with the name
    of the author or the outlet are not headings, nor is the headline where the text repeats it.
    """
    names = [name.casefold() for name in (article.author, article.source, article.title) if name]
    spans: list[Span] = []
    for part in article.parts():
        if part.kind == "article":
            text = article.text[part.start : part.end]
            spans += [(part.start + start, part.start + end) for start, end in _headings_in(text, names)]
    return spans


def _headings_in(text: str, names: Sequence[str]) -> list[Span]:
    lines = [(match.start(), match.end()) for match in _LINE.finditer(text) if not match[0].isspace()]
    spans: list[Span] = []
    has_prose = False
    for number, (start, end) in enumerate(lines[:-1]):
        line = text[start:end].strip()
        if has_prose and _is_heading(line, names) and _is_prose(text, lines[number + 1]):
            first = start + text[start:end].index(line)
            spans.append((first, first + len(line)))
        has_prose = has_prose or _is_prose(text, (start, end))
    return spans


def _is_heading(line: str, names: Sequence[str]) -> bool:
    if not 1 < len(line) <= _MAX_HEADING or _NO_HEADING.match(line):
        return False
    folded = line.casefold()
    end = line.rstrip(_CLOSING)[-1:]
    return (end.isalnum() or end in "?!？！؟%") and not any(name in folded for name in names)


def _is_prose(text: str, span: Span) -> bool:
    start, end = span
    # a huge line is not copied to look at its end
    ending = text[max(start, end - 40) : end].rstrip().rstrip(_CLOSING)
    return end - start >= _MIN_PROSE and ending.endswith(_SENTENCE_ENDS)
