"""Lines by their position on printed pages: which recur on page after page, and which have a large first letter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, takewhile

from rag.loading.common.typography import usage_of, with_initial

_MARGIN = 0.15  # share of a page's height, at the top and at the bottom, that may contain running lines
_MAX_ROW_OFFSET = 0.4  # times the size of a line, as the next
_OTHER_SIZE = 0.05
_MIN_INITIAL_SIZE = 1.7
_WIDE_STEP = 1.2  # times the usual distance of lines
_MAX_INITIAL_DISTANCE = 50  # lines between an initial and a line next to it, in reading order
_MIN_PAGES, _MIN_PAGES_IF_LONG = 2, 3  # that a running line is on, in short and in long documents
_LARGE_LETTER = re.compile(r"\W?[^\W_a-zßäöü]")
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"^[ivxlc]+(?=\s|$)|(?<=\s)[ivxlc]+$")
_PAGE_NUMBER = re.compile(r"^\d{1,5}(?=\s|$)|(?<=\s)\d{1,5}$")
_LEADER = re.compile(r"\.\s?\.\s?\.")  # the dots of a table of contents


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of print: its words, its box in points from the page's lower left corner, and its page from 1.

    On a page that is read from right to left, edges are counted from the right. `first_word_width` is in points, as is
    `page_height`. The line `is_separate` if it does not continue the line before it, or may not. `column` numbers the
    columns of a page.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    first_word_width: float
    page: int
    page_height: float
    is_separate: bool = False
    column: int = 0

    @property
    def size(self) -> float:
        """The height of its letters, from the lowest to the highest."""
        return self.top - self.bottom


def line_step(upper: PrintedLine, lower: PrintedLine) -> float:
    """Return how far one line is below another, in multiples of its size."""
    return (upper.bottom - lower.bottom) / lower.size


def same_row(first: PrintedLine, second: PrintedLine) -> bool:
    """Whether the lines are side by side."""
    return first.page == second.page and abs(line_step(first, second)) < _MAX_ROW_OFFSET


def running_lines(lines: Sequence[PrintedLine]) -> frozenset[int]:
    """Return the indices of page headers, footers and page numbers.

    These are the lines that recur on many pages, outermost and separate from the text.
    """
    pages = {page: list(indices) for page, indices in groupby(range(len(lines)), lambda at: lines[at].page)}
    pages_with: dict[tuple[int, str], set[int]] = defaultdict(set)
    for line in lines:
        for height, mark in _recurrence_keys(line):
            for similar_height in (height - 1, height, height + 1):
                pages_with[similar_height, mark].add(line.page)
    min_pages = min(_MIN_PAGES_IF_LONG, max(_MIN_PAGES, len(pages) - 1))

    def recurs(row: Sequence[int]) -> bool:
        return any(len(pages_with[key]) >= min_pages for at in row for key in _recurrence_keys(lines[at]))

    running: set[int] = set()
    for page in pages.values():
        from_top = _rows(lines, page)
        for rows, is_in_margin in ((from_top, _is_at_top), (from_top[::-1], _is_at_bottom)):
            marginal = (row for row in rows if is_in_margin(lines[row[0]]))
            recurring = list(takewhile(recurs, marginal))
            while recurring and not _is_detached([lines[row[0]] for row in rows[len(recurring) - 1 :][:3]]):
                recurring.pop()
            running.update(chain.from_iterable(recurring))
    return frozenset(running)


def _recurrence_keys(line: PrintedLine) -> list[tuple[int, str]]:
    """What identifies a running line on another page.

    That is its height on the page in percent, with its words or with a number that grows with the pages.
    """
    height = round(100 * line.bottom / line.page_height)
    words = _NUMBER.sub("#", _ROMAN.sub("#", line.text.lower()))
    numbers = () if _LEADER.search(line.text) else _PAGE_NUMBER.findall(line.text)
    return [(height, words), *((height, f"page {int(number) - line.page}") for number in numbers)]


def _rows(lines: Sequence[PrintedLine], page: Sequence[int]) -> list[list[int]]:
    """The indices of the lines of a page by rows, from the top."""
    rows: list[list[int]] = []
    for at in sorted(page, key=lambda at: -lines[at].bottom):
        if rows and same_row(lines[rows[-1][-1]], lines[at]):
            rows[-1].append(at)
        else:
            rows.append([at])
    return rows


def _is_at_top(line: PrintedLine) -> bool:
    return line.bottom > (1 - _MARGIN) * line.page_height


def _is_at_bottom(line: PrintedLine) -> bool:
    return line.top < _MARGIN * line.page_height


def _is_detached(lines: Sequence[PrintedLine]) -> bool:
    """Whether the first line differs in size from the second, or is farther from it than that one from the third."""
    match lines:
        case [outermost, second, third]:
            has_other_size = abs(outermost.size - second.size) > _OTHER_SIZE * outermost.size
            distance, usual = abs(outermost.bottom - second.bottom), abs(second.bottom - third.bottom)
            return has_other_size or distance > _WIDE_STEP * usual
        case _:
            return True


def with_initials(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Return the lines with large initials, which span several lines, prepended to the first of these."""
    merged: dict[int, PrintedLine] = dict(enumerate(lines))
    initials: dict[int, str] = {}
    for at, initial in enumerate(lines):
        if not _LARGE_LETTER.fullmatch(initial.text):
            continue
        window = range(max(0, at - _MAX_INITIAL_DISTANCE), min(at + _MAX_INITIAL_DISTANCE, len(lines)))
        spanned = [index for index in window if _is_spanned(initial, lines[index])]
        if spanned:
            initials[max(spanned, key=lambda index: lines[index].bottom)] = initial.text
            merged |= {index: replace(lines[index], left=initial.left) for index in spanned}
            del merged[at]
    words = usage_of(line.text for at, line in merged.items() if at not in initials).words
    for at, text in initials.items():
        merged[at] = replace(merged[at], text=with_initial(text, merged[at].text, words))
    return list(merged.values())


def _is_spanned(initial: PrintedLine, line: PrintedLine) -> bool:
    """Whether a line is next to an initial that spans it."""
    return (
        line.page == initial.page
        and not _LARGE_LETTER.fullmatch(line.text)
        and initial.size > _MIN_INITIAL_SIZE * line.size
        and initial.bottom < (line.bottom + line.top) / 2 < initial.top
        and -line.size < line.left - initial.right < initial.size
    )
