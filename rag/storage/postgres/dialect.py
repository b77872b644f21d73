"""The SQL of the stores, which is that of SQLite → that of PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rag.storage.checksums import COLUMNS, PRIMARY_KEYS
from rag.storage.database import Values

_KEYS = {**PRIMARY_KEYS, "passages": ("key",)}
"""What identifies a row that `INSERT OR REPLACE` replaces, by table."""
# the literals and names in quotation marks, of which nothing changes, and the places of values
_PARTS = re.compile(r"""(?P<quoted>'(?:[^']|'')*'|"[^"]*")|\?(?P<number>\d*)|(?<![:\w]):(?P<name>[a-z_]\w*)""")
_LIST = re.compile(r"json_each\((%\(\w+\)s)\)")
_CHECKSUM = re.compile(
    r"""(?:\ IS\ (?=checksum))?       # two checksums are compared, of which one may be missing
    checksum\(typeof\(                # the types of the values
    [^C]*?                            #
    (?P<values>(?:,\ CAST\([\w.]+"\w+"\ AS\ BLOB\))+)\)""",
    re.VERBOSE,
)
_VALUE = re.compile(r'CAST\(([\w.]+"\w+") AS BLOB\)')
_INSERT = re.compile(r"\s*INSERT OR (?P<how>REPLACE|IGNORE) INTO (?P<table>\w+)(?: \((?P<columns>[^)]*)\))?")
_REPLACEMENTS = (
    # which index to take is for the planner to say
    (re.compile(r" INDEXED BY \w+"), ""),
    # SQLite goes through the first table first
    (re.compile(r"\bCROSS JOIN\b"), "JOIN"),
    # of letters A to Z, SQLite's LIKE does not tell the small ones
    (re.compile(r"\bLIKE\b"), "ILIKE"),
    (re.compile(r"CAST\(((?:(?!CAST\().)*?) AS BLOB\)", re.DOTALL), r"convert_to(\1, 'UTF8')"),
    (re.compile(r"\bAS INTEGER\)"), "AS BIGINT)"),
)


@dataclass(frozen=True, slots=True)
class PostgresStatement:
    """A statement for PostgreSQL, with its values by name; `lists` are the names of those that are lists in JSON."""

    query: bytes
    lists: frozenset[str]

    def arguments(self, values: Values) -> Mapping[str, Any]:
        """Return the values of the statement in SQLite as those of this one."""
        named = (
            values if isinstance(values, Mapping) else {f"p{number}": value for number, value in enumerate(values, 1)}
        )
        if not self.lists:
            return named
        return {name: _texts(value) if name in self.lists else value for name, value in named.items()}


def _texts(list_in_json: str) -> list[str]:
    return [str(value) for value in json.loads(list_in_json)]


@lru_cache(1024)
def translated(query: str) -> PostgresStatement:
    """Return a statement of SQLite as one of PostgreSQL.

    >>> translated("INSERT OR IGNORE INTO removed VALUES (?, ?)").query.decode()
    'INSERT INTO removed VALUES (%(p1)s, %(p2)s) ON CONFLICT DO NOTHING'
    >>> translated("SELECT key FROM names WHERE name LIKE 'a_%' AND code IN (SELECT value FROM json_each(?2))")
    PostgresStatement(query=b"SELECT key FROM names WHERE name ILIKE 'a_%%' AND code IN (SELECT value FROM unnest(%(p2)s::text[]) AS json_each (value))", lists=frozenset({'p2'}))
    """  # noqa: E501
    query = _CHECKSUM.sub(_compared_checksum, query)
    for pattern, replacement in _REPLACEMENTS:
        query = pattern.sub(replacement, query)
    query = _with_conflict(query)
    largest = 0

    def placed(match: re.Match[str]) -> str:
        nonlocal largest
        if match["quoted"]:
            return match["quoted"].replace("%", "%%")
        if match["name"]:
            return f"%({match['name']})s"
        number = int(match["number"] or largest + 1)
        largest = max(largest, number)
        return f"%(p{number})s"

    query = _PARTS.sub(placed, query)
    lists = frozenset(name[2:-2] for name in _LIST.findall(query))
    return PostgresStatement(_LIST.sub(r"unnest(\1::text[]) AS json_each (value)", query).encode(), lists)


def _compared_checksum(match: re.Match[str]) -> str:
    compared = " IS NOT DISTINCT FROM " if match[0].startswith(" IS ") else ""
    return f"{compared}{row_checksum(_VALUE.findall(match['values']))}"


def row_checksum(columns: list[str]) -> str:
    """Return the SQL expression for the checksum of a row, of 64 bits: the hash by which PostgreSQL parts tables.

    Unlike that of SQLite, it is computed where the row is.
    """
    return f"hash_record_extended(ROW({', '.join(columns)}), 0)"


def _with_conflict(query: str) -> str:
    """Say at the end what happens to rows that are there already."""
    match = _INSERT.match(query)
    if match is None:
        return query
    table, columns = match["table"], match["columns"]
    target = f" ({columns})" if columns else ""
    query = f"INSERT INTO {table}{target}{query[match.end() :]}"
    if match["how"] == "IGNORE":
        return f"{query} ON CONFLICT DO NOTHING"
    keys = _KEYS[table]
    renewed = [column for column in columns.split(", ") if column not in keys]
    if table in COLUMNS:
        # with its checksum, a damaged row is whole again
        renewed.append("checksum")
    changes = ", ".join(f"{column} = excluded.{column}" for column in renewed)
    return f"{query} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"
