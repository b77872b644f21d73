"""The SQLite file of an archive: queries, transactions, and errors in plain words."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import ArchiveBusy, ArchiveDamaged, ArchiveError, ArchiveFull, ArchiveGone, ArchiveReadOnly
from rag.storage.checksums import CHECKSUMS_VERSION, register
from rag.storage.connections import NOT_WRITABLE, Connections, FileDeleted, immediate_transaction
from rag.storage.listing import sort_key
from rag.storage.schema import FIRST_READABLE_VERSION, SCHEMA_VERSION, set_up

log = logging.getLogger(__name__)

DATABASE = "archive.sqlite"
"""The name of the file in the folder of an archive."""
_NO_ARCHIVE = "The archive {folder} was deleted or moved: put it back, or stop this program and open another one."
# random bytes in the mark of a revision
_MARK_BYTES = 6


class Database:
    """An archive's database file, in write-ahead mode: readers never wait for the writer. Usable from several threads.

    If the file is deleted or replaced, the next query notices: it raises, or reads the new file.

    Raises:
        ArchiveError: the file is not an archive, is damaged, was made by a newer version, or was deleted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._warned: set[str] = set()
        self._version = SCHEMA_VERSION
        self._connections = Connections(path, _prepare, self._set_up, recreate=False)
        self.rows("SELECT 1")

    def _set_up(self, connection: sqlite3.Connection) -> None:
        self._version = set_up(connection, self._path)

    def close(self) -> None:
        """Close the file."""
        self._connections.close()

    def warn_once(self, subject: str, message: str) -> None:
        """Log a warning, unless there was one about this subject."""
        if subject not in self._warned:
            self._warned.add(subject)
            log.warning("%s", message)

    @property
    def version(self) -> int:
        """The version of the archive; an earlier one than this program's only if the archive may only be read."""
        return self._version

    @property
    def has_checksums(self) -> bool:
        """Whether rows have checksums; those that an earlier version wrote, and that may only be read, have none."""
        return self._version >= CHECKSUMS_VERSION

    @property
    def revision(self) -> int:
        """Raised by one by every change."""
        return int(self.meta("revision") or 0)

    def mark(self, revision: int) -> str:
        """Return the random mark of a revision; empty in an archive that an earlier version wrote."""
        if self._version <= FIRST_READABLE_VERSION:
            return ""
        rows = self.rows("SELECT mark FROM states WHERE revision = ?", revision)
        return str(rows[0][0]) if rows else ""

    def meta(self, name: str) -> str | None:
        """Return a fact about the archive as a whole, or None."""
        rows = self.rows("SELECT value FROM meta WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def set_meta(self, name: str, value: str | None) -> None:
        """Store a fact about the archive as a whole; None deletes it."""
        with self.transaction(of_articles=False) as (connection, _):
            if value is None:
                connection.execute("DELETE FROM meta WHERE name = ?", (name,))
            else:
                connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def rows(self, query: str, *values: object) -> list[Any]:
        """Run a query and return all its rows."""
        with self.lent() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to this thread; queries inside the block use the same one."""
        try:
            with self._connections.lent() as connection:
                yield connection
        except FileDeleted as error:
            raise ArchiveGone(_NO_ARCHIVE.format(folder=self._path.parent)) from error
        except sqlite3.DatabaseError as error:
            raise _archive_error(error, self._path.parent) from error

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection on which all queries see the same revision; so do those of a snapshot inside of it."""
        with self.lent() as connection:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def transaction(self, *, of_articles: bool = True) -> Iterator[tuple[sqlite3.Connection, int]]:
        """Change all or nothing; yields a connection and the revision that the change makes.

        Args:
            of_articles: whether what is searched changes; if not, the revision stays.
        """
        with self.lent() as connection, immediate_transaction(connection):
            revision = self.revision + of_articles
            yield connection, revision
            if of_articles:
                mark = secrets.token_urlsafe(_MARK_BYTES)
                connection.execute("INSERT INTO states VALUES (?, ?)", (revision, mark))
            connection.execute("UPDATE meta SET value = ? WHERE name = 'revision'", (str(revision),))


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    register(connection)
    connection.create_function("sort_key", 1, sort_key, deterministic=True)


def _archive_error(error: sqlite3.DatabaseError, folder: Path) -> ArchiveError:
    """Return the error that says what happened and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return ArchiveFull(
            f"The disk of the archive {folder} is full: make room and run the same command again; "
            "what was stored before is safe."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ArchiveBusy(f"Another program keeps the archive {folder} locked: wait until it is done and try again.")
    if code in NOT_WRITABLE:
        return ArchiveReadOnly(
            f"The archive {folder} cannot be written: check its permissions, or choose another with --archive."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return ArchiveDamaged(
            f"The archive {folder} is damaged ({error}): restore it from a backup, or delete the folder and "
            "index your articles again."
        )
    return ArchiveError(f"The archive {folder} cannot be used ({error}): check the disk, then try again.")
