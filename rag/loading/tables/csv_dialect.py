"""How the cells of a table in plain text are told from each other."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

DialectOptions = Mapping[str, Any]
"""Arguments for `csv.reader`."""


def dialect_of(sample: Sequence[str]) -> DialectOptions:
    """Return the way to read a table in which most of its first lines are rows as wide as the first one.

    `csv.Sniffer` looks at letters; this reads the sample in each of the usual ways, so that a comma in a text is no
    delimiter and a quotation mark at the beginning of a text is a part of it where cells are not quoted.
    """
    return max(_ways(sample), key=lambda way: _fit(sample, way))


def _ways(sample: Sequence[str]) -> Iterator[DialectOptions]:
    escaped = any('\\"' in line for line in sample)
    for mark in ",;\t|":
        way = {"delimiter": mark, "quotechar": '"', "strict": True}
        yield way
        single, double = (sum(line.count(f"{mark}{quote}") for line in sample) for quote in ("'", '"'))
        if single > double:
            yield {**way, "quotechar": "'"}
        if escaped:
            yield {**way, "escapechar": "\\", "doublequote": False}
        # texts are full of commas and semicolons, so a table that is parted by them quotes its texts
        if mark in "\t|":
            yield {**way, "quotechar": None, "quoting": csv.QUOTE_NONE}


def _fit(sample: Sequence[str], way: DialectOptions) -> tuple[bool, bool, float, int]:
    """Whether the first row has cells, and no quotation marks in them; how many lines are rows as wide; its width."""
    reader = csv.reader(iter(sample), **way)
    first: list[str] = []
    fitting, before = 0, 0
    while True:
        try:
            row = next(reader)
        except csv.Error:
            row = []
        except StopIteration:
            clean = not any('"' in cell for cell in first)
            return len(first) > 1, clean, round(fitting / max(1, len(sample)), 2), len(first)
        first = first or row
        fitting += (reader.line_num - before) * (len(row) == len(first))
        before = reader.line_num
