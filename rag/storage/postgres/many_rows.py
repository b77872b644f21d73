"""An INSERT of many rows, one after the other → one statement with all of them, which the server runs once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from rag.storage.postgres.dialect import PostgresStatement

Row = Mapping[str, Any]

_INSERT = re.compile(r"(?P<into>INSERT INTO .*?) VALUES \((?P<row>.*?)\)(?P<rest> ON CONFLICT .*)?", re.DOTALL)
_VALUE = re.compile(r"%\((\w+)\)s")
_TYPES = {int: "bigint", str: "text", bytes: "bytea"}
# bytes and characters of a statement: of more, a server writes a file in between (work_mem), and it takes a gigabyte
_MOST = 4_000_000


def in_one_statement(insert: PostgresStatement, rows: Sequence[Row]) -> tuple[bytes, Row] | None:
    """Return the statement that inserts all rows, and its values; None if they have to be inserted one by one."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    types = {name: _type_of(column) for name, column in columns.items()}
    if None in types.values() or sum(map(_size, columns.values())) > _MOST:
        return None
    query = _with_columns(insert, tuple((name, str(type_name)) for name, type_name in types.items()))
    return (query, columns) if query else None


def _type_of(column: Sequence[object]) -> str | None:
    """Return the type of a column's values; empty if there is none, None if they have several, or another one."""
    types = set(map(type, column)) - {type(None)}
    if not types:
        return ""
    return _TYPES.get(types.pop()) if len(types) == 1 else None


def _size(column: Sequence[object]) -> int:
    return sum(len(value) for value in column if isinstance(value, str | bytes))


@lru_cache(256)
def _with_columns(insert: PostgresStatement, types: tuple[tuple[str, str], ...]) -> bytes | None:
    """Return an INSERT whose values are columns, by their names and types; None if the statement is another one.

    >>> from rag.storage.postgres.dialect import translated
    >>> _with_columns(translated("INSERT OR IGNORE INTO bands VALUES (?, ?)"), (("p1", "bigint"), ("p2", "text")))
    b'INSERT INTO bands SELECT new."p1", new."p2" FROM unnest(%(p1)b::bigint[], %(p2)b::text[]) AS new ("p1", "p2") ON CONFLICT DO NOTHING'
    """  # noqa: E501
    match = _INSERT.fullmatch(insert.query.decode())
    if match is None:
        return None
    typed = {name: type_name for name, type_name in types if type_name}
    # without a type, NULL is of that of its column
    row = _VALUE.sub(lambda value: f'new."{value[1]}"' if value[1] in typed else "NULL", match["row"])
    arrays = ", ".join(f"%({name})b::{type_name}[]" for name, type_name in typed.items())
    names = ", ".join(f'"{name}"' for name in typed)
    query = f"{match['into']} SELECT {row} FROM unnest({arrays}) AS new ({names}){match['rest'] or ''}"  # noqa: S608
    return query.encode()
