"""Which lines of printed pages are a paragraph: by their distance, their size, their indentation and their length."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from rag.loading.common.typography import is_cut
from rag.loading.pdf.layout import Line, same_row, step

SAME_SIZE = 1.12
"""Sizes of letters that differ by less than this factor are the same."""
_WIDE = 1.3  # times the usual step from line to line
_INDENT = 0.5  # times the size, as the next two
_SAME_EDGE = 0.1
_SPACE = 0.25
_NEIGHBOURS = 10
_SENTENCE_END = re.compile(r"[.!?:…][\"'”“’‘»«›‹)\]\d]*$")
_ITEM = re.compile(r"([•▪◦‣●■□\uf0b7\uf0a7])|([–—*-]|\(?\w{1,3}[.)])\s")

Paragraph = list[Line]


def paragraphs_of(lines: Sequence[Line]) -> list[Paragraph]:
    """Return the lines by paragraphs; a paragraph may go on in the next column or on the next page."""
    style = _style_of(lines)
    found: list[Paragraph] = []
    for at, line in enumerate(lines):
        if at and not _begins(lines, at, len(found[-1]), style):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def usual_size(lines: Sequence[Line]) -> float:
    """Return the size of most letters, or 0 where there are no lines."""
    sizes = sorted((line.size, len(line.text)) for line in lines)
    half = sum(length for _, length in sizes) / 2
    so_far = accumulate(length for _, length in sizes)
    return next((size for (size, _), count in zip(sizes, so_far, strict=True) if count >= half), 0)


@dataclass(frozen=True, slots=True)
class _Style:
    """How the pages are set: the size of most letters, the usual step from line to line for each size, and whether it
    is the first lines of paragraphs that are indented."""

    size: float
    steps: Mapping[int, float]
    indented: bool


def _style_of(lines: Sequence[Line]) -> _Style:
    steps: dict[int, list[float]] = defaultdict(list)
    after_end = []
    for above, below in pairwise(lines):
        if _follows(above, below):
            steps[round(below.size)].append(step(above, below))
            if _shift(above, below) > _INDENT:
                after_end.append(bool(_SENTENCE_END.search(above.text)))
    return _Style(
        size=usual_size(lines),
        steps={size: sorted(found)[len(found) // 4] for size, found in steps.items()},
        indented=sum(after_end) > len(after_end) / 2,
    )


def _follows(above: Line, below: Line) -> bool:
    """Whether a line stands below another in the same column, in the same size."""
    return (
        above.page == below.page
        and _same_size(above, below)
        and min(above.right, below.right) > max(above.left, below.left)
        and above.bottom > below.bottom
        and not same_row(above, below)
    )


def _in_column(above: Line, below: Line) -> bool:
    return above.column == below.column and _follows(above, below)


def _same_size(one: Line, other: Line) -> bool:
    return max(one.size, other.size) < SAME_SIZE * min(one.size, other.size)


def _shift(above: Line, below: Line) -> float:
    """How far a line begins to the right of the line above, in times of its size."""
    return (below.left - above.left) / below.size


def _begins(lines: Sequence[Line], at: int, so_far: int, style: _Style) -> bool:
    """Whether a paragraph begins with this line; the one before has so many lines up to here."""
    before, line = lines[at - 1], lines[at]
    if line.apart or not _same_size(before, line):
        return True
    if same_row(before, line) and line.left > before.left:
        return False
    ended = bool(_SENTENCE_END.search(before.text))
    goes_on = is_cut(before.text) or line.text[0].islower()
    is_headline = line.size > SAME_SIZE * style.size
    short = not goes_on and not is_headline and _is_short(lines, at - 1)
    if not _follows(before, line):
        in_the_middle = style.indented and at + 1 < len(lines) and _shift(line, lines[at + 1]) > -_INDENT
        return not goes_on and (short or (ended and not in_the_middle))
    item, shift = _ITEM.match(line.text), _shift(before, line)
    is_indented = shift > _INDENT and not _ITEM.match(before.text)
    return (
        short
        or step(before, line) > _WIDE * style.steps[round(line.size)]
        or bool(item and (item[1] or ended))
        or (is_indented and (ended or (style.indented and not goes_on)))
        or (shift < -_INDENT and so_far > 1 and ended)
    )


def _is_short(lines: Sequence[Line], at: int) -> bool:
    """Whether the line has room for the first word of the next, so that it was meant to end."""
    line, after = lines[at], lines[at + 1]
    if any(
        abs(line.right - lines[near].right) < _SAME_EDGE * line.size for near in (max(0, at - 1), at + 1) if near != at
    ):
        return False
    rights = [other.right for other in _column(lines, at)]
    room = max(rights) - line.right
    full = sum(max(rights) - right < _SAME_EDGE * line.size for right in rights)
    justified = full > max(2, len(rights) / 2) and " " in line.text
    return room > (_INDENT * line.size if justified else after.first + _SPACE * line.size)


def _column(lines: Sequence[Line], at: int) -> Iterator[Line]:
    """The line, and those near it that stand above and below in its column."""
    yield lines[at]
    for place in range(at, min(at + _NEIGHBOURS, len(lines) - 1)):
        if not _in_column(lines[place], lines[place + 1]):
            break
        yield lines[place + 1]
    for place in range(at, max(at - _NEIGHBOURS, 0), -1):
        if not _in_column(lines[place - 1], lines[place]):
            break
        yield lines[place - 1]
