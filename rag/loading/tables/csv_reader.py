"""Rows of plain-text tables, whatever their delimiter."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import BinaryIO

from rag.errors import LoadError
from rag.loading.common.draft import Flaw
from rag.loading.common.safe_names import UniqueNames
from rag.loading.tables.columns import MIN_TEXT_LENGTH, RawRow
from rag.loading.tables.csv_dialect import dialect_of
from rag.loading.tables.line_reader import MAX_LINE, Unreadable, text_lines

_SAMPLE_CHARACTERS = 250_000
"""The dialect is detected from about this many characters."""
_BAD_HEADER = "Its first line has no column names: put a line of names at the top, and save it as CSV in UTF-8."
_UNCLOSED = "a quotation mark is never closed"

LineOrError = str | Unreadable


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """The first and last line numbers of a record, and its cells, or the reason why it has none."""

    start: int
    end: int
    cells: list[str] | str


def csv_rows(file: BinaryIO) -> Iterator[RawRow | Flaw]:
    """Yield the cells of each row by the names in the first row, with its position.

    If the first row contains a text, there are no names, and the columns are named column 1, column 2 … Consecutive
    lines that are not rows yield one flaw.

    Raises:
        LoadError: the first line cannot be read.
    """
    names: list[str] = []
    malformed: CsvRecord | None = None
    for record in _records(file):
        cells = record.cells
        if isinstance(cells, str):
            malformed = replace(malformed, end=record.end) if malformed else record
            continue
        if malformed:
            yield _flaw(malformed)
            malformed = None
        if not names:
            if not any(len(cell) >= MIN_TEXT_LENGTH for cell in cells):
                names = _column_names(cells)
                continue
            names = [f"column {number}" for number in range(1, len(cells) + 1)]
        if any(cell.strip() for cell in cells):
            yield f"line {record.start}", dict(zip(names, cells, strict=True))
    if malformed:
        yield _flaw(malformed)


def _records(file: BinaryIO) -> Iterator[CsvRecord]:
    csv.field_size_limit(MAX_LINE)
    source = text_lines(file)
    sample = list(_head_lines(source))
    # spreadsheets state the delimiter in such a line
    skipped_lines = int(bool(sample) and str(sample[0]).lower().startswith("sep="))
    line_feed = _LineFeed(chain(sample[skipped_lines:], source), skipped_lines)
    dialect = dialect_of([line for line in sample[skipped_lines:] if isinstance(line, str)])
    width = 0
    while True:
        start = line_feed.begin_row()
        try:
            cells = next(csv.reader(line_feed, **dialect))
        except StopIteration:
            return
        except _UnreadableLine as error:
            yield CsvRecord(start, line_feed.number, str(error))
            continue
        except csv.Error as error:
            reason = "a quotation mark inside a text is not doubled" if "expected" in str(error) else _UNCLOSED
        else:
            width = width or len(cells)
            if len(cells) in (0, width):
                yield CsvRecord(start, line_feed.number, cells)
                continue
            reason = f"{len(cells)} cells instead of {width}"
        if not width:
            raise LoadError(_BAD_HEADER)
        # an unclosed quotation mark swallows the rows below, so they are read again without this line
        line_feed.push_back()
        yield CsvRecord(start, start, reason)


class _UnreadableLine(Exception):
    """A line cannot be decoded."""


class _LineFeed:
    """Feeds lines to a CSV reader, and remembers the lines of the current row."""

    def __init__(self, source: Iterator[LineOrError], number: int) -> None:
        self.number = number
        self._source = source
        self._row_lines: list[str] = []
        self._row_characters = 0
        self._pushed_back: deque[str] = deque()

    def __iter__(self) -> _LineFeed:
        return self

    def __next__(self) -> str:
        line = self._pushed_back.popleft() if self._pushed_back else next(self._source)
        self.number += 1
        if isinstance(line, Unreadable):
            raise _UnreadableLine(line.reason)
        self._row_lines.append(line)
        self._row_characters += len(line)
        if self._row_characters > MAX_LINE:
            raise csv.Error(_UNCLOSED)
        return line

    def begin_row(self) -> int:
        """Start a row, and return the number of its first line."""
        self._row_lines, self._row_characters = [], 0
        return self.number + 1

    def push_back(self) -> None:
        """Return all lines of the row except the first, to be fed again."""
        self._pushed_back.extendleft(reversed(self._row_lines[1:]))
        self.number -= len(self._row_lines) - 1


def _head_lines(source: Iterator[LineOrError]) -> Iterator[LineOrError]:
    characters_left = _SAMPLE_CHARACTERS
    for line in source:
        yield line
        characters_left -= len(line) if isinstance(line, str) else 0
        if characters_left <= 0:
            return


def _column_names(header: list[str]) -> list[str]:
    """The names of the columns; a missing name becomes a number, a repeated one gets a number appended."""
    unique_names = UniqueNames()
    return [unique_names.unique(name.strip() or f"column {number}") for number, name in enumerate(header, 1)]


def _flaw(record: CsvRecord) -> Flaw:
    start, end = record.start, record.end
    if start == end:
        reason = f"Line {start} is not a row of the table ({record.cells}): fix or delete it."
    else:
        reason = f"Lines {start} to {end} are not rows of the table ({record.cells}): fix or delete them."
    return Flaw(f"line {start}", reason)
