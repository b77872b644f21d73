"""A damaged database → a sound one with everything that can still be read."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embeddings.permissions import make_file
from rag.errors import ArchiveDamaged
from rag.storage.checksums import COLUMNS, PRIMARY_KEYS, is_intact
from rag.storage.examination import READ_WITH_CHECKSUM, fault_of_file, fault_of_rows, structural_fault
from rag.storage.interruption import reraise_interruption
from rag.storage.listing import FILL_LISTING
from rag.storage.schema import create_tables
from rag.storage.sqlite_database import prepare_connection

_UNREADABLE = "Nothing can be read of the database of the archive {folder} ({error}): restore a backup."
_DERIVED = ("listing",)
_REVISION = "(SELECT max(revision) FROM (SELECT revision FROM states UNION SELECT revision FROM passages))"
# of an article without some of them nothing else tells that it lacks them
_PARTS = ("bands", "lines")


def fault_of(path: Path) -> str:
    """Return what is wrong with a database, apart from rows that are checked when they are read; empty if nothing is.

    All of it is looked at, however large it is.
    """
    try:
        with reraise_interruption(), closing(_opened(path)) as connection:
            return fault_of_file(connection, path) or structural_fault(connection) or fault_of_rows(connection)
    except sqlite3.DatabaseError as error:
        return str(error)


def salvage(path: Path) -> tuple[Path, dict[str, int]]:
    """Put a sound database in place of a damaged one, which is kept; return its new path and the lost rows by table.

    Damaged articles stay, as damaged ones; their files heal them. Of other damaged rows, the kept database has what is
    left.

    Raises:
        ArchiveDamaged: nothing can be read of it, or a version without checksums made it.
    """
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    make_file(fresh)
    try:
        with reraise_interruption(), closing(_opened(path)) as damaged, closing(_opened(fresh)) as sound:
            sound.execute("PRAGMA journal_mode = WAL")
            create_tables(sound)
            sound.execute("PRAGMA foreign_keys = OFF")
            damaged.execute("SELECT checksum FROM meta LIMIT 1")
            lost = _copy_all(damaged, sound)
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(_UNREADABLE.format(folder=path.parent, error=error)) from error
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    damaged_file = path.with_name(f"{path.stem}-damaged-{datetime.now(UTC):%Y-%m-%d-%H%M%S}{path.suffix}")
    # with its log, which would be taken for one of the sound file
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(damaged_file.with_name(damaged_file.name + ending))
    fresh.rename(path)
    return damaged_file, lost


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    # letters of damaged text may be no UTF-8
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    prepare_connection(connection)
    return connection


def _copy_all(damaged: sqlite3.Connection, sound: sqlite3.Connection) -> dict[str, int]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    tables = [name for (name,) in sound.execute(query).fetchall() if name not in _DERIVED]
    lost: dict[str, int] = {}
    torn = False
    sound.execute("BEGIN")
    for table in tables:
        rows = _Rows(damaged, table)
        if count := _copy(rows, sound):
            lost[table] = count
        torn = torn or (rows.torn and table in _PARTS)
    listed = {article: count for _, article, count in _Rows(damaged, "listing", ("article", "passages"))}
    query = "SELECT id, (SELECT count(*) FROM passages WHERE article = id) FROM articles WHERE same_as IS NULL"
    for article, count in sound.execute(query).fetchall():
        if torn or listed.get(article) != count:
            sound.execute("UPDATE articles SET checksum = NULL WHERE id = ?", (article,))
    sound.execute(f"INSERT OR IGNORE INTO meta (name, value) SELECT 'revision', {_REVISION}")
    for statement in FILL_LISTING.split(";"):
        sound.execute(statement)
    sound.execute("COMMIT")
    return lost


class _Rows:
    """The readable rows of a table, each after whether it is intact: from its start, and if it is torn, from its end.

    Attributes:
        torn: whether some rows could not be read; known when all others were.
    """

    def __init__(self, connection: sqlite3.Connection, table: str, columns: Sequence[str] = ()) -> None:
        info = connection.execute(f"PRAGMA table_info({table})")
        self.table = table
        self.columns = columns or [name for _, name, *_ in info if name != "checksum"]
        self.torn = False
        self._connection = connection

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        intact = is_intact(self.table) if self.table in COLUMNS else "1"
        selected = ", ".join(f'"{name}"' for name in self.columns)
        key = ", ".join(f"{name} DESC" for name in PRIMARY_KEYS.get(self.table, ("rowid",)))
        for order in ("", f" ORDER BY {key}"):
            query = f"SELECT {intact}, {selected} FROM {self.table} NOT INDEXED{order}"  # noqa: S608
            try:
                with reraise_interruption():
                    yield from self._connection.execute(query)
            except sqlite3.DatabaseError:
                self.torn = True
                continue
            return


def _copy(rows: _Rows, sound: sqlite3.Connection) -> int:
    """Copy the rows of a table, and return how many damaged ones were left out."""
    table, names = rows.table, list(rows.columns)
    stays = table in READ_WITH_CHECKSUM
    columns, parameters = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    insert = f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({parameters})"  # noqa: S608
    key = PRIMARY_KEYS.get(table, ())
    this_row = " AND ".join(f"{name} IS ?" for name in key) or "rowid = ?"
    lost = 0
    for intact, *values in rows:
        if not intact and not stays:
            lost += 1
            continue
        # a value of a damaged row may be none that the table takes
        with suppress(sqlite3.IntegrityError):
            row = sound.execute(insert, values).lastrowid
            if not intact:
                identity = [values[names.index(name)] for name in key] or [row]
                sound.execute(f"UPDATE {table} SET checksum = NULL WHERE {this_row}", identity)  # noqa: S608
    return lost
