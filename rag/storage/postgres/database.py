"""An archive in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import psycopg

from rag.errors import ArchiveError, NotFound
from rag.storage.database import Database
from rag.storage.postgres.address import PostgresAddress
from rag.storage.postgres.connections import OLDEST_SERVER, PostgresConnection, ServerConnections
from rag.storage.postgres.errors import postgres_error
from rag.storage.postgres.job_records import JobRecords
from rag.storage.postgres.keyed_replies import KeyedReplies
from rag.storage.postgres.locks import IndexingLocks
from rag.storage.postgres.server_tables import ServerTables
from rag.storage.postgres.tables import continue_numbers, create_schema, format_of, set_complete
from rag.storage.postgres.visits import StoredAttempts, StoredSessions
from rag.storage.schema import SCHEMA_VERSION
from rag.storage.shared_memory import SharedMemory

_TAKES_NO_CHANGES = ("in_hot_standby", "default_transaction_read_only")
_SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace"


class PostgresDatabase(Database):
    """The tables of an archive in a schema of PostgreSQL.

    Args:
        create: make a new archive if there is none.
        is_copy: another archive is copied to it, which only `finish_copy` makes one that can be opened.

    Raises:
        ArchiveUnreachable: nobody answers at the address, or refuses.
        NotFound: there is no archive, and `create` is False.
        ArchiveError: the server is too old, or a newer version made the archive.
    """

    def __init__(self, address: PostgresAddress, *, create: bool = True, is_copy: bool = False) -> None:
        super().__init__()
        self.address = address
        self._connections = ServerConnections(address)
        self._locks = IndexingLocks(address)
        try:
            with self.lent() as connection:
                self._set_up(connection.raw, create=create, is_copy=is_copy)
        except BaseException:
            self.close()
            raise

    def _set_up(self, raw: psycopg.Connection[Any], *, create: bool, is_copy: bool) -> None:
        if raw.info.server_version < OLDEST_SERVER * 10_000:
            raise ArchiveError(
                f"The server of {self.address} is PostgreSQL {raw.info.server_version // 10_000}: use version "
                f"{OLDEST_SERVER} or a later one."
            )
        if raw.info.parameter_status("server_encoding") != "UTF8":
            raise ArchiveError(f"The database of {self.address} does not store UTF-8: create one that does.")
        stored = format_of(raw, self.address.schema)
        if stored is None:
            if not create:
                raise NotFound(f"There is no archive in {self.address}: index articles into it first.")
            create_schema(raw, self.address.schema, is_complete=not is_copy)
        elif stored.version > SCHEMA_VERSION:
            raise ArchiveError(
                f"The archive {self.address} was made by a newer Fundstelle (format {stored.version}, this one knows "
                f"{SCHEMA_VERSION}): upgrade with `pip install --upgrade fundstelle`."
            )
        elif is_copy and stored.is_complete:
            raise ArchiveError(f"There is an archive in {self.address}: copy to another ?schema=NAME.")
        elif not (is_copy or stored.is_complete):
            raise ArchiveError(f"An archive is being copied to {self.address}: wait, or run `fundstelle copy` again.")

    @property
    def location(self) -> str:
        """The address."""
        return str(self.address)

    @property
    def version(self) -> int:
        """The version of the archive."""
        return SCHEMA_VERSION

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()

    @contextmanager
    def lent(self) -> Iterator[PostgresConnection]:
        """Lend a connection to this thread; queries inside the block use the same one."""
        try:
            with self._connections.lent() as connection:
                yield connection
        except psycopg.Error as error:
            raise postgres_error(error, self.address) from error

    @contextmanager
    def snapshot(self) -> Iterator[PostgresConnection]:
        """Lend a connection on which all queries see the same revision; so do those of a snapshot inside of it."""
        with self.lent() as connection:
            if connection.in_transaction:
                yield connection
                return
            with connection.snapshot():
                yield connection

    @contextmanager
    def writing(self, *, safely: bool = True) -> Iterator[PostgresConnection]:
        """Change all or nothing on a connection, after all others who write."""
        if not safely:
            # articles, and what is known of their files
            self._locks.check()
        with self.lent() as connection, connection.writing(safely=safely):
            yield connection

    @contextmanager
    def indexing(self, part: str = "") -> Iterator[None]:
        """Let no other program index into the archive, or write a part of its indexes, on whatever computer.

        Raises:
            ArchiveBusy: another one does.
        """
        if not part:
            self.check_writable()
        with self._locks.acquired(part):
            yield

    @property
    def only_reads(self) -> bool:
        """Whether the server takes no changes, as it says itself whenever that changes."""
        if self.address.only_reads:
            return True
        with self.lent() as connection:
            return any(connection.raw.info.parameter_status(name) == "on" for name in _TAKES_NO_CHANGES)

    @cached_property
    def shared_memory(self) -> SharedMemory | None:
        """What all servers of the archive remember together; None where nothing can be written."""
        if self.only_reads:
            return None
        tables = ServerTables(self)
        return SharedMemory(StoredSessions(tables), StoredAttempts(tables), KeyedReplies(tables), JobRecords(tables))

    def batches(self, query: str, *values: object, size: int) -> Iterator[list[Any]]:
        """Yield the rows of a query in lists, without having all of them at once; inside a snapshot."""
        with self.lent() as connection:
            yield from connection.batches(query, values, size)

    def finish_copy(self) -> None:
        """Make an archive of what was copied."""
        with self.writing() as connection:
            continue_numbers(connection.raw, self.address.schema)
            set_complete(connection.raw, is_complete=True)
            # without it, the first queries would be planned for empty tables
            connection.raw.execute("ANALYZE articles, passages, vectors, listing, names, tokens")

    def bytes_on_disk(self) -> int:
        """Return how large the tables are, with their indexes."""
        with self.lent() as connection:
            row = connection.raw.execute(_SIZE, (self.address.schema,)).fetchone()
        return int(row[0]) if row and row[0] else 0

    def structural_fault(self) -> str:
        """Return nothing: PostgreSQL looks after its pages itself."""
        return ""

    def broken_references(self) -> int:
        """Return 0: PostgreSQL refuses them."""
        return 0

    def empty_log(self) -> None:
        """Do nothing: PostgreSQL looks after its log itself."""
