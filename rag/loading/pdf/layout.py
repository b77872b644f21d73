"""Lines by their place on printed pages: which recur on page after page, and which have a large first letter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, takewhile

from rag.loading.common.typography import usage_of, with_initial

_MARGIN = 0.15  # how much of a page, above and below, may hold what recurs
_SAME_ROW = 0.4  # times the size of a line, as the next one
_OTHER_SIZE = 0.05
_INITIAL = 1.7
_WIDE = 1.2  # times the usual distance of lines
_NEAR = 50
_LARGE_LETTER = re.compile(r"\W?[^\W_a-zßäöü]")
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"^[ivxlc]+(?=\s|$)|(?<=\s)[ivxlc]+$")
_PAGE_NUMBER = re.compile(r"^\d{1,5}(?=\s|$)|(?<=\s)\d{1,5}$")
_LEADER = re.compile(r"\.\s?\.\s?\.")  # the dots of a table of contents


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print: its words, the edges of their box in points from the page's lower left corner, how wide its
    first word is, its page from 1, and how high that page is.

    On a page that is read from right to left, edges are counted from the right. If it stands `apart`, it does not go
    on with what the line before it says, or nobody knows. `column` numbers the columns of a page.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    first: float
    page: int
    height: float
    apart: bool = False
    column: int = 0

    @property
    def size(self) -> float:
        """The height of its letters, from the lowest to the highest."""
        return self.top - self.bottom


def step(above: Line, below: Line) -> float:
    """Return how far one line is below another, in times of its size."""
    return (above.bottom - below.bottom) / below.size


def same_row(one: Line, other: Line) -> bool:
    """Tell whether the lines stand side by side."""
    return one.page == other.page and abs(step(one, other)) < _SAME_ROW


def running_lines(lines: Sequence[Line]) -> frozenset[int]:
    """Return the places in the list of page headers, footers and page numbers: of what recurs on many pages, outermost
    and apart from the text."""
    pages = {page: list(there) for page, there in groupby(range(len(lines)), lambda at: lines[at].page)}
    seen: dict[tuple[int, str], set[int]] = defaultdict(set)
    for line in lines:
        for height, mark in _marks(line):
            for near in (height - 1, height, height + 1):
                seen[near, mark].add(line.page)
    needed = min(3, max(2, len(pages) - 1))

    def recurs(row: Sequence[int]) -> bool:
        return any(len(seen[mark]) >= needed for at in row for mark in _marks(lines[at]))

    found: set[int] = set()
    for page in pages.values():
        rows = _rows(lines, page)
        heads = list(takewhile(recurs, (row for row in rows if _is_high(lines[row[0]]))))
        feet = list(takewhile(recurs, (row for row in reversed(rows) if _is_low(lines[row[0]]))))
        while heads and not _stand_apart([lines[row[0]] for row in rows[len(heads) - 1 :][:3]]):
            heads.pop()
        while feet and not _stand_apart([lines[row[0]] for row in rows[::-1][len(feet) - 1 :][:3]]):
            feet.pop()
        found.update(chain.from_iterable(heads + feet))
    return frozenset(found)


def _marks(line: Line) -> list[tuple[int, str]]:
    """By what a line is known again on another page: its height there, with its words or with a number that grows with
    the pages."""
    height = round(100 * line.bottom / line.height)
    words = _NUMBER.sub("#", _ROMAN.sub("#", line.text.lower()))
    numbers = () if _LEADER.search(line.text) else _PAGE_NUMBER.findall(line.text)
    return [(height, words), *((height, f"page {int(number) - line.page}") for number in numbers)]


def _rows(lines: Sequence[Line], page: Sequence[int]) -> list[list[int]]:
    """The places of the lines of a page by rows, from above."""
    rows: list[list[int]] = []
    for at in sorted(page, key=lambda at: -lines[at].bottom):
        if rows and same_row(lines[rows[-1][-1]], lines[at]):
            rows[-1].append(at)
        else:
            rows.append([at])
    return rows


def _is_high(line: Line) -> bool:
    return line.bottom > (1 - _MARGIN) * line.height


def _is_low(line: Line) -> bool:
    return line.top < _MARGIN * line.height


def _stand_apart(lines: Sequence[Line]) -> bool:
    """Whether the first line is in another size than the second, or farther from it than that one from the third."""
    match lines:
        case [line, following, after]:
            other_size = abs(line.size - following.size) > _OTHER_SIZE * line.size
            distance, usual = abs(line.bottom - following.bottom), abs(following.bottom - after.bottom)
            return other_size or distance > _WIDE * usual
        case _:
            return True


def with_initials(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with letters that are set over several lines put before the first of these."""
    whole: dict[int, Line] = dict(enumerate(lines))
    initials: dict[int, str] = {}
    for at, initial in enumerate(lines):
        if not _LARGE_LETTER.fullmatch(initial.text):
            continue
        around = range(max(0, at - _NEAR), min(at + _NEAR, len(lines)))
        beside = [place for place in around if _is_beside(initial, lines[place])]
        if beside:
            initials[max(beside, key=lambda place: lines[place].bottom)] = initial.text
            whole |= {place: replace(lines[place], left=initial.left) for place in beside}
            del whole[at]
    words = usage_of(line.text for at, line in whole.items() if at not in initials).words
    for at, text in initials.items():
        whole[at] = replace(whole[at], text=with_initial(text, whole[at].text, words))
    return list(whole.values())


def _is_beside(initial: Line, line: Line) -> bool:
    return (
        line.page == initial.page
        and not _LARGE_LETTER.fullmatch(line.text)
        and initial.size > _INITIAL * line.size
        and initial.bottom < (line.bottom + line.top) / 2 < initial.top
        and -line.size < line.left - initial.right < initial.size
    )
