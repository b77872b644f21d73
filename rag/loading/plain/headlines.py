"""The headline of a plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.loading.day_words import is_of_a_copy
from rag.loading.draft import Block
from rag.loading.plain.cues import CUES
from rag.loading.plain.stamps import dates_in

_LONGEST, _LEAST_WORDS = 150, 3
_PARAGRAPH = 120
# so many lines above the article may hold its headline, which rarely is shorter than so many characters
_ABOVE, _FULL = 10, 45
_OTHER = ("related", "consent", "form", "rights", "picture", "author", "comments", "reply")
_STAMPED = re.compile(r"\s+(?:Stand|Veröffentlicht|Aktualisiert|Published|Updated|Publié)\b:?.{0,10}\d.*$")
_LISTED = re.compile(r"[*+•#]|\d+[.)]\s")


def headline_of(blocks: Sequence[Block]) -> str | None:
    """Return the headline of a text in blocks.

    It is the first line, if that reads like one. In a page that was saved as text it stands somewhere above the
    article: the first full line there that is no label, no date, no author.
    """
    if not blocks or blocks[0].kind == "article":
        return headline("".join(block.text for block in blocks))
    lines = [(line.strip(), block.kind) for block in blocks for line in block.text.splitlines() if line.strip()]
    begins = (number for number, (line, kind) in enumerate(lines) if kind == "article" and len(line) >= _PARAGRAPH)
    begin = next(begins, 0)
    above = [_STAMPED.sub("", line) for line, _ in lines[max(0, begin - _ABOVE) : begin]]
    return max(filter(_could_be, above), key=lambda line: min(len(line), _FULL), default=None)


def headline(body: str) -> str | None:
    """Return the first line if it reads like a headline: short, capitalised, no full stop, a longer text below."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    for number, line in enumerate(lines[:3]):
        rest = lines[number + 1 :]
        if is_of_a_copy(line):
            continue
        if len(line) > _LONGEST or not rest or max(map(len, rest)) < 2 * len(line):
            return None
        if re.search(r"[A-ZÄÖÜ]|[^\W\d_a-zäöüß]", line) and len(line.split()) > 1 and line[-1] not in ".,;:":
            return line
    return None


def _could_be(line: str) -> bool:
    return bool(
        line
        and len(line) <= _LONGEST
        and len(line.split()) >= _LEAST_WORDS
        and line[-1] not in ".,;:"
        and not _LISTED.match(line)
        and not any(CUES[name].search(line) for name in _OTHER)
        and next(dates_in(line), None) is None
    )
