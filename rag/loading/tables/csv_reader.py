"""The rows of tables in plain text, whatever the cells are parted by."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from rag.errors import LoadError
from rag.loading.common.draft import Flaw
from rag.loading.common.safe_names import UniqueNames
from rag.loading.tables.columns import MIN_TEXT_LENGTH, Cells
from rag.loading.tables.csv_dialect import dialect_of
from rag.loading.tables.line_reader import MAX_LINE, Unreadable, text_lines

_SAMPLE = 250_000
"""How many characters the dialect is told from."""
_BAD_HEADER = "Its first line holds no names of columns: put a line of names at the top, and save it as CSV in UTF-8."
_UNCLOSED = "a quotation mark is never closed"

LineOrError = str | Unreadable
Record = tuple[int, int, list[str] | str]
"""A row between two lines, its cells or why it has none."""


def csv_rows(file: BinaryIO) -> Iterator[tuple[str, Cells] | Flaw]:
    """Yield the cells of each row by the names in the first one, with its place.

    A table whose first row holds a text has no names; its columns are called column 1, column 2 … Lines on each other
    that are no rows make one flaw.

    Raises:
        LoadError: the first line cannot be read.
    """
    names: list[str] = []
    bad: tuple[int, int, str] | None = None
    for start, end, cells in _records(file):
        if isinstance(cells, str):
            bad = (bad[0], end, bad[2]) if bad else (start, end, cells)
            continue
        if bad:
            yield _flaw(*bad)
            bad = None
        if not names:
            if not any(len(cell) >= MIN_TEXT_LENGTH for cell in cells):
                names = _names(cells)
                continue
            names = [f"column {number}" for number in range(1, len(cells) + 1)]
        if any(cell.strip() for cell in cells):
            yield f"line {start}", dict(zip(names, cells, strict=True))
    if bad:
        yield _flaw(*bad)


def _records(file: BinaryIO) -> Iterator[Record]:
    csv.field_size_limit(MAX_LINE)
    source = text_lines(file)
    sample = list(_beginning(source))
    # spreadsheets write such a line to tell each other the delimiter
    skipped = int(bool(sample) and str(sample[0]).lower().startswith("sep="))
    feed = _Feed(chain(sample[skipped:], source), skipped)
    way = dialect_of([line for line in sample[skipped:] if isinstance(line, str)])
    width = 0
    while True:
        start = feed.begin()
        try:
            cells = next(csv.reader(feed, **way))
        except StopIteration:
            return
        except _Unread as error:
            yield start, feed.number, str(error)
            continue
        except csv.Error as error:
            why = "a quotation mark inside a text is not doubled" if "expected" in str(error) else _UNCLOSED
        else:
            width = width or len(cells)
            if len(cells) in (0, width):
                yield start, feed.number, cells
                continue
            why = f"{len(cells)} cells instead of {width}"
        if not width:
            raise LoadError(_BAD_HEADER)
        # a quotation mark that is never closed takes in the rows below, so they are read again without it
        feed.give_back()
        yield start, start, why


class _Unread(Exception):
    """A line cannot be read."""


class _Feed:
    """Gives lines to a reader, and knows those that it took for the row at hand."""

    def __init__(self, source: Iterator[LineOrError], number: int) -> None:
        self.number = number
        self._source = source
        self._taken: list[str] = []
        self._letters = 0
        self._back: deque[str] = deque()

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._source)
        self.number += 1
        if isinstance(line, Unreadable):
            raise _Unread(line.why)
        self._taken.append(line)
        self._letters += len(line)
        if self._letters > MAX_LINE:
            raise csv.Error(_UNCLOSED)
        return line

    def begin(self) -> int:
        """Start a row, and return the number of its first line."""
        self._taken, self._letters = [], 0
        return self.number + 1

    def give_back(self) -> None:
        """Give all lines of the row but the first once more."""
        self._back.extendleft(reversed(self._taken[1:]))
        self.number -= len(self._taken) - 1


def _beginning(source: Iterator[LineOrError]) -> Iterator[LineOrError]:
    left = _SAMPLE
    for line in source:
        yield line
        left -= len(line) if isinstance(line, str) else 0
        if left <= 0:
            return


def _names(header: list[str]) -> list[str]:
    """The names of the columns; one without a name, or with one that was there before, has its number."""
    given = UniqueNames()
    return [given.unique(name.strip() or f"column {number}") for number, name in enumerate(header, 1)]


def _flaw(start: int, end: int, why: str) -> Flaw:
    what = f"Line {start} is no row" if start == end else f"Lines {start} to {end} are no rows"
    return Flaw(f"line {start}", f"{what} of the table ({why}): mend or delete {'it' if start == end else 'them'}.")
