"""How the cells of a table in plain text are told from each other."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Way = Mapping[str, Any]
"""Arguments for `csv.reader`."""


def dialect_of(sample: Sequence[str]) -> Way:
    """Return the way to read a table in which most of its first lines are rows as wide as the first one.

    `csv.Sniffer` looks at letters; this reads the sample in each of the usual ways, so that a comma in a text is no
    delimiter and a quotation mark at the beginning of a text is a part of it where cells are not quoted.
    """
    return max(_ways(sample), key=lambda way: _fit(sample, way))


def _ways(sample: Sequence[str]) -> Iterator[Way]:
    escaped = any('\\"' in line for line in sample)
    for mark in ",;\t|":
        single, double = (sum(line.count(f"{mark}{quote}") for line in sample) for quote in ("'", '"'))
        way = {"delimiter": mark, "quotechar": "'" if single > double else '"', "strict": True}
        yield way
        if escaped:
            yield {**way, "quotechar": '"', "escapechar": "\\", "doublequote": False}
        # texts are full of commas and semicolons, so a table that is parted by them quotes its texts
        if mark in "\t|":
            yield {**way, "quotechar": None, "quoting": csv.QUOTE_NONE}


def _fit(sample: Sequence[str], way: Way) -> tuple[bool, float, int]:
    """Whether the first row has cells, the share of lines in rows as wide as it, and its width."""
    reader = csv.reader(iter(sample), **way)
    width, fitting, before = 0, 0, 0
    while True:
        try:
            row = next(reader)
        except csv.Error:
            row = []
        except StopIteration:
            return width > 1, round(fitting / max(1, len(sample)), 2), width
        width = width or len(row)
        fitting += (reader.line_num - before) * (len(row) == width)
        before = reader.line_num
