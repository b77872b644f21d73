"""The lock of who indexes: in the database, so that it holds on all computers, and as long as its connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from rag.errors import ArchiveBusy, ArchiveUnreachable
from rag.storage.postgres.address import PostgresAddress
from rag.storage.postgres.connections import PostgresConnection, ServerConnections, has_arrived
from rag.storage.postgres.errors import postgres_error


def release(connection: PostgresConnection) -> None:
    """Give up the locks of a connection, which the server would do a moment after it was closed."""
    # a server that is gone has done so
    with suppress(psycopg.OperationalError):
        connection.raw.execute("SELECT pg_advisory_unlock_all()")


class IndexingLocks:
    """The locks of an archive that threads of this process have. Usable from several threads."""

    def __init__(self, address: PostgresAddress) -> None:
        self._address = address
        self._thread = threading.local()

    @contextmanager
    def acquired(self, part: str) -> Iterator[None]:
        """Have the lock of a part while the block lasts.

        Raises:
            ArchiveBusy: another program has it.
            ArchiveUnreachable: the server does not answer, or refuses.
        """
        # a connection of its own, which has the lock until it is closed
        server = ServerConnections(self._address)
        try:
            with server.lent() as connection:
                name = f"indexing {part}{self._address.schema}"
                row = connection.raw.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (name,)).fetchone()
        except psycopg.Error as error:
            raise postgres_error(error, self._address) from error
        try:
            if not (row and row[0]):
                raise ArchiveBusy(f"Another program is indexing into {self._address}: wait until it is done.")
            outer = self._connections
            self._thread.connections = (*outer, connection.raw)
            try:
                yield
            finally:
                self._thread.connections = outer
                release(connection)
        finally:
            server.close()

    def check(self) -> None:
        """Check that this thread still has the locks that it took.

        A server that started again, or took the place of another one, gives the lock to others, and may lack the last
        articles, of which who indexes would think that they are stored.

        Raises:
            ArchiveUnreachable: it lost one.
        """
        for raw in self._connections:
            try:
                # something to be read: mostly that the server is gone
                if has_arrived(raw.fileno()):
                    raw.execute("SELECT 1")
            except psycopg.Error as error:
                raise ArchiveUnreachable(
                    f"The server of the archive {self._address} ended while articles were stored: run the same command "
                    "again when it is back, or another one has taken its place; what is stored is not read again."
                ) from error

    @property
    def _connections(self) -> tuple[psycopg.Connection[object], ...]:
        return getattr(self._thread, "connections", ())
