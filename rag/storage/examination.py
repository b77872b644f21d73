"""Examining a database: whether its pages, indexes and rows are as they were stored."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from rag.storage.checksums import COLUMNS, is_intact

if TYPE_CHECKING:
    from rag.storage.database import SqlConnection

READ_WITH_CHECKSUM = ("articles", "passages", "vectors")
"""The tables whose rows are checked whenever they are read."""
_LARGE = ("files", "names", "runs")
# bytes of a database that is examined whole when it is opened; pages and indexes of a megabyte take 2 ms
_MAX_EXAMINED = 16 << 20


def fault_of_file(connection: sqlite3.Connection, path: Path) -> str:
    """Return what is wrong with a database file; empty if nothing is.

    Of a large one, pages and indexes are not looked at.
    """
    page_bytes, pages = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count"))
    log = path.with_name(f"{path.name}-wal")
    has_log = log.is_file() and log.stat().st_size > 0
    if not has_log and path.stat().st_size < page_bytes * pages:
        return "its file was cut short"
    return structural_fault(connection) if page_bytes * pages <= _MAX_EXAMINED else ""


def fault_of_rows(connection: sqlite3.Connection) -> str:
    """Return which tables have damaged rows, except for those whose rows are checked when they are read.

    Of a large database, tables that may be large are not looked at.
    """
    page_bytes, pages = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count"))
    large = () if page_bytes * pages <= _MAX_EXAMINED else _LARGE
    tables = [table for table in COLUMNS if table not in (*READ_WITH_CHECKSUM, *large)]
    return ", ".join(f"{count} of {table}" for table in tables if (count := damaged_rows(connection, table)))


def structural_fault(connection: sqlite3.Connection) -> str:
    """Return the first fault of the pages and indexes of a database; empty if there is none."""
    (fault,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if fault == "ok" else str(fault).splitlines()[-1]


def damaged_rows(connection: SqlConnection, table: str) -> int:
    """Return the number of rows of a table that are not as they were stored."""
    query = f"SELECT count(*) FROM {table} WHERE NOT {is_intact(table)}"  # noqa: S608
    return int(connection.execute(query).fetchone()[0])
