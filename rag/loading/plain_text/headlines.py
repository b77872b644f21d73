"""The headline of a plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.loading.common.date_cues import is_of_a_copy
from rag.loading.common.date_lines import dates_in
from rag.loading.common.draft import Block
from rag.loading.plain_text.cues import CUES

_LONGEST, _LEAST_WORDS = 150, 3
_PARAGRAPH = 120
# above an article that is no page stand a headline, a day and an author at most
_FEW = 3
# so many lines above the article may hold its headline, which rarely is shorter than so many characters
_ABOVE, _FULL = 10, 45
_OTHER = ("related", "consent", "form", "rights", "picture", "author", "comments", "reply")
_STAMPED = re.compile(r"\s+(?:Stand|Veröffentlicht|Aktualisiert|Published|Updated|Publié)\b:?.{0,10}\d.*$")
_LISTED = re.compile(r"[*+•#]|\d+[.)]\s")


def find_headline(blocks: Sequence[Block]) -> str | None:
    """Return the headline of a text in blocks.

    It is the first line, if that reads like one. In a page that was saved as text it stands somewhere above the
    article: the first full line there that is no label, no date, no author. Where few lines stand above the article,
    the first of them may be short.
    """
    if not blocks or blocks[0].kind == "article":
        return first_line_headline("".join(block.text for block in blocks))
    lines = [(line.strip(), block.kind) for block in blocks for line in block.text.splitlines() if line.strip()]
    own = [number for number, (_, kind) in enumerate(lines) if kind == "article"]
    begin = next((number for number in own if len(lines[number][0]) >= _PARAGRAPH), own[0] if own else 0)
    above = [_STAMPED.sub("", line) for line, _ in lines[max(0, begin - _ABOVE) : begin]]
    full = max(filter(_could_be, above), key=lambda line: min(len(line), _FULL), default=None)
    if full or begin > _FEW:
        return full
    return next((line for line in above if _could_be(line, least_words=1)), None)


def with_headline(blocks: Sequence[Block], title: str | None) -> tuple[Block, ...]:
    """Return blocks in which the headline is the article's, if it was told from it: in capitals it looks like a label.

    In a page that was saved as text it stays where it is, among what surrounds the article.
    """
    top: list[Block] = []
    for number, block in enumerate(blocks):
        if block.kind == "article":
            break
        lines = block.text.splitlines(keepends=True)
        top += [Block(line, block.kind, block.page) for line in lines]
        if sum(bool(one.text.strip()) for one in top) > _FEW:
            break
        place = next((at for at, one in enumerate(top) if title and one.text.strip().startswith(title)), None)
        if place is not None:
            # what stands between the lines belongs to the one before it
            last = next((at for at in range(place + 1, len(top)) if top[at].text.strip()), len(top))
            parts = [*top[:place], *(replace(one, kind="article") for one in top[place:last]), *top[last:]]
            return _merged([*parts, *blocks[number + 1 :]])
    return tuple(blocks)


def _merged(blocks: Sequence[Block]) -> tuple[Block, ...]:
    found: list[Block] = []
    for block in blocks:
        if found and (found[-1].kind, found[-1].page) == (block.kind, block.page):
            found[-1] = replace(block, text=found[-1].text + block.text)
        else:
            found.append(block)
    return tuple(found)


def first_line_headline(body: str) -> str | None:
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


def _could_be(line: str, least_words: int = _LEAST_WORDS) -> bool:
    return bool(
        line
        and len(line) <= _LONGEST
        and len(line.split()) >= least_words
        and any(character.isalpha() for character in line)
        and line[-1] not in ".,;:"
        and not _LISTED.match(line)
        and not any(CUES[name].search(line) for name in (CUES if len(line.split()) < _LEAST_WORDS else _OTHER))
        and next(dates_in(line), None) is None
    )
