"""The tables of what the servers of an archive share: sessions, attempts, replies, jobs. None has to be saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from rag.storage.postgres.database import PostgresDatabase

_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL,
    begun TIMESTAMPTZ NOT NULL DEFAULT now(), last_used TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS sessions_by_name ON sessions (name, begun);
CREATE TABLE IF NOT EXISTS attempts (key TEXT PRIMARY KEY, number BIGINT NOT NULL, last TIMESTAMPTZ NOT NULL);
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status BIGINT NOT NULL, headers TEXT NOT NULL, body BYTEA NOT NULL,
    stored TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS replies_by_time ON replies (stored);
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, running BOOLEAN NOT NULL,
    cancelled BOOLEAN NOT NULL DEFAULT false, begun TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated TIMESTAMPTZ NOT NULL DEFAULT now()
);
"""
_LAST_TABLE = "jobs"


class ServerTables:
    """The tables, which are made when a server first needs them. Usable from several threads."""

    def __init__(self, database: PostgresDatabase) -> None:
        self.address = database.address
        self._database = database
        self._are_there = False

    @contextmanager
    def lent(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection; outside of a transaction, each change is committed at once.

        Raises:
            ArchiveError: the server does not answer, or the tables may not be made.
        """
        with self._database.lent() as connection:
            if not self._are_there:
                self._make(connection.raw)
                self._are_there = True
            yield connection.raw

    @contextmanager
    def transaction(self, lock: str) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection on which all is done or nothing, one transaction after the other of this lock.

        Raises:
            ArchiveError: the server does not answer, or the tables may not be made.
        """
        with self.lent() as raw, raw.transaction():
            self._lock(raw, lock)
            yield raw

    def _make(self, raw: psycopg.Connection[Any]) -> None:
        with raw.transaction():
            # several servers may do so at once
            self._lock(raw, "tables")
            # who may not make tables may use those that are there
            row = raw.execute("SELECT to_regclass(%s)::text", (f"{self.address.schema}.{_LAST_TABLE}",)).fetchone()
            if row is None or row[0] is None:
                raw.execute(_TABLES)

    def _lock(self, raw: psycopg.Connection[Any], name: str) -> None:
        raw.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"servers {name} {self.address.schema}",))
