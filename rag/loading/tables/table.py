"""Tables in which each row is an article: their columns, rows and drafts."""

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
from rag.loading.tables.columns import Cell, Cells, Columns, RawRow, cell_texts, columns_of
from rag.loading.tables.csv_reader import csv_rows
from rag.loading.tables.json_reader import json_entries, json_lines
from rag.loading.tables.table_dates import DayReading, infer_day_reading, is_ambiguous
from rag.loading.web.html import load_html
from rag.loading.web.html_fragments import fragment_line, fragment_paragraphs, is_fragment
from rag.text.language import language_of

TABLE_READERS: dict[str, Callable[[BinaryIO], Iterator[RawRow | Flaw]]] = {
    "jsonl": json_lines,
    "json": json_entries,
    "csv": csv_rows,
    "tsv": csv_rows,
}
"""For each kind of table, what reads its rows."""
# columns and languages are inferred from at most this many rows, and characters in them
_SAMPLE_ROWS = 100
_SAMPLE_CHARACTERS = 5_000_000
_MAX_ID_CHARACTERS = 200
# the language of the texts is detected from at most this many characters
_LANGUAGE_SAMPLE_CHARACTERS = 5000
_COUNTRY_DOMAIN = re.compile(r"https?://[^/?#]*\.([a-z]{2})(?=[/:?#]|$)", re.IGNORECASE)
# what programs write into empty cells
_EMPTY_VALUES = frozenset(("", "nan", "none", "null", "n/a", "nat", "undefined"))
_SEPARATORS = {"author": ", ", "text": "\n\n"}
"""What the texts of a list are joined with, if it is not a space."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its unique name in the table, its position in the file, such as "line 3", and its cells."""

    name: str
    position: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the names of its columns, the field of each, how dates are read, and the rows, to be iterated once."""

    names: tuple[str, ...]
    columns: Columns
    rows: Iterator[Row | Flaw]
    days: DayReading


def load_table(file: BinaryIO, kind: str, given_columns: Columns | None = None) -> Iterator[Draft | Flaw]:
    """Yield the article in each row, one row at a time in memory; `kind` is a key of `TABLE_READERS`.

    Raises:
        LoadError: it is not a table, has no rows, lacks a given column, or has no column with texts.
    """
    table = open_table(file, kind, given_columns)
    for row in table.rows:
        yield row if isinstance(row, Flaw) else draft_from_row(row, table.columns, table.days)


def open_table(file: BinaryIO, kind: str, given_columns: Columns | None = None) -> Table:
    """Open a table, and infer from its first rows the columns that are not given.

    Raises:
        LoadError: it is not a table, has no rows, lacks a given column, or has no column with texts.
    """
    rows = TABLE_READERS[kind](file)
    head = list(_head_rows(rows, _SAMPLE_ROWS))
    cells = [row[1] for row in head if not isinstance(row, Flaw)]
    if not cells:
        reasons = [row.reason for row in head if isinstance(row, Flaw)]
        raise LoadError(reasons[0] if reasons else "It is a table without rows: check that it was saved completely.")
    names = tuple(dict.fromkeys(name for row in cells for name in row))
    columns = columns_of(names, cells, given_columns)
    if is_ambiguous(_values_of_field("published", columns, head)):
        # rows are often sorted, and days up to the twelfth do not show the order
        head += _head_rows(rows, _SAMPLE_CHARACTERS)
    days = infer_day_reading(_values_of_field("published", columns, head), _language_of_rows(columns, head))
    return Table(names, columns, _with_names(chain(head, rows), columns.get("id")), days)


def _values_of_field(field: str, columns: Columns, rows: Iterable[RawRow | Flaw]) -> list[str]:
    """The values of a field in some rows, without empty ones."""
    cells = [row[1].get(columns.get(field, "")) for row in rows if not isinstance(row, Flaw)]
    return [words for cell in cells if (words := _field_text(field, cell))]


def _language_of_rows(columns: Columns, rows: Sequence[RawRow | Flaw]) -> str:
    """The language that most rows state, or that of their texts, with the country of their URLs; empty if unknown."""
    if not (dates := _values_of_field("published", columns, rows)):
        return ""
    languages = Counter(value.replace("_", "-") for value in _values_of_field("language", columns, rows))
    language = languages.most_common(1)[0][0] if languages else ""
    if not language and is_ambiguous(dates):
        language = language_of("\n".join(_values_of_field("text", columns, rows))[:_LANGUAGE_SAMPLE_CHARACTERS])
    domains = map(_COUNTRY_DOMAIN.match, _values_of_field("url", columns, rows))
    countries = {domain[1].upper() for domain in domains if domain}
    if "-" in language or len(countries) != 1:
        return language
    country = countries.pop()
    return f"{language}-{'GB' if country == 'UK' else country}" if language else ""


def draft_from_row(row: Row, columns: Columns, days: DayReading) -> Draft | Flaw:
    """Return the article in a row; HTML becomes text, and a complete page is read like a saved one."""
    values = {field: value for field, name in columns.items() if (value := _field_text(field, row.cells.get(name)))}
    text = values.pop("text", None)
    if text is None:
        return Flaw(
            row.name,
            f"{row.position.capitalize()} has no text in the column {columns['text']}: fill it in, or delete it.",
        )
    try:
        page = _page(text)
    except LoadError as error:
        return Flaw(row.name, f"{row.position.capitalize()}: {error}")
    date_text = values.get("published", "")
    day = days.day(date_text)
    fields: dict[str, Any] = {
        name: fragment_line(values[name]) for name in ("title", "source", "author") if name in values
    }
    fields |= {name: values[name] for name in ("url", "language") if name in values}
    fields |= {"published": day} if day else {}
    leads = [fragment_line(values[name]) or "" for name in ("subtitle", "lead") if name in values]
    return replace(
        page,
        blocks=with_leads(page.blocks, leads, fields.get("title", page.title)),
        name=row.name,
        unread_day="" if day else date_text,
        origins={**page.origins, **{field: f"column {columns[field]}" for field in fields}},
        **fields,
    )


def _page(text: str) -> Draft:
    if is_page(text):
        return load_html(text.encode("utf-8", "replace"))
    return Draft(paragraph_blocks(fragment_paragraphs(text) if is_fragment(text) else [text.strip()]))


def _head_rows(rows: Iterator[RawRow | Flaw], max_rows: int) -> Iterator[RawRow | Flaw]:
    """At most `max_rows` rows, of about `_SAMPLE_CHARACTERS` in all."""
    rows_left, characters_left = max_rows, _SAMPLE_CHARACTERS
    for row in rows:
        yield row
        rows_left -= 1
        if not isinstance(row, Flaw):
            characters_left -= sum(len(text) for cell in row[1].values() for text in cell_texts(cell))
        if rows_left <= 0 or characters_left <= 0:
            return


def _with_names(rows: Iterator[RawRow | Flaw], column: str | None) -> Iterator[Row | Flaw]:
    """Name each row by its own id, or by its position if it has none or shares it with a row above."""
    names = UniqueNames()
    for row in rows:
        if isinstance(row, Flaw):
            yield row
            continue
        position, cells = row
        own_id = safe_name(_field_text("id", cells.get(column or "")) or "")
        # an id that reads like a position would take the name of another row
        is_usable = (
            0 < len(own_id) <= _MAX_ID_CHARACTERS and own_id not in names and not own_id.startswith(position.split()[0])
        )
        yield Row(names.unique(own_id if is_usable else position), position, cells)


def _field_text(field: str, cell: Cell | None) -> str | None:
    texts = [text for text in cell_texts(cell) if text.strip().lower() not in _EMPTY_VALUES]
    return _SEPARATORS.get(field, " ").join(texts).strip() or None
