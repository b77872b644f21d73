"""Tables in which each row is an article: JSON, JSON Lines, CSV, TSV."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, BinaryIO

from rag.errors import LoadError
from rag.loading.common.draft import Draft, Flaw, paragraph_blocks
from rag.loading.common.file_types import is_page
from rag.loading.common.leads import with_leads
from rag.loading.common.safe_names import UniqueNames, safe_name
from rag.loading.tables.columns import Cell, Cells, Columns, cell_texts, columns_of
from rag.loading.tables.csv_reader import csv_rows
from rag.loading.tables.json_reader import json_entries, json_lines
from rag.loading.tables.table_dates import DayReading, infer_day_reading, is_ambiguous
from rag.loading.web.html import load_html
from rag.loading.web.html_fragments import fragment_line, fragment_paragraphs, is_fragment
from rag.text.language import language_of

TABLE_READERS: dict[str, Callable[[BinaryIO], Iterator[tuple[str, Cells] | Flaw]]] = {
    "jsonl": json_lines,
    "json": json_entries,
    "csv": csv_rows,
    "tsv": csv_rows,
}
_LOOKED_AT = 100
_LOOKED_AT_LETTERS = 5_000_000
_ID_LENGTH = 200
_SAMPLE = 5000
_COUNTRY = re.compile(r"https?://[^/?#]*\.([a-z]{2})(?=[/:?#]|$)", re.IGNORECASE)
# what programs write into a cell of which they know nothing
_NOTHING = frozenset(("", "nan", "none", "null", "n/a", "nat", "undefined"))
_MANY = {"author": ", ", "text": "\n\n"}


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in a row: `place` is where it stands, `name` tells it from all others in the table."""

    name: str
    place: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns, which of them holds what, how dates are read, and the rows, to be gone through once."""

    names: tuple[str, ...]
    columns: Columns
    rows: Iterator[Row | Flaw]
    days: DayReading


def load_table(file: BinaryIO, kind: str, given: Columns | None = None) -> Iterator[Draft | Flaw]:
    """Yield the article in each row, one row at a time in memory; `kind` is one of `READERS`.

    Raises:
        LoadError: it is no table, has no rows, lacks a given column, or has no column with a text.
    """
    table = open_table(file, kind, given)
    for row in table.rows:
        yield row if isinstance(row, Flaw) else draft_from_row(row, table.columns, table.days)


def open_table(file: BinaryIO, kind: str, given: Columns | None = None) -> Table:
    """Read the first rows of a table, and tell its columns by them where they are not given.

    Raises:
        LoadError: it is no table, has no rows, lacks a given column, or has no column with a text.
    """
    rows = TABLE_READERS[kind](file)
    first = list(_first(rows, _LOOKED_AT))
    cells = [row[1] for row in first if not isinstance(row, Flaw)]
    if not cells:
        reasons = [row.reason for row in first if isinstance(row, Flaw)]
        raise LoadError(reasons[0] if reasons else "It is a table without rows: check that it was saved whole.")
    names = tuple(dict.fromkeys(name for row in cells for name in row))
    columns = columns_of(names, cells, given)
    if is_ambiguous(_of("published", columns, first)):
        # the first days of a month show nothing, and rows are often sorted
        first += _first(rows, _LOOKED_AT_LETTERS)
    days = infer_day_reading(_of("published", columns, first), _spoken(columns, first))
    return Table(names, columns, _named(chain(first, rows), columns.get("id")), days)


def _of(field: str, columns: Columns, rows: Iterable[tuple[str, Cells] | Flaw]) -> list[str]:
    """What some rows hold of a field."""
    cells = [row[1].get(columns.get(field, "")) for row in rows if not isinstance(row, Flaw)]
    return [words for cell in cells if (words := _words(field, cell))]


def _spoken(columns: Columns, rows: Sequence[tuple[str, Cells] | Flaw]) -> str:
    """The language that most rows state, else that of their texts, with the country of their addresses."""
    if not (dates := _of("published", columns, rows)):
        return ""
    stated = Counter(words.replace("_", "-") for words in _of("language", columns, rows)).most_common(1)
    language = stated[0][0] if stated else ""
    if not language and is_ambiguous(dates):
        language = language_of("\n".join(_of("text", columns, rows))[:_SAMPLE])
    countries = {found[1].upper() for url in _of("url", columns, rows) if (found := _COUNTRY.match(url))}
    if "-" in language or len(countries) != 1:
        return language
    country = countries.pop()
    return f"{language}-{'GB' if country == 'UK' else country}" if language else ""


def draft_from_row(row: Row, columns: Columns, days: DayReading) -> Draft | Flaw:
    """Return the article in a row; what is HTML becomes text, and a whole page is read as one that was saved."""
    found = {field: words for field, name in columns.items() if (words := _words(field, row.cells.get(name)))}
    text = found.pop("text", None)
    if text is None:
        return Flaw(
            row.name,
            f"{row.place.capitalize()} holds no text in the column {columns['text']}: fill it in, or delete it.",
        )
    try:
        page = _page(text)
    except LoadError as error:
        return Flaw(row.name, f"{row.place.capitalize()}: {error}")
    stated = found.get("published", "")
    day = days.day(stated)
    fields: dict[str, Any] = {
        name: fragment_line(found[name]) for name in ("title", "source", "author") if name in found
    }
    fields |= {name: found[name] for name in ("url", "language") if name in found}
    fields |= {"published": day} if day else {}
    leads = [fragment_line(found[name]) or "" for name in ("subtitle", "lead") if name in found]
    return replace(
        page,
        blocks=with_leads(page.blocks, leads, fields.get("title", page.title)),
        name=row.name,
        unread_day="" if day else stated,
        origins={**page.origins, **{field: f"column {columns[field]}" for field in fields}},
        **fields,
    )


def _page(text: str) -> Draft:
    if is_page(text):
        return load_html(text.encode("utf-8", "replace"))
    return Draft(paragraph_blocks(fragment_paragraphs(text) if is_fragment(text) else [text.strip()]))


def _first(rows: Iterator[tuple[str, Cells] | Flaw], most: int) -> Iterator[tuple[str, Cells] | Flaw]:
    """As many rows as are needed to tell what the columns hold, in so many letters as memory has room for."""
    left, letters = most, _LOOKED_AT_LETTERS
    for row in rows:
        yield row
        left -= 1
        if not isinstance(row, Flaw):
            letters -= sum(len(text) for cell in row[1].values() for text in cell_texts(cell))
        if left <= 0 or letters <= 0:
            return


def _named(rows: Iterator[tuple[str, Cells] | Flaw], column: str | None) -> Iterator[Row | Flaw]:
    """Name each row by its own id, or by its place where it has none or one that a row above has, too."""
    given = UniqueNames()
    for row in rows:
        if isinstance(row, Flaw):
            yield row
            continue
        place, cells = row
        own = safe_name(_words("id", cells.get(column or "")) or "")
        # an id that reads like a place would take the name of another row
        usable = 0 < len(own) <= _ID_LENGTH and own not in given and not own.startswith(place.split()[0])
        yield Row(given.unique(own if usable else place), place, cells)


def _words(field: str, cell: Cell | None) -> str | None:
    texts = [text for text in cell_texts(cell) if text.strip().lower() not in _NOTHING]
    return _MANY.get(field, " ").join(texts).strip() or None
