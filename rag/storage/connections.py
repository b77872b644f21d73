"""Connections to an SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from embeddings.permissions import make_file

# a program that answers so many questions at the same time opens no connection anew; each takes three file handles
_MOST_WAITING = 8
# reads a file without locks, which are files to be written: nobody else must be writing it
_UNLOCKED = "win32-none" if os.name == "nt" else "unix-none"
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)

Identity = tuple[int, ...]


class FileGone(Exception):
    """The file was deleted since it was opened."""


class Connections:
    """Connections to a file in write-ahead mode, each lent to one thread at a time: readers never wait for the writer.

    A file that may only be read is read all the same. One that another file was put in the place of is opened anew;
    `prepare` gets each connection when it is opened, and `accept`, after it, the first one to each such file. One that
    was deleted is made anew only if it may be `remade`.
    """

    def __init__(
        self,
        path: Path,
        prepare: Callable[[sqlite3.Connection], None],
        accept: Callable[[sqlite3.Connection], None] = lambda _: None,
        *,
        remade: bool = True,
    ) -> None:
        self._path = path
        self._prepare = prepare
        self._accept = accept
        self._remade = remade
        self._made = False
        self._lending = threading.local()
        self._changing = threading.Lock()
        self._waiting: list[sqlite3.Connection] = []
        self._identity: Identity | None = None
        self._only_read = False

    @property
    def only_read(self) -> bool:
        """Whether the file may only be read, as far as the connection that was opened last could tell."""
        return self._only_read

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """Give a connection; what is asked for meanwhile by the same thread gets the same one.

        What is changed outside of a transaction stays.

        Raises:
            FileGone: it was deleted, and is not to be made anew.
            sqlite3.DatabaseError: the file cannot be opened, or is no database.
        """
        own: sqlite3.Connection | None = getattr(self._lending, "connection", None)
        if own is not None:
            yield own
            return
        connection, identity = self._taken()
        self._lending.connection = connection
        try:
            yield connection
        finally:
            self._lending.connection = None
            self._take_back(connection, identity)

    def close(self) -> None:
        """Close all connections; those that are lent, when they come back."""
        with self._changing:
            self._drop()

    def _taken(self) -> tuple[sqlite3.Connection, Identity]:
        with self._changing:
            now = self._seen()
            if now != self._identity:
                self._drop()
            if not now and self._made and not self._remade:
                raise FileGone
            if self._waiting:
                return self._waiting.pop(), now
            fresh = self._identity is None
            connection = self._opened()
            try:
                if fresh:
                    self._accept(connection)
            except BaseException:
                connection.close()
                raise
            # a file that may be written grows, and it is another one only if it has another number
            self._identity = self._seen()
            self._made = True
            return connection, self._identity

    def _take_back(self, connection: sqlite3.Connection, identity: Identity) -> None:
        with self._changing:
            if identity == self._identity and len(self._waiting) < _MOST_WAITING:
                self._waiting.append(connection)
            else:
                connection.close()

    def _drop(self) -> None:
        self._identity = None
        while self._waiting:
            self._waiting.pop().close()

    def _seen(self) -> Identity:
        """Return what tells this file from another one in its place; nothing if there is none."""
        try:
            status = self._path.stat()
        except OSError:
            return ()
        # somebody else may write what this process cannot, and connections without locks do not notice
        changing = (status.st_size, status.st_mtime_ns, *self._logged()) if self._only_read else ()
        return status.st_dev, status.st_ino, *changing

    def _logged(self) -> tuple[int, ...]:
        """Return the size of what was written to the log and not to the file yet; nothing if there is no log."""
        try:
            return (self._path.with_name(f"{self._path.name}-wal").stat().st_size,)
        except OSError:
            return ()

    def _opened(self) -> sqlite3.Connection:
        if not self._path.exists():
            # SQLite gives the files beside it the same rights; what fails here, fails for it too, and it says why
            with suppress(OSError):
                make_file(self._path)
        try:
            self._only_read = False
            return self._prepared("mode=rw")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _NOT_WRITABLE or not self._path.is_file():
                raise
        self._only_read = True
        # the log that cannot be opened as usual may be empty; else what stands in it belongs to the file
        if any(self._logged()):
            return self._prepared(f"mode=ro&vfs={_UNLOCKED}", "PRAGMA locking_mode = EXCLUSIVE")
        return self._prepared("mode=ro&immutable=1")

    def _prepared(self, how: str, *first: str) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?{how}"
        connection = sqlite3.connect(address, timeout=30, isolation_level=None, check_same_thread=False, uri=True)
        try:
            for statement in first:
                connection.execute(statement)
            if self._only_read:
                connection.execute("PRAGMA query_only = ON")
                connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            self._prepare(connection)
            if not self._only_read:
                connection.execute("PRAGMA journal_mode = WAL")
                # in write-ahead mode this survives a crash of the program; only a power cut may undo the last change
                connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            connection.close()
            raise
        return connection
