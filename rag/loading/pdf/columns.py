"""Columns by the white space between them: the words of a page → lines in the order of reading.

The page is cut again and again (recursive X-Y cut: Nagy, Seth 1984) along the gutter that has the most lines at both
sides; what stands above it is read before, then each side, then what stands below. Gutters are the largest empty
rectangles. Whether a file writes its columns one after the other or line by line does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby, pairwise
from statistics import fmean, median

from rag.loading.pdf.words import Word, rows_of

_NARROWEST = 0.6  # times the height of letters, as all distances here
_GUTTERS = ((1.7, 2), (0.85, 3), (_NARROWEST, 6))
"""How wide a gutter is, and how many lines then stand at each side of it at least."""
_WIDER = 1.5  # times the usual distance of words
_CELL_LETTERS = 10
_LONG_LETTERS = 20
_DIGITS = 0.4
_GOES_ON = 0.15
_FILLED = 0.75
_DEEPEST = 20
_MOST_WORDS = 20_000
_WIDE = 1.7
_PARTED = 0.85
_NEXT = 1.5
_ALIKE = 0.1
_WORDS = 3
_APART = 1.8  # times the usual step from line to line


class _Sides(Enum):
    """What stands at the sides of a gutter."""

    COLUMNS = "a text that goes on from the first to the second"
    TEXTS = "texts of which it is not certain that the second goes on with the first"
    CELLS = "lines of which it is not certain that they are read downwards"


@dataclass(frozen=True)
class Fragment:
    """Words of a line in a column, which has a number on its page.

    If it stands `apart`, nothing shows that it goes on with the fragment before it.
    """

    words: tuple[Word, ...]
    apart: bool = False
    column: int = 0


@dataclass(frozen=True)
class _Gutter:
    left: float
    right: float
    first: int
    last: int
    lines: int
    sides: _Sides

    @property
    def center(self) -> float:
        return (self.left + self.right) / 2


def fragments_of(lines: Sequence[Sequence[Word]]) -> list[Fragment]:
    """Return the words of a page's lines, as its file writes them, by lines in columns in the order of reading."""
    words = [word for line in lines for word in line]
    if len(words) > _MOST_WORDS:
        return [Fragment(tuple(line)) for line in lines if line]
    regions = list(_regions(words, is_cased=_is_cased(words)))
    if len(regions) < 2:  # noqa: PLR2004
        return _with_fields_apart(_in_region(lines, apart=False))
    place = {id(word): at for at, region in enumerate(regions) for word in region.words}
    parts: dict[int, list[list[Word]]] = {at: [] for at in range(len(regions))}
    for line in lines:
        for at, there in groupby(line, key=lambda word: place[id(word)]):
            parts[at].append(list(there))
    return _with_fields_apart(
        [
            replace(fragment, column=at)
            for at, region in enumerate(regions)
            for fragment in _in_region(parts[at], region.apart)
        ]
    )


def _with_fields_apart(fragments: Sequence[Fragment]) -> list[Fragment]:
    """What was typed into a form does not go on with what is printed around it."""
    fields = [fragment.words[0].field for fragment in fragments]
    return [
        replace(fragment, apart=True) if before != field else fragment
        for fragment, field, before in zip(fragments, fields, [0, *fields], strict=False)
    ]


def _is_cased(words: Iterable[Word]) -> bool:
    letters = [word.letters[0] for word in words]
    return sum(letter.lower() != letter.upper() for letter in letters) > len(letters) / 2


def _in_region(lines: Iterable[Sequence[Word]], apart: bool) -> list[Fragment]:
    """The lines of a region from above; where some stand side by side, as the file has them, parted at wide spaces."""
    parts = [Fragment(tuple(line)) for line in lines if line]
    ordered = sorted(parts, key=lambda part: -_middle(part.words))
    if not any(_beside(above.words, below.words) for above, below in pairwise(ordered)):
        parts = ordered
    elif all(min(_size(above.words), _size(below.words)) < _LONG_LETTERS for above, below in _neighbours(ordered)):
        parts = [part for row in _by_rows(ordered) for part in row]
    found = [piece for part in parts for piece in _parted(part)]
    found = [
        replace(piece, apart=piece.apart or (at > 0 and found[at - 1].apart and not _below(found[at - 1], piece)))
        for at, piece in enumerate(found)
    ]
    return [replace(found[0], apart=apart or found[0].apart), *found[1:]] if found else []


def _neighbours(parts: Sequence[Fragment]) -> Iterator[tuple[Fragment, Fragment]]:
    return ((above, below) for above, below in pairwise(parts) if _beside(above.words, below.words))


def _by_rows(parts: Sequence[Fragment]) -> Iterator[list[Fragment]]:
    row: list[Fragment] = []
    for part in parts:
        if row and not _beside(row[0].words, part.words):
            yield sorted(row, key=lambda each: each.words[0].left)
            row = []
        row.append(part)
    yield sorted(row, key=lambda each: each.words[0].left)


def _parted(part: Fragment) -> Iterator[Fragment]:
    """The line, cut where a wide space has several words at both sides."""
    start = 0
    for at, word in enumerate(part.words[1:], 1):
        # not by the word before, for a name in another script runs against the line
        if word.left - part.words[at - 1].right <= _WIDE * word.height:
            continue
        begins, ends = min(each.left for each in part.words[at:]), max(each.right for each in part.words[:at])
        wide = begins - ends > _WIDE * word.height
        if wide and at - start >= _WORDS and len(part.words) - at >= _WORDS:
            yield Fragment(part.words[start:at], apart=start > 0)
            start = at
    yield Fragment(part.words[start:], apart=start > 0) if start else part


def _middle(words: Sequence[Word]) -> float:
    return median(word.middle for word in words)


def _size(words: Sequence[Word]) -> int:
    return sum(len(word.letters) for word in words)


def _beside(one: Sequence[Word], other: Sequence[Word]) -> bool:
    return abs(_middle(one) - _middle(other)) < min(one[0].height, other[0].height) / 2


def _below(above: Fragment, below: Fragment) -> bool:
    """Whether a line stands below another, in the same column."""
    one, other = above.words, below.words
    return _middle(other) < _middle(one) and other[0].left < one[-1].right and one[0].left < other[-1].right


@dataclass(frozen=True)
class _Region:
    words: Sequence[Word]
    apart: bool


def _regions(
    words: Sequence[Word], is_cased: bool, apart: bool = False, unsure: bool = False, depth: int = 0
) -> Iterator[_Region]:
    """The parts of a page in the order of reading, none of which is cut by a gutter; those of a page whose order is not
    sure stand apart."""
    bands = _bands(words)
    gutter = _gutter(bands, is_cased) if depth < _DEEPEST else None
    if gutter is None:
        if words:
            yield _Region(words, apart)
        return

    def within(*chosen: Sequence[Word], apart: bool = False) -> Iterator[_Region]:
        return _regions([word for band in chosen for word in band], is_cased, apart, unsure, depth + 1)

    section = [word for band in bands[gutter.first : gutter.last + 1] for word in band]
    sides = [[word for word in section if (word.left > gutter.center) == second] for second in (False, True)]
    above, below = bands[: gutter.first], bands[gutter.last + 1 :]
    # a quotation that text runs around may be read before, between or after what stands around it
    unsure = unsure or any(
        _is_set_around(band, next_to, gutter)
        for band, next_to in ((above[-1:], bands[gutter.first]), (below[:1], bands[gutter.last]))
    )
    yield from within(*above, apart=apart)
    apart = apart and not above
    separate = unsure or gutter.sides is not _Sides.COLUMNS
    if gutter.sides is _Sides.CELLS:
        for row in rows_of(section):
            for _, cell in groupby(row, key=lambda word: word.left > gutter.center):
                yield _Region(list(cell), apart=True)
    else:
        yield from within(sides[0], apart=apart or separate)
        yield from within(sides[1], apart=separate)
    yield from within(*below, apart=separate)


def _is_set_around(bands: Sequence[Sequence[Word]], next_to: Sequence[Word], gutter: _Gutter) -> bool:
    """Whether the line above or below a gutter runs across it and belongs to the text at its sides: it has other lines
    beside it, or is as near and as large as the next line of that text."""
    row = sorted((word for band in bands for word in band), key=lambda word: word.left)
    if not any(word.left < gutter.right and word.right > gutter.left for word in row):
        return False
    parts = 1 + sum(word.left - before.right > _PARTED * word.height for before, word in pairwise(row))
    height, other = median(word.height for word in row), median(word.height for word in next_to)
    distance = min(abs(one.middle - word.middle) for one in row for word in next_to)
    return parts > 1 or (distance < _NEXT * height and abs(height - other) < _ALIKE * height)


def _bands(words: Sequence[Word]) -> list[list[Word]]:
    """The words by what is parted by a white line across the whole page: mostly lines, from above."""
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


def _gutter(bands: Sequence[Sequence[Word]], is_cased: bool) -> _Gutter | None:
    """The gutter with the most lines at both sides, if there is any."""
    words = [word for band in bands for word in band]
    if len(words) < 2 * _WORDS:
        return None
    height = median(word.height for word in words)
    found: list[_Gutter] = []
    for left, right, top, end in _spaces(bands, _NARROWEST * height):
        sides, first, last = _trimmed(list(bands[top : end + 1]), (left + right) / 2, top, end)
        lines = min(map(len, sides))
        if lines < 2 or (found and lines <= max(gutter.lines for gutter in found)):  # noqa: PLR2004
            continue
        width = right - left
        needed = next((count for times, count in _GUTTERS if width >= times * height), None)
        gaps = [b.left - a.right for side in sides for line in side for a, b in pairwise(line)]
        if needed is None or lines < needed or (gaps and width < _WIDER * median(gaps)):
            continue
        kind = _sides(sides, is_cased)
        if kind:
            found.append(_Gutter(left, right, first, last, lines, kind))
    return max(found, key=lambda gutter: gutter.lines, default=None)


def _spaces(bands: Sequence[Sequence[Word]], narrowest: float) -> list[tuple[float, float, int, int]]:
    """The empty rectangles inside the page that go as far up and down as they can: left, right, first and last band;
    the longest first."""
    leftmost = min(word.left for band in bands for word in band)
    rightmost = max(word.right for band in bands for word in band)
    done: set[tuple[float, float, int, int]] = set()
    opened: dict[tuple[float, float], int] = {}
    for at, band in enumerate(bands):
        gaps = list(_gaps(band, leftmost, rightmost, narrowest))
        going: dict[tuple[float, float], int] = {}
        for (left, right), first in opened.items():
            parts = [(max(left, start), min(right, end)) for start, end in gaps]
            parts = [(start, end) for start, end in parts if end - start >= narrowest]
            if parts != [(left, right)]:
                done.add((left, right, first, at - 1))
            for part in parts:
                going[part] = min(first, going.get(part, first))
        for gap in gaps:
            going.setdefault(gap, at)
        opened = going
    done |= {(left, right, first, len(bands) - 1) for (left, right), first in opened.items()}
    inner = [each for each in done if each[0] > leftmost and each[1] < rightmost]
    return sorted(inner, key=lambda each: (each[2] - each[3], each[0] - each[1]))


def _gaps(band: Iterable[Word], left: float, right: float, narrowest: float) -> Iterator[tuple[float, float]]:
    at = left - narrowest
    for word in sorted(band, key=lambda word: word.left):
        if word.left - at >= narrowest:
            yield at, word.left
        at = max(at, word.right)
    if right + narrowest - at >= narrowest:
        yield at, right + narrowest


_Lines = list[list[Word]]


def _trimmed(
    section: list[Sequence[Word]], center: float, first: int, last: int
) -> tuple[tuple[_Lines, _Lines], int, int]:
    """The lines at both sides of a gutter, without what stands only at its first side above the second and, farther
    away than a line, below."""

    def is_first(band: Sequence[Word]) -> bool:
        return all(word.left < center for word in band)

    while section and is_first(section[0]):
        section, first = section[1:], first + 1
    words = [word for band in section for word in band]
    left = rows_of([word for word in words if word.left < center])
    steps = [above[0].middle - below[0].middle for above, below in pairwise(left)]
    while len(section) > 1 and steps and is_first(section[-1]):
        step = min(word.middle for word in section[-2]) - max(word.middle for word in section[-1])
        if step < _APART * median(steps):
            break
        section, last = section[:-1], last - 1
        words = [word for band in section for word in band]
    return (
        (rows_of([word for word in words if word.left < center]), rows_of([w for w in words if w.left >= center])),
        first,
        last,
    )


def _sides(sides: tuple[_Lines, _Lines], is_cased: bool) -> _Sides | None:
    """What stands at the sides of a gutter; None for the cells of a table, numbers and the like, read line by line."""
    letters = [fmean(map(_size, side)) for side in sides]
    digits = [_share(letter.isdigit() for line in side for word in line for letter in word.letters) for side in sides]
    if min(letters) < (_CELL_LETTERS if is_cased else _CELL_LETTERS / 2) or max(digits) > _DIGITS:
        return None
    filled = min(map(_filled, sides))
    if not is_cased:
        return _Sides.COLUMNS if filled >= _FILLED else _Sides.TEXTS
    goes_on = [_share(line[0].letters[0].islower() for line in side) for side in sides]
    if min(goes_on) >= _GOES_ON:
        return _Sides.COLUMNS
    if max(goes_on) >= _GOES_ON or (filled >= _FILLED and min(letters) >= _LONG_LETTERS):
        return _Sides.TEXTS
    return _Sides.CELLS


def _share(those: Iterable[bool]) -> float:
    found = list(those)
    return sum(found) / len(found) if found else 0.0


def _filled(lines: _Lines) -> float:
    """How much of the width of a column a line of it has."""
    width = max(line[-1].right for line in lines) - min(line[0].left for line in lines)
    return median(line[-1].right - line[0].left for line in lines) / max(width, 1.0)
