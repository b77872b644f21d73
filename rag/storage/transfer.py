"""All rows of an archive from one database to another, of whatever engine: in parts, each once, and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import xxhash

from rag.errors import ArchiveDamaged
from rag.storage.checksums import COLUMNS, PRIMARY_KEYS, is_intact
from rag.storage.database import Database, SqlConnection
from rag.storage.facts import ADDRESSES
from rag.storage.listing import LISTING_COLUMNS

OnRows = Callable[[int, int], None]
"""Called with the number of rows that are done, and that of all."""
_STAMP = "copy_of"
# rows of a part
_PART = 1000
_NUMBERED = {"passages": "key", "names": "code", "history": "id", "saved_questions": "id"}
_DERIVED = {
    "states": ("revision", "mark"),
    "removed": ("revision", "key"),
    "bands": ("band", "article"),
    "lines": ("line", "article"),
    "often": ("line",),
    "touched": ("line",),
    "unsettled": ("article",),
    "listing": ("number", *LISTING_COLUMNS),
}


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table that is copied, in the order of what identifies its rows."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def selected(self) -> str:
        """The columns, for a query."""
        return ", ".join(f'"{column}"' for column in self.columns)

    @property
    def order(self) -> str:
        """What identifies a row, for a query."""
        return ", ".join(self.key)


def _tables() -> Iterator[CopiedTable]:
    """Yield all tables but `meta`; rows refer to rows of tables before theirs."""
    for table, columns in COLUMNS.items():
        if table == "meta":
            continue
        key = PRIMARY_KEYS.get(table) or (_NUMBERED.get(table, "rowid"),)
        yield CopiedTable(table, key, columns if key[0] in columns else ("rowid", *columns))
    for table, columns in _DERIVED.items():
        yield CopiedTable(table, PRIMARY_KEYS.get(table) or columns[:1], columns)


COPIED_TABLES = tuple(_tables())


def transfer(source: Database, target: Database, on_rows: OnRows = lambda _, __: None) -> dict[str, int]:
    """Copy all rows of an archive into the tables of another, which nobody else uses; return their numbers by table.

    What an interrupted call copied is not copied again, unless the archive changed since.

    Raises:
        ArchiveDamaged: a row is not as it was stored, or is not the same in both.
    """
    with source.snapshot():
        facts = dict(source.rows("SELECT name, value FROM meta WHERE name NOT IN (?, ?)", *ADDRESSES))
        counts = {table.name: _count(source, table) for table in COPIED_TABLES}
        _begin(target, _stamp(facts))
        done, total = 0, sum(counts.values())
        for table in COPIED_TABLES:
            done += _count(target, table)
            on_rows(done, total)
            for part in _parts(source, table, _last_key(target, table)):
                with target.writing() as connection:
                    _insert(connection, table, part)
                done += len(part)
                on_rows(done, total)
        for table in COPIED_TABLES:
            if _digest(source, table) != _digest(target, table):
                raise ArchiveDamaged(
                    f"The table {table.name} of {target.location} is not that of {source.location}: delete the copy, "
                    "and copy again."
                )
    with target.writing() as connection:
        connection.execute("DELETE FROM meta")
        connection.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", list(facts.items()))
    return counts


def _stamp(facts: Mapping[str, str]) -> str:
    return f"{facts['archive_id']} {facts['revision']} {facts.get('changes')}"


def _begin(target: Database, stamp: str) -> None:
    """Empty the tables, unless what they have is of the same archive in the same state."""
    facts = dict(target.rows("SELECT name, value FROM meta"))
    if facts.get(_STAMP) == stamp or _stamp(facts) == stamp:
        return
    with target.writing() as connection:
        for table in reversed(COPIED_TABLES):
            connection.execute(f"DELETE FROM {table.name}")  # noqa: S608
        connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (_STAMP, stamp))


def _count(database: Database, table: CopiedTable) -> int:
    return int(database.rows(f"SELECT count(*) FROM {table.name}")[0][0])  # noqa: S608


def _last_key(database: Database, table: CopiedTable) -> tuple[Any, ...]:
    descending = ", ".join(f"{column} DESC" for column in table.key)
    rows = database.rows(f"SELECT {table.order} FROM {table.name} ORDER BY {descending} LIMIT 1")  # noqa: S608
    return tuple(rows[0]) if rows else ()


def _parts(database: Database, table: CopiedTable, after: tuple[Any, ...] = ()) -> Iterator[list[Any]]:
    """Yield the rows after one of them, in lists.

    Raises:
        ArchiveDamaged: a row is not as it was stored.
    """
    intact = is_intact(table.name) if table.name in COLUMNS and database.has_checksums else "TRUE"
    later = f"WHERE ({table.order}) > ({', '.join('?' * len(after))}) " if after else ""
    query = f"SELECT {intact}, {table.selected} FROM {table.name} {later}ORDER BY {table.order}"  # noqa: S608
    for rows in database.batches(query, *after, size=_PART):
        if not all(row[0] for row in rows):
            raise ArchiveDamaged(
                f"A row of the table {table.name} of {database.location} is damaged: run `fundstelle repair`, or "
                "restore a backup."
            )
        yield [tuple(row[1:]) for row in rows]


def _insert(connection: SqlConnection, table: CopiedTable, rows: list[Any]) -> None:
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f"INSERT INTO {table.name} ({table.selected}) VALUES ({marks})", rows)  # noqa: S608


def _digest(database: Database, table: CopiedTable) -> tuple[int, str]:
    """Return the number of the rows of a table, and the hash of all their values in order."""
    count, digest = 0, xxhash.xxh3_128()
    with database.snapshot():
        for rows in _parts(database, table):
            count += len(rows)
            for row in rows:
                digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return count, digest.hexdigest()
