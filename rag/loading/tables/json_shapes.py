"""The shapes of tables in a JSON value: a list of rows, rows by their ids, or columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rag.errors import LoadError
from rag.loading.tables.columns import guess_columns

TableRows = list[Any]
"""The rows of a table; those that are not objects are malformed."""

_MAX_DEPTH = 5
"""Objects nested at most this deep are searched for tables."""
_MAX_NAME_CHARACTERS = 100
_SINGLE_ARTICLE_FIELDS = {"title", "published", "url", "id"}


def tables_in(value: Any, prefix: str = "", depth: int = _MAX_DEPTH) -> Iterator[tuple[str, TableRows]]:
    """Yield the tables in a value, each with its dotted name, which is empty for the value itself.

    Tables are lists of objects, lists of rows below a row of names, objects of rows by id, and columns by name, as
    pandas writes them (orient records, index, split, table, list and columns).

    Raises:
        LoadError: columns have different lengths.
    """
    rows = _rows(value)
    if rows is not None:
        yield prefix.removesuffix("."), rows
    elif isinstance(value, dict) and depth:
        for name, member in value.items():
            yield from tables_in(member, f"{prefix}{name}.", depth - 1)


def has_text_column(names: Sequence[str]) -> bool:
    """Return whether one of the names is that of a text column."""
    return "text" in guess_columns(names, [])


def _rows(value: Any) -> TableRows | None:
    if isinstance(value, list):
        if any(isinstance(row, dict) for row in value):
            return value
        return _below_names(value)
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        return _below_names([value["columns"], *value["data"]])
    return _by_column(value) or _by_id(value)


def _below_names(value: list[Any]) -> TableRows | None:
    """Rows that are lists, below a list of column names."""
    if len(value) < 2 or not all(isinstance(row, list) for row in value):
        return None
    names = value[0]
    if not all(isinstance(name, str) and len(name) <= _MAX_NAME_CHARACTERS for name in names) or not has_text_column(
        names
    ):
        return None
    # malformed rows stay as they are, and are reported later
    return [dict(zip(names, row, strict=True)) if len(row) == len(names) else row for row in value[1:]]


def _by_column(value: Mapping[str, Any]) -> TableRows | None:
    """Columns by name, each a list, or an object of cells by row id."""
    if len(value) < 2 or not has_text_column(list(value)):
        return None
    columns = list(value.values())
    if all(isinstance(column, list) for column in columns):
        # an article may have lists of paragraphs and of authors, but not of headlines
        if _SINGLE_ARTICLE_FIELDS.isdisjoint(guess_columns(list(value), [])):
            return None
        if len({len(column) for column in columns}) > 1:
            lengths = ", ".join(f"{name[:_MAX_NAME_CHARACTERS]} {len(column)}" for name, column in value.items())
            raise LoadError(f"Its columns have different lengths ({lengths}): save the table again.")
        return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]
    if not all(isinstance(column, dict) for column in columns) or has_text_column(list(columns[0])):
        return None
    ids = dict.fromkeys(row_id for column in columns for row_id in column)
    return [
        {"id": row_id, **{name: column[row_id] for name, column in value.items() if row_id in column}} for row_id in ids
    ]


def _by_id(value: Mapping[str, Any]) -> TableRows | None:
    """Rows by id: more than one, most of them with a text."""
    rows = {row_id: row for row_id, row in value.items() if isinstance(row, dict)}
    texts = sum(has_text_column(list(row)) for row in rows.values())
    if len(rows) < 2 or 2 * texts <= len(rows) or any(isinstance(row, list) for row in value.values()):
        return None
    return [{"id": row_id, **row} for row_id, row in rows.items()]
