"""Connections to an SQLite file."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from embeddings.permissions import make_file
from rag.errors import ArchiveDamaged

log = logging.getLogger(__name__)

NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
"""The codes of SQLite for a file that may not be written."""
# maximum number of idle connections that stay open; each has three file handles
_MAX_IDLE = 8
# an SQLite file system layer that reads without locks, which are files to be written: no process may be writing
_LOCK_FREE_VFS = "win32-none" if os.name == "nt" else "unix-none"

FileIdentity = tuple[int, ...]
"""What distinguishes a file from another one in its place; empty if there is none."""


class FileDeleted(Exception):
    """The file was deleted since it was opened."""


class FileReplaced(Exception):
    """Another file took the place of the one that was being read."""


class FileEmpty(Exception):
    """The file has no content, though it is not to be created."""


@contextmanager
def immediate_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing; waits until no other connection writes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # after some errors, a full disk among them, SQLite has rolled back by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class Connections:
    """Connections to a file in write-ahead mode, each lent to one thread at a time: readers never wait for the writer.

    A file that may only be read is opened read-only. A file that was replaced by another one is opened again.

    Args:
        prepare: called with each connection that is opened.
        accept: called after it with the first connection to a file, again if the file was replaced.
        check: called before the file is read where it was written since: what was in the write-ahead log was moved
            into it, or another program wrote a copy over it. If it raises, the log is left as it is.
        recreate: whether a file that was deleted, or is empty, is created again.
    """

    def __init__(
        self,
        path: Path,
        prepare: Callable[[sqlite3.Connection], None],
        accept: Callable[[sqlite3.Connection], None] = lambda _: None,
        *,
        check: Callable[[], None] = lambda: None,
        recreate: bool = True,
    ) -> None:
        self._path = path
        self._prepare = prepare
        self._accept = accept
        self._check = check
        self._recreate = recreate
        self._was_opened = False
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._identity: FileIdentity | None = None
        self._written: FileIdentity = ()
        self._read_only = False

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; the same thread gets the same one inside the block.

        Outside of a transaction, each change is committed at once.

        Raises:
            FileDeleted: the file was deleted, and is not to be created again.
            FileReplaced: SQLite failed, and there is another file in the place of the one that was opened.
            FileEmpty: the file is empty, and is not to be created again.
            sqlite3.DatabaseError: the file cannot be opened, or is not a database.
        """
        current: sqlite3.Connection | None = getattr(self._thread, "connection", None)
        if current is not None:
            yield current
            return
        inode = self._inode()
        try:
            connection, identity = self._take()
            self._thread.connection = connection
            try:
                yield connection
            finally:
                self._thread.connection = None
                self._give_back(connection, identity)
        except sqlite3.OperationalError as error:
            # its log went with it, which SQLite takes for a failing disk
            if inode and self._inode() != inode:
                raise FileReplaced from error
            raise

    def close(self) -> None:
        """Close all connections; those that are lent, when they are given back."""
        with self._lock:
            if not self._idle or self._log_fits():
                self._drop()
                return
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as last:
                # those that are not the last to be closed do not write their log into the file; a read-only one cannot
                last.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
                self._drop()

    def _log_fits(self) -> bool:
        try:
            if self.last_written() != self._written:
                self._check()
        except ArchiveDamaged as error:
            log.debug("The log of %s is left as it is (%s).", self._path, error)
            return False
        return True

    def _take(self) -> tuple[sqlite3.Connection, FileIdentity]:
        with self._lock:
            identity = self._current_identity()
            written = self.last_written()
            if written != self._written and identity:
                self._check()
            if identity != self._identity:
                self._drop()
            if not identity and self._was_opened and not self._recreate:
                raise FileDeleted
            if self._idle and written == self._written:
                return self._idle.pop(), (*identity, *written)
            is_first = self._identity is None
            connection = self._open()
            try:
                if is_first:
                    self._accept(connection)
            except BaseException:
                connection.close()
                raise
            # they remember pages of the file as it was; not the last to be closed, they do not write their log into it
            self._close_idle()
            # again, since opening may have created it or shown it to be read-only
            self._identity = self._current_identity()
            self._written = written or self.last_written()
            self._was_opened = True
            return connection, (*self._identity, *self._written)

    def _give_back(self, connection: sqlite3.Connection, identity: FileIdentity) -> None:
        with self._lock:
            is_current = identity == (*(self._identity or ()), *self._written)
            # Ctrl-C may come just after a transaction began: it is undone with its connection
            if is_current and not connection.in_transaction and len(self._idle) < _MAX_IDLE:
                self._idle.append(connection)
            else:
                connection.close()

    def _drop(self) -> None:
        self._identity = None
        self._written = ()
        self._close_idle()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _current_identity(self) -> FileIdentity:
        try:
            status = self._path.stat()
        except OSError:
            return ()
        # another process may write what this one may only read, and connections without locks do not notice
        changes = (status.st_size, status.st_mtime_ns, *self._log_size()) if self._read_only else ()
        return status.st_dev, status.st_ino, *changes

    def _inode(self) -> FileIdentity:
        """Return the device and the number of the file: another file in its place has others."""
        return self._current_identity()[:2]

    def last_written(self) -> FileIdentity:
        """Return the size and the time of the file, which stay while changes go into the write-ahead log."""
        try:
            status = self._path.stat()
        except OSError:
            return ()
        return status.st_size, status.st_mtime_ns

    def _log_size(self) -> tuple[int, ...]:
        """Return the size of the write-ahead log, which has what is not in the file yet; nothing without a log."""
        try:
            return (self._path.with_name(f"{self._path.name}-wal").stat().st_size,)
        except OSError:
            return ()

    def _open(self) -> sqlite3.Connection:
        if not self._recreate and self._path.is_file() and not self._path.stat().st_size:
            raise FileEmpty
        if not self._path.exists():
            # SQLite gives its other files the same permissions; what fails here fails there too, and is reported then
            with suppress(OSError):
                make_file(self._path)
        try:
            self._read_only = False
            return self._connect("mode=rw")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in NOT_WRITABLE or not self._path.is_file():
                raise
        self._read_only = True
        # what is in the log belongs to the file; an empty log, which cannot be opened read-only, is ignored
        if any(self._log_size()):
            return self._connect(f"mode=ro&vfs={_LOCK_FREE_VFS}", "PRAGMA locking_mode = EXCLUSIVE")
        return self._connect("mode=ro&immutable=1")

    def _connect(self, parameters: str, *pragmas: str) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?{parameters}"
        connection = sqlite3.connect(uri, timeout=30, isolation_level=None, check_same_thread=False, uri=True)
        try:
            for pragma in pragmas:
                connection.execute(pragma)
            if self._read_only:
                connection.execute("PRAGMA query_only = ON")
                connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            self._prepare(connection)
            if not self._read_only:
                connection.execute("PRAGMA journal_mode = WAL")
                # in write-ahead mode this survives a crash of the program; only a power cut may undo the last change
                connection.execute("PRAGMA synchronous = NORMAL")
        except UnicodeDecodeError as error:
            connection.close()
            # SQLite names what is malformed in a damaged schema, and the name itself is
            damage = sqlite3.DatabaseError("its schema is malformed")
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage from error
        except BaseException:
            connection.close()
            raise
        return connection
