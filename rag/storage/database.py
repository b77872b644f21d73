"""The SQLite file of an archive: queries, transactions, and errors in plain words."""

from __future__ import annotations

import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import ArchiveDamaged, ArchiveError, ArchiveReplaced
from rag.storage.checksums import CHECKSUMS_VERSION, register
from rag.storage.connections import Connections, FileDeleted, FileEmpty, FileReplaced, immediate_transaction
from rag.storage.creation import create_database
from rag.storage.damage import DamageNotes
from rag.storage.examination import fault_of_file, fault_of_rows
from rag.storage.interruption import reraise_interruption
from rag.storage.listing import register_sort_key
from rag.storage.locks import INDEXING_LOCK, NO_LOCKS, lock_error
from rag.storage.log_fit import change_count, check_log
from rag.storage.schema import FIRST_READABLE_VERSION, SCHEMA_VERSION, set_up
from rag.storage.sqlite_errors import DAMAGED, EMPTY, REPLACED, archive_error, missing_error
from rag.storage.state_file import ChangeCount, lost_changes, state_before, write_state

log = logging.getLogger(__name__)

DATABASE = "archive.sqlite"
"""The name of the file in the folder of an archive."""
_COUNT_CHANGE = (
    "INSERT INTO meta (name, value) VALUES ('changes', '1') "
    "ON CONFLICT (name) DO UPDATE SET value = CAST(value + 1 AS TEXT)"
)
# while articles are stored, the file that says how many changes there were is written once in so many seconds: to
# replace it takes as long as to store an article
_STATE_SECONDS = 1.0
# random bytes in the mark of a revision
_MARK_BYTES = 6


class Database:
    """An archive's database file, in write-ahead mode: readers never wait for the writer. Usable from several threads.

    If the file is deleted or replaced, the next query notices: it raises, or reads the new file.

    Attributes:
        damage: which articles were damaged when they were read.

    Raises:
        ArchiveError: the file is not an archive, is damaged, was made by a newer version, or was deleted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.damage = DamageNotes()
        self._version = SCHEMA_VERSION
        # changes that were lost before
        self._lost = 0
        self._next_state = 0.0
        # what the file itself said last, without its write-ahead log
        self._in_file: ChangeCount | None = None
        if not path.exists():
            create_database(path, prepare_connection)
        # SQLite would wait half a minute for others to end
        if os.access(path, os.W_OK) and (error := lock_error(path.with_name(INDEXING_LOCK), for_sqlite=True)):
            raise ArchiveError(NO_LOCKS.format(folder=path.parent, error=error))
        self._connections = Connections(path, prepare_connection, self._set_up, check=self._check_log, recreate=False)
        self.rows("SELECT 1")

    def _set_up(self, connection: sqlite3.Connection) -> None:
        """Check a file that was opened, and migrate it.

        Raises:
            ArchiveDamaged: it is damaged, apart from articles, which are checked when they are read.
        """
        folder = self._path.parent
        fault = fault_of_file(connection, self._path)
        if not fault:
            self._version = set_up(connection, self._path)
            fault = fault_of_rows(connection) if self.has_checksums else ""
        if fault:
            raise ArchiveDamaged(DAMAGED.format(folder=folder, fault=fault))
        # in this order, since another process may be writing
        before = state_before(self._path)
        now = change_count(connection)
        self._lost = lost_changes(folder, before, now)
        if before is None:
            self._write_state(now, safely=False)

    def _check_log(self) -> None:
        self._in_file = check_log(self._path, self._in_file) or self._in_file

    def _write_state(self, count: ChangeCount, *, safely: bool) -> None:
        self._next_state = time.monotonic() + _STATE_SECONDS
        try:
            write_state(self._path, replace(count, changes=count.changes + self._lost), safely=safely)
        except OSError as error:
            log.debug("The state of %s cannot be written (%s).", self._path, error)

    def close(self) -> None:
        """Close the file."""
        self._connections.close()

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
            with reraise_interruption(), self._connections.lent() as connection:
                yield connection
        except FileEmpty as error:
            raise ArchiveDamaged(EMPTY.format(folder=self._path.parent)) from error
        except FileDeleted as error:
            raise missing_error(self._path.parent) from error
        except FileReplaced as error:
            raise ArchiveReplaced(REPLACED.format(folder=self._path.parent)) from error
        except sqlite3.DatabaseError as error:
            raise archive_error(error, self._path.parent) from error

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection on which all queries see the same revision; so do those of a snapshot inside of it."""
        with self.lent() as connection:
            if connection.in_transaction:
                yield connection
                return
            written, before = self._connections.last_written(), self._in_file
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")
            if self._connections.last_written() != written:
                self._check_log()
                if before and self._in_file and self._in_file.precedes(before):
                    raise ArchiveReplaced(REPLACED.format(folder=self._path.parent))

    @contextmanager
    def transaction(
        self, *, of_articles: bool = True, of_files: bool = False
    ) -> Iterator[tuple[sqlite3.Connection, int]]:
        """Change all or nothing; yields a connection and the revision that the change makes.

        Args:
            of_articles: whether what is searched changes; if not, the revision stays.
            of_files: whether only what is known of files changes, which the next run finds out again.
        """
        with self.lent() as connection, immediate_transaction(connection):
            revision = self.revision + of_articles
            yield connection, revision
            if of_articles:
                mark = secrets.token_urlsafe(_MARK_BYTES)
                connection.execute("INSERT INTO states VALUES (?, ?)", (revision, mark))
            connection.execute("UPDATE meta SET value = ? WHERE name = 'revision'", (str(revision),))
            connection.execute(_COUNT_CHANGE)
            count = change_count(connection)
        # what a power cut undoes is indexed again, but nobody types again what was typed
        if not (of_articles or of_files):
            self._write_state(count, safely=True)
        elif time.monotonic() >= self._next_state:
            self._write_state(count, safely=False)


def prepare_connection(connection: sqlite3.Connection) -> None:
    """Give a connection what the tables of an archive need."""
    connection.execute("PRAGMA foreign_keys = ON")
    register(connection)
    register_sort_key(connection)
