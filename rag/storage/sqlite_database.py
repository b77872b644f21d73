"""The SQLite file of an archive: its connections and transactions, and errors in plain words."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import ArchiveDamaged, ArchiveError, ArchiveReplaced
from rag.storage.checksums import register
from rag.storage.connections import Connections, FileDeleted, FileEmpty, FileReplaced, immediate_transaction
from rag.storage.creation import create_database
from rag.storage.database import Database
from rag.storage.examination import fault_of_file, fault_of_rows, structural_fault
from rag.storage.interruption import reraise_interruption
from rag.storage.listing import register_sort_key
from rag.storage.locks import INDEXING_LOCK, NO_LOCKS, lock_error
from rag.storage.log_fit import change_count, check_log
from rag.storage.schema import set_up
from rag.storage.sqlite_errors import DAMAGED, EMPTY, REPLACED, archive_error, missing_error
from rag.storage.state_file import ChangeCount, lost_changes, state_before, write_state

log = logging.getLogger(__name__)

DATABASE = "archive.sqlite"
"""The name of the file in the folder of an archive."""
# while articles are stored, the file that says how many changes there were is written once in so many seconds: to
# replace it takes as long as to store an article
_STATE_SECONDS = 1.0


class SqliteDatabase(Database):
    """An archive's database file, in write-ahead mode.

    If the file is deleted or replaced, the next query notices: it raises, or reads the new file.

    Raises:
        ArchiveError: the file is not an archive, is damaged, was made by a newer version, or was deleted.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        # what is known when the file is open: its version, and how many changes were lost before
        self._version: int
        self._lost: int
        self._next_state = time.monotonic()
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
    def location(self) -> str:
        """The folder of the file."""
        return str(self._path.parent)

    @property
    def version(self) -> int:
        """The version of the archive; an earlier one than this program's only if the archive may only be read."""
        return self._version

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

    def batches(self, query: str, *values: object, size: int) -> Iterator[list[Any]]:
        """Yield the rows of a query in lists, without having all of them at once."""
        with self.lent() as connection:
            cursor = connection.execute(query, values)
            while rows := cursor.fetchmany(size):
                yield rows

    @contextmanager
    def writing(self, *, safely: bool = True) -> Iterator[sqlite3.Connection]:
        """Change all or nothing on a connection, after all others who write."""
        with self.lent() as connection:
            # what a power cut undoes is indexed again, but nobody types again what was typed
            connection.execute(f"PRAGMA synchronous = {'FULL' if safely else 'NORMAL'}")
            with immediate_transaction(connection):
                yield connection
                count = change_count(connection)
        if safely or time.monotonic() >= self._next_state:
            self._write_state(count, safely=safely)

    def bytes_on_disk(self) -> int:
        """Return how large the file is, with those beside it."""
        size = 0
        for path in self._path.parent.glob(f"{self._path.name}*"):
            # the log goes when another process closes the file
            with suppress(FileNotFoundError):
                size += path.stat().st_size
        return size

    def structural_fault(self) -> str:
        """Return the first thing that SQLite's check of the whole file complains about; empty if there is none."""
        with self.lent() as connection:
            return structural_fault(connection)

    def broken_references(self) -> int:
        """Return the number of rows that refer to a row that does not exist."""
        return len(self.rows("PRAGMA foreign_key_check"))

    def empty_log(self) -> None:
        """Move what is in the write-ahead log into the database, and empty the log, unless someone reads from it."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def prepare_connection(connection: sqlite3.Connection) -> None:
    """Give a connection what the tables of an archive need."""
    connection.execute("PRAGMA foreign_keys = ON")
    register(connection)
    register_sort_key(connection)
