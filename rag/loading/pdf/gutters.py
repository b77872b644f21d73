"""Gutters: the white space between columns, and what is on both sides of it.

Gutters are searched among the largest empty rectangles of a page. A page comes in bands: its words, parted by white
lines across its whole width, from the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import fmean, median
from typing import NamedTuple

from rag.loading.pdf.words import Word, letter_count, rows_of

MIN_WORDS = 3
"""The fewest words on each side of a gutter."""
LONG_LINE = 20
"""Letters; the cells of tables are shorter."""
_MIN_WIDTH = 0.6  # times the height of letters, as the next
_MIN_LINES_BY_WIDTH = ((1.7, 2), (0.85, 3), (_MIN_WIDTH, 6))
"""The least width of a gutter, and the fewest lines that a gutter of this width has on each side."""
_MIN_WIDTH_IN_SPACES = 1.5  # times the usual distance of words
_MIN_LINE_LETTERS = 10
_MAX_DIGITS_SHARE = 0.4
_MIN_LOWER_CASE_SHARE = 0.15  # of lines that begin in lower case, where a text continues
_MIN_FILLED_SHARE = 0.75  # of the width of a column
_MAX_STEP = 1.8  # times the usual step from line to line

Band = Sequence[Word]
Lines = list[list[Word]]


class Sides(Enum):
    """What is on the two sides of a gutter."""

    COLUMNS = "a text that continues from the first to the second"
    TEXTS = "texts of which the second may not continue the first"
    CELLS = "lines that may not be read downwards"


@dataclass(frozen=True)
class Gutter:
    """An empty rectangle between two columns, from its first band to its last.

    `lines` is the number of lines on its shorter side.
    """

    left: float
    right: float
    first_band: int
    last_band: int
    lines: int
    sides: Sides

    @property
    def center(self) -> float:
        """Halfway between left and right."""
        return (self.left + self.right) / 2


class _Space(NamedTuple):
    """An empty rectangle, from its first band to its last."""

    left: float
    right: float
    first_band: int
    last_band: int


@dataclass(frozen=True)
class _Section:
    """The lines on both sides of a gutter, and its first and last band."""

    sides: tuple[Lines, Lines]
    first_band: int
    last_band: int


def find_gutter(bands: Sequence[Band], is_cased: bool) -> Gutter | None:
    """Return the gutter with the most lines on both sides, if there is any.

    Args:
        bands: of the page or a part of it.
        is_cased: whether the script of the page has upper and lower case.
    """
    words = [word for band in bands for word in band]
    if len(words) < 2 * MIN_WORDS:
        return None
    height = median(word.height for word in words)
    best: Gutter | None = None
    for space in _spaces(bands, _MIN_WIDTH * height):
        section = _trimmed(bands, space)
        lines = min(map(len, section.sides))
        if lines < 2 or (best and lines <= best.lines):
            continue
        width = space.right - space.left
        min_lines = next((count for times, count in _MIN_LINES_BY_WIDTH if width >= times * height), None)
        gaps = [
            word.left - previous.right for side in section.sides for line in side for previous, word in pairwise(line)
        ]
        if min_lines is None or lines < min_lines or (gaps and width < _MIN_WIDTH_IN_SPACES * median(gaps)):
            continue
        sides = _kind_of_sides(section.sides, is_cased)
        if sides:
            best = Gutter(space.left, space.right, section.first_band, section.last_band, lines, sides)
    return best


def _spaces(bands: Sequence[Band], min_width: float) -> list[_Space]:
    """The empty rectangles between words that reach as far up and down as they can, the longest first."""
    leftmost = min(word.left for band in bands for word in band)
    rightmost = max(word.right for band in bands for word in band)
    spaces: set[_Space] = set()
    open_gaps: dict[tuple[float, float], int] = {}  # each with its first band
    for number, band in enumerate(bands):
        gaps = list(_gaps(band, leftmost, rightmost, min_width))
        narrowed: dict[tuple[float, float], int] = {}
        for (start, end), first in open_gaps.items():
            parts = [(max(start, gap_start), min(end, gap_end)) for gap_start, gap_end in gaps]
            parts = [(part_start, part_end) for part_start, part_end in parts if part_end - part_start >= min_width]
            if parts != [(start, end)]:
                spaces.add(_Space(start, end, first, number - 1))
            for part in parts:
                narrowed[part] = min(first, narrowed.get(part, first))
        for gap in gaps:
            narrowed.setdefault(gap, number)
        open_gaps = narrowed
    spaces |= {_Space(start, end, first, len(bands) - 1) for (start, end), first in open_gaps.items()}
    inner = [space for space in spaces if space.left > leftmost and space.right < rightmost]
    return sorted(inner, key=lambda space: (space.first_band - space.last_band, space.left - space.right))


def _gaps(band: Band, leftmost: float, rightmost: float, min_width: float) -> Iterator[tuple[float, float]]:
    """The start and end of the white space between the words of a band, and at the edges of the page."""
    reach = leftmost - min_width
    for word in sorted(band, key=lambda word: word.left):
        if word.left - reach >= min_width:
            yield reach, word.left
        reach = max(reach, word.right)
    if rightmost + min_width - reach >= min_width:
        yield reach, rightmost + min_width


def _trimmed(bands: Sequence[Band], space: _Space) -> _Section:
    """The lines on both sides of a space.

    Without those that are only on its first side: above the second side, and below it if farther away than a line.
    """
    center, first, last = (space.left + space.right) / 2, space.first_band, space.last_band

    def is_first_side(band: Band) -> bool:
        return all(word.left < center for word in band)

    while first <= last and is_first_side(bands[first]):
        first += 1
    words = [word for band in bands[first : last + 1] for word in band]
    first_side = rows_of([word for word in words if word.left < center])
    steps = [upper[0].middle - lower[0].middle for upper, lower in pairwise(first_side)]
    while last > first and steps and is_first_side(bands[last]):
        step = min(word.middle for word in bands[last - 1]) - max(word.middle for word in bands[last])
        if step < _MAX_STEP * median(steps):
            break
        last -= 1
        words = [word for band in bands[first : last + 1] for word in band]
    sides = (
        rows_of([word for word in words if word.left < center]),
        rows_of([word for word in words if word.left >= center]),
    )
    return _Section(sides, first, last)


def _kind_of_sides(sides: tuple[Lines, Lines], is_cased: bool) -> Sides | None:
    """What is on the sides of a gutter; None for table cells, numbers and the like, which are read line by line."""
    letters = [fmean(map(letter_count, side)) for side in sides]
    digits = [_share(letter.isdigit() for line in side for word in line for letter in word.letters) for side in sides]
    if min(letters) < (_MIN_LINE_LETTERS if is_cased else _MIN_LINE_LETTERS / 2) or max(digits) > _MAX_DIGITS_SHARE:
        return None
    filled = min(map(_filled_share, sides))
    if not is_cased:
        return Sides.COLUMNS if filled >= _MIN_FILLED_SHARE else Sides.TEXTS
    lower_case = [_share(line[0].letters[0].islower() for line in side) for side in sides]
    if min(lower_case) >= _MIN_LOWER_CASE_SHARE:
        return Sides.COLUMNS
    if max(lower_case) >= _MIN_LOWER_CASE_SHARE or (filled >= _MIN_FILLED_SHARE and min(letters) >= LONG_LINE):
        return Sides.TEXTS
    return Sides.CELLS


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def _filled_share(lines: Lines) -> float:
    """How much of the width of a column its lines fill."""
    width = max(line[-1].right for line in lines) - min(line[0].left for line in lines)
    return median(line[-1].right - line[0].left for line in lines) / max(width, 1.0)
