"""CSV dialects: how the cells of a plain-text table are separated and quoted."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

DialectOptions = Mapping[str, Any]
"""Arguments for `csv.reader`."""


def dialect_of(sample: Sequence[str]) -> DialectOptions:
    """Return the dialect in which most of a table's first lines are rows as wide as the first one.

    `csv.Sniffer` counts characters; this reads the sample in each of the usual dialects, so that a comma in a text is
    not taken for a delimiter, nor a quotation mark at the beginning of a text for quoting where cells are not quoted.
    """
    return max(_candidate_dialects(sample), key=lambda dialect: _fitness(sample, dialect))


def _candidate_dialects(sample: Sequence[str]) -> Iterator[DialectOptions]:
    escaped = any('\\"' in line for line in sample)
    for mark in ",;\t|":
        dialect = {"delimiter": mark, "quotechar": '"', "strict": True}
        yield dialect
        single, double = (sum(line.count(f"{mark}{quote}") for line in sample) for quote in ("'", '"'))
        if single > double:
            yield {**dialect, "quotechar": "'"}
        if escaped:
            yield {**dialect, "escapechar": "\\", "doublequote": False}
        # texts are full of commas and semicolons, so tables delimited by those always quote
        if mark in "\t|":
            yield {**dialect, "quotechar": None, "quoting": csv.QUOTE_NONE}


def _fitness(sample: Sequence[str], dialect: DialectOptions) -> tuple[bool, bool, float, int]:
    """Whether the first row has cells, and these no quotation marks; the share of lines as wide as it; its width."""
    reader = csv.reader(iter(sample), **dialect)
    first: list[str] = []
    fitting, previous_line = 0, 0
    while True:
        try:
            row = next(reader)
        except csv.Error:
            row = []
        except StopIteration:
            clean = not any('"' in cell for cell in first)
            return len(first) > 1, clean, round(fitting / max(1, len(sample)), 2), len(first)
        first = first or row
        fitting += (reader.line_num - previous_line) * (len(row) == len(first))
        previous_line = reader.line_num
