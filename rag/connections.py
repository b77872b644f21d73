"""Connections to an SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path


class Connections:
    """One connection for each thread, in write-ahead mode: readers never wait for the writer.

    Each connection runs the statements of `prepare` first.
    """

    def __init__(self, path: Path, prepare: Sequence[str] = ()) -> None:
        self._path = path
        self._prepare = prepare
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []

    @property
    def own(self) -> sqlite3.Connection:
        """The connection of this thread, opened at the first use; what is changed outside of a transaction stays.

        Raises:
            sqlite3.DatabaseError: the file cannot be opened, or is no database.
        """
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            self._all.append(connection)
            for statement in self._prepare:
                connection.execute(statement)
            connection.execute("PRAGMA journal_mode = WAL")
            # in write-ahead mode this survives a crash of the program; only a power cut may undo the last change
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._local = threading.local()
