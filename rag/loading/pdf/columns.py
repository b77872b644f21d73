"""Columns by the white space between them: the words of a page → lines in reading order.

The page is cut recursively (X-Y cut: Nagy, Seth 1984) along the gutter that has the most lines on both sides; what is
above it is read first, then each side, then what is below. It does not matter whether a file writes its columns one
after the other or line by line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from rag.loading.pdf.gutters import LONG_LINE, MIN_WORDS, Band, Gutter, Sides, find_gutter
from rag.loading.pdf.words import Word, letter_count, rows_of

_MAX_DEPTH = 20  # cuts
_MAX_WORDS = 20_000  # of a page; pages with more are read as the file writes them
_WIDE_SPACE = 1.7  # times the height of letters, as all distances here
_SPACE_BETWEEN_LINES = 0.85
_NEXT_LINE = 1.5
_SAME_SIZE = 0.1


@dataclass(frozen=True)
class LineFragment:
    """Words of a line in a column, which has a number on its page.

    It `is_separate` if nothing shows that it continues the fragment before it.
    """

    words: tuple[Word, ...]
    is_separate: bool = False
    column: int = 0

    @property
    def middle(self) -> float:
        """How far up most of its words are."""
        return _middle(self.words)


def fragments_of(lines: Sequence[Sequence[Word]]) -> list[LineFragment]:
    """Return the words of a page by lines in columns, in reading order.

    Args:
        lines: of the page, as its file writes them.
    """
    words = [word for line in lines for word in line]
    if len(words) > _MAX_WORDS:
        return [LineFragment(tuple(line)) for line in lines if line]
    regions = list(_regions(words, is_cased=_is_cased(words)))
    if len(regions) < 2:
        return _separate_fields(_region_fragments(lines, is_separate=False))
    region_numbers = {id(word): number for number, region in enumerate(regions) for word in region.words}
    parts: list[list[list[Word]]] = [[] for _ in regions]
    for line in lines:
        for number, part in groupby(line, key=lambda word: region_numbers[id(word)]):
            parts[number].append(list(part))
    return _separate_fields(
        [
            replace(fragment, column=number)
            for number, region in enumerate(regions)
            for fragment in _region_fragments(parts[number], region.is_separate)
        ]
    )


def _separate_fields(fragments: Sequence[LineFragment]) -> list[LineFragment]:
    """What was typed into a form does not continue what is printed around it."""
    fields = [fragment.words[0].field for fragment in fragments]
    return [
        replace(fragment, is_separate=True) if field != previous else fragment
        for fragment, field, previous in zip(fragments, fields, [0, *fields], strict=False)
    ]


def _is_cased(words: Iterable[Word]) -> bool:
    letters = [word.letters[0] for word in words]
    return sum(letter.lower() != letter.upper() for letter in letters) > len(letters) / 2


def _region_fragments(lines: Iterable[Sequence[Word]], is_separate: bool) -> list[LineFragment]:
    """The lines of a region from the top, cut at wide spaces; long lines side by side stay in file order."""
    file_order = [LineFragment(tuple(line)) for line in lines if line]
    from_top = sorted(file_order, key=lambda fragment: -fragment.middle)
    neighbours = [(upper, lower) for upper, lower in pairwise(from_top) if _are_side_by_side(upper, lower)]
    if not neighbours:
        ordered = from_top
    elif all(min(letter_count(upper.words), letter_count(lower.words)) < LONG_LINE for upper, lower in neighbours):
        ordered = [fragment for row in _rows(from_top) for fragment in row]
    else:
        ordered = file_order
    cut = [piece for fragment in ordered for piece in _cut_at_wide_spaces(fragment)]
    fragments = [
        replace(
            piece,
            is_separate=piece.is_separate
            or (at > 0 and cut[at - 1].is_separate and not _is_directly_below(piece, cut[at - 1])),
        )
        for at, piece in enumerate(cut)
    ]
    if not fragments:
        return []
    return [replace(fragments[0], is_separate=is_separate or fragments[0].is_separate), *fragments[1:]]


def _rows(fragments: Sequence[LineFragment]) -> Iterator[list[LineFragment]]:
    row: list[LineFragment] = []
    for fragment in fragments:
        if row and not _are_side_by_side(row[0], fragment):
            yield sorted(row, key=lambda fragment: fragment.words[0].left)
            row = []
        row.append(fragment)
    yield sorted(row, key=lambda fragment: fragment.words[0].left)


def _cut_at_wide_spaces(line: LineFragment) -> Iterator[LineFragment]:
    """The line, cut where a wide space has several words on both sides."""
    words, start = line.words, 0
    for at, word in enumerate(words[1:], 1):
        if word.left - words[at - 1].right <= _WIDE_SPACE * word.height:
            continue
        # by all words, not just the previous one, for a name in another script runs against the line
        gap = min(later.left for later in words[at:]) - max(earlier.right for earlier in words[:at])
        if gap > _WIDE_SPACE * word.height and at - start >= MIN_WORDS and len(words) - at >= MIN_WORDS:
            yield LineFragment(words[start:at], is_separate=start > 0)
            start = at
    yield LineFragment(words[start:], is_separate=start > 0) if start else line


def _middle(words: Sequence[Word]) -> float:
    return median(word.middle for word in words)


def _are_side_by_side(first: LineFragment, second: LineFragment) -> bool:
    return abs(first.middle - second.middle) < min(first.words[0].height, second.words[0].height) / 2


def _is_directly_below(lower: LineFragment, upper: LineFragment) -> bool:
    """Whether a line is below another, in the same column."""
    return (
        lower.middle < upper.middle
        and lower.words[0].left < upper.words[-1].right
        and upper.words[0].left < lower.words[-1].right
    )


@dataclass(frozen=True)
class _Region:
    """A part of a page without a gutter; it `is_separate` if it may not continue the region before it."""

    words: Sequence[Word]
    is_separate: bool


def _regions(
    words: Sequence[Word],
    *,
    is_cased: bool,
    is_separate: bool = False,
    has_inset: bool = False,
    depth: int = 0,
) -> Iterator[_Region]:
    """The parts of a page in reading order, none of which is cut by a gutter.

    Args:
        words: in any order.
        is_cased: whether the script of the page has upper and lower case.
        is_separate: whether the first region may not continue what is before it.
        has_inset: whether text runs around something, so that the order of all regions is uncertain.
        depth: how many cuts were made before.
    """
    bands = _bands(words)
    gutter = find_gutter(bands, is_cased) if depth < _MAX_DEPTH else None
    if gutter is None:
        if words:
            yield _Region(words, is_separate)
        return

    def regions(part: Sequence[Word], is_separate: bool) -> Iterator[_Region]:
        return _regions(part, is_cased=is_cased, is_separate=is_separate, has_inset=has_inset, depth=depth + 1)

    upper, lower = bands[: gutter.first_band], bands[gutter.last_band + 1 :]
    section = _words_of(bands[gutter.first_band : gutter.last_band + 1])
    # a quotation that text runs around may be read before, between or after the text
    has_inset = (
        has_inset
        or _is_inset(upper[-1:], bands[gutter.first_band], gutter)
        or _is_inset(lower[:1], bands[gutter.last_band], gutter)
    )
    are_separate = has_inset or gutter.sides is not Sides.COLUMNS
    yield from regions(_words_of(upper), is_separate)
    if gutter.sides is Sides.CELLS:
        for row in rows_of(section):
            for _, cell in groupby(row, key=lambda word: word.left > gutter.center):
                yield _Region(list(cell), is_separate=True)
    else:
        first_side = [word for word in section if word.left <= gutter.center]
        second_side = [word for word in section if word.left > gutter.center]
        yield from regions(first_side, (is_separate and not upper) or are_separate)
        yield from regions(second_side, are_separate)
    yield from regions(_words_of(lower), are_separate)


def _words_of(bands: Sequence[Band]) -> list[Word]:
    return [word for band in bands for word in band]


def _is_inset(bands: Sequence[Band], neighbour: Band, gutter: Gutter) -> bool:
    """Whether the line above or below a gutter runs across it and belongs to the text on its sides.

    It does if it has other lines on its sides, or is as near and as large as the next line of that text.
    """
    row = sorted(_words_of(bands), key=lambda word: word.left)
    if not any(word.left < gutter.right and word.right > gutter.left for word in row):
        return False
    if any(word.left - previous.right > _SPACE_BETWEEN_LINES * word.height for previous, word in pairwise(row)):
        return True
    height, neighbour_height = median(word.height for word in row), median(word.height for word in neighbour)
    distance = min(abs(word.middle - next_word.middle) for word in row for next_word in neighbour)
    return distance < _NEXT_LINE * height and abs(height - neighbour_height) < _SAME_SIZE * height


def _bands(words: Sequence[Word]) -> list[list[Word]]:
    """The words by bands, parted by white lines across the whole page: mostly lines, from the top."""
    bands: list[list[Word]] = []
    lowest = 0.0
    for word in sorted(words, key=lambda word: -(word.middle + word.height / 4)):
        if bands and word.middle + word.height / 4 > lowest:
            bands[-1].append(word)
            lowest = min(lowest, word.middle - word.height / 4)
        else:
            bands.append([word])
            lowest = word.middle - word.height / 4
    return bands
