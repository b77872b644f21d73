"""Whether a database and its write-ahead log belong together: who puts a copy in place of a database may leave its log.

SQLite does not notice, and would read pages of both.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rag.errors import ArchiveDamaged
from rag.storage.sqlite_errors import OVERWRITTEN
from rag.storage.state_file import ChangeCount


def change_count(connection: sqlite3.Connection) -> ChangeCount:
    """Return which archive this is, and how many changes were committed to it."""
    facts = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('archive_id', 'changes')").fetchall())
    return ChangeCount(facts.get("archive_id", ""), int(facts.get("changes", 0)))


def check_log(path: Path, before: ChangeCount | None) -> ChangeCount | None:
    """Check that what is in the log of a database came after what is in its file; return what is in the file.

    Nothing is written, not even when the connections close, which are read-only.

    Args:
        before: what was in the file when it was looked at before, if it was.

    Raises:
        ArchiveDamaged: another file was put in place of the one that the log belongs to.
    """
    in_file = _read_count(path, without_log=True)
    log = path.with_name(f"{path.name}-wal")
    if in_file is None or not log.is_file() or not log.stat().st_size:
        return in_file
    now = _read_count(path, without_log=False)
    if now is None or in_file == now:
        return in_file
    earliest = before.changes if before and before.archive_id == now.archive_id else 0
    if in_file.archive_id != now.archive_id or not earliest <= in_file.changes <= now.changes:
        raise ArchiveDamaged(OVERWRITTEN.format(folder=path.parent))
    return in_file


def _read_count(path: Path, *, without_log: bool) -> ChangeCount | None:
    """Return the count that a read-only connection sees; None if it sees none, of which whoever reads more hears."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable={without_log:d}"
        with closing(sqlite3.connect(uri, timeout=30, isolation_level=None, uri=True)) as connection:
            return change_count(connection)
    except (sqlite3.DatabaseError, ValueError):
        return None
