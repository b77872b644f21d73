"""The shapes in which programs write a table as one JSON value: rows in a list, by their ids, or column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rag.errors import LoadError
from rag.loading.tables.columns import guess_columns

TableRows = list[Any]
"""The rows of a table, objects where they are whole."""

_DEPTH = 5
"""How deep objects are looked into for tables."""
_LONGEST_NAME = 100
_OF_ONE = {"title", "published", "url", "id"}


def tables_in(value: Any, above: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, TableRows]]:
    """Yield the tables in a value, each with its dotted name, empty for the value itself.

    They are lists of objects, lists of rows below a row of names, objects of rows by their ids, and columns by their
    names, as pandas writes them: records, index, split, table, list and columns.

    Raises:
        LoadError: columns have different lengths.
    """
    rows = _rows(value)
    if rows is not None:
        yield above.removesuffix("."), rows
    elif isinstance(value, dict) and depth:
        for name, one in value.items():
            yield from tables_in(one, f"{above}{name}.", depth - 1)


def has_text_column(names: Sequence[str]) -> bool:
    """Tell whether one of the names is that of a column with the texts."""
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
    """Rows that are lists, below a list of the names of their columns."""
    if len(value) < 2 or not all(isinstance(row, list) for row in value):  # noqa: PLR2004 - the names and a row
        return None
    names = value[0]
    if not all(isinstance(name, str) and len(name) <= _LONGEST_NAME for name in names) or not has_text_column(names):
        return None
    # what is no row of this table stays as it is, and is reported
    return [dict(zip(names, row, strict=True)) if len(row) == len(names) else row for row in value[1:]]


def _by_column(value: Mapping[str, Any]) -> TableRows | None:
    """Columns by their names, each a list, or an object of cells by the ids of their rows."""
    if len(value) < 2 or not has_text_column(list(value)):  # noqa: PLR2004 - a text alone may be that of one article
        return None
    columns = list(value.values())
    if all(isinstance(column, list) for column in columns):
        # one article may have a list of paragraphs and a list of authors, but one headline
        if _OF_ONE.isdisjoint(guess_columns(list(value), [])):
            return None
        if len({len(column) for column in columns}) > 1:
            lengths = ", ".join(f"{name[:_LONGEST_NAME]} {len(column)}" for name, column in value.items())
            raise LoadError(f"Its columns have different lengths ({lengths}): save the table again.")
        return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]
    if not all(isinstance(column, dict) for column in columns) or has_text_column(list(columns[0])):
        return None
    ids = dict.fromkeys(one for column in columns for one in column)
    return [{"id": one, **{name: column[one] for name, column in value.items() if one in column}} for one in ids]


def _by_id(value: Mapping[str, Any]) -> TableRows | None:
    """Rows by their ids: more than one, most of them with a text."""
    rows = {one: row for one, row in value.items() if isinstance(row, dict)}
    texts = sum(has_text_column(list(row)) for row in rows.values())
    if len(rows) < 2 or 2 * texts <= len(rows) or any(isinstance(one, list) for one in value.values()):  # noqa: PLR2004
        return None
    return [{"id": one, **row} for one, row in rows.items()]
