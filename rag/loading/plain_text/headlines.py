"""The headline of a plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.loading.common.date_cues import is_copy_notice
from rag.loading.common.date_lines import dates_in
from rag.loading.common.draft import Block
from rag.loading.plain_text.cues import CUES

_MAX_HEADLINE_CHARACTERS, _MIN_HEADLINE_WORDS = 150, 3
_MIN_PARAGRAPH_CHARACTERS = 120
# above the text of an article that is not a web page there are at most three lines: headline, date, author
_MAX_SHORT_HEADER_LINES = 3
# the headline is at most ten lines above the article; of lines of at least 45 characters the first one counts
_MAX_LINES_ABOVE_ARTICLE, _FULL_LINE_CHARACTERS = 10, 45
_NON_HEADLINE_CUES = ("related", "consent", "form", "rights", "picture", "author", "comments", "reply")
_TRAILING_DATE = re.compile(r"(?<!\s)\s+(?:Stand|Veröffentlicht|Aktualisiert|Published|Updated|Publié)\b:?.{0,10}\d.*$")
_LIST_MARKER = re.compile(r"[*+•#]|\d+[.)]\s")


def find_headline(blocks: Sequence[Block]) -> str | None:
    """Return the headline of a text in blocks.

    It is the first line, if that reads like one. In a page saved as text it is somewhere above the article: the first
    full line there that is not a label, a date or an author. If only a few lines precede the article, a short one may
    be the headline.
    """
    if not blocks or blocks[0].kind == "article":
        return first_line_headline("".join(block.text for block in blocks))
    lines = [(line.strip(), block.kind) for block in blocks for line in block.text.splitlines() if line.strip()]
    article_lines = [number for number, (_, kind) in enumerate(lines) if kind == "article"]
    paragraphs = [number for number in article_lines if len(lines[number][0]) >= _MIN_PARAGRAPH_CHARACTERS]
    article_start = next(iter([*paragraphs, *article_lines]), 0)
    nearest = lines[max(0, article_start - _MAX_LINES_ABOVE_ARTICLE) : article_start]
    lines_above = [_TRAILING_DATE.sub("", line) for line, _ in nearest]
    candidates = filter(_may_be_headline, lines_above)
    full_line = max(candidates, key=lambda line: min(len(line), _FULL_LINE_CHARACTERS), default=None)
    if full_line or article_start > _MAX_SHORT_HEADER_LINES:
        return full_line
    return next((line for line in lines_above if _may_be_headline(line, least_words=1)), None)


def with_headline(blocks: Sequence[Block], title: str | None) -> tuple[Block, ...]:
    """Return the blocks with the headline as part of the article, where it was classified as a label, as in capitals.

    In a page saved as text it stays where it is, in the boilerplate around the article.
    """
    header_lines: list[Block] = []
    for number, block in enumerate(blocks):
        if block.kind == "article":
            break
        lines = block.text.splitlines(keepends=True)
        header_lines += [Block(line, block.kind, block.page) for line in lines]
        if sum(bool(line.text.strip()) for line in header_lines) > _MAX_SHORT_HEADER_LINES:
            break
        starts = (at for at, line in enumerate(header_lines) if title and line.text.strip().startswith(title))
        start = next(starts, None)
        if start is not None:
            # empty lines belong to the line before them
            ends = (at for at in range(start + 1, len(header_lines)) if header_lines[at].text.strip())
            end = next(ends, len(header_lines))
            headline_lines = [replace(line, kind="article") for line in header_lines[start:end]]
            return _merged([*header_lines[:start], *headline_lines, *header_lines[end:], *blocks[number + 1 :]])
    return tuple(blocks)


def _merged(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, with neighbours of the same kind and page joined."""
    merged: list[Block] = []
    for block in blocks:
        if merged and (merged[-1].kind, merged[-1].page) == (block.kind, block.page):
            merged[-1] = replace(block, text=merged[-1].text + block.text)
        else:
            merged.append(block)
    return tuple(merged)


def first_line_headline(body: str) -> str | None:
    """Return the first line if it reads like a headline: short, capitalised, no full stop, a longer text below."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    for number, line in enumerate(lines[:3]):
        lines_below = lines[number + 1 :]
        if is_copy_notice(line):
            continue
        if len(line) > _MAX_HEADLINE_CHARACTERS or not lines_below or max(map(len, lines_below)) < 2 * len(line):
            return None
        if re.search(r"[A-ZÄÖÜ]|[^\W\d_a-zäöüß]", line) and len(line.split()) > 1 and line[-1] not in ".,;:":
            return line
    return None


def _may_be_headline(line: str, least_words: int = _MIN_HEADLINE_WORDS) -> bool:
    word_count = len(line.split())
    cues = CUES if word_count < _MIN_HEADLINE_WORDS else _NON_HEADLINE_CUES
    return bool(
        line
        and len(line) <= _MAX_HEADLINE_CHARACTERS
        and word_count >= least_words
        and any(character.isalpha() for character in line)
        and line[-1] not in ".,;:"
        and not _LIST_MARKER.match(line)
        and not any(CUES[name].is_in(line) for name in cues)
        and next(dates_in(line), None) is None
    )
