"""Replies to requests with a key, of all servers of an archive: in its database."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack

import psycopg

from rag.server.stored_replies import KeyState, StoredReply
from rag.storage.postgres.connections import ServerConnections
from rag.storage.postgres.errors import postgres_error
from rag.storage.postgres.locks import release
from rag.storage.postgres.server_tables import ServerTables

STORED_SECONDS = 24 * 3600.0
"""How long a reply is stored."""
_REPLY = """
SELECT fingerprint, status, headers, body FROM replies WHERE key = %s AND stored > now() - make_interval(secs => %s)
"""
_STORE = """
INSERT INTO replies (key, fingerprint, status, headers, body) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
    headers = excluded.headers, body = excluded.body, stored = excluded.stored
"""


class KeyedReplies:
    """Replies that every server of an archive knows. Safe to use from several threads.

    Who does a request has a lock in the database, on a connection of its own: if the server dies, the lock goes with
    it, and another one may do the request. Each method raises ArchiveError if the database does not answer.
    """

    def __init__(self, tables: ServerTables) -> None:
        self._tables = tables
        self._claims: dict[str, ExitStack] = {}
        self._lock = threading.Lock()

    def claim(self, key: str, fingerprint: str) -> StoredReply | KeyState:
        """Return the stored reply to a request with a key, or whether the request may be done now."""
        claim = ExitStack()
        with claim:
            connections = ServerConnections(self._tables.address)
            claim.callback(connections.close)
            try:
                with connections.lent() as connection:
                    name = f"reply {self._tables.address.schema} {key}"
                    query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
                    row = connection.raw.execute(query, (name,)).fetchone()
            except psycopg.Error as error:
                raise postgres_error(error, self._tables.address) from error
            is_free = bool(row and row[0])
            claim.callback(release, connection)
            # only now: it may have been stored a moment ago
            reply = self._stored(key)
            if reply is not None:
                return reply if reply.fingerprint == fingerprint else KeyState.OTHER_REQUEST
            if not is_free:
                return KeyState.BUSY
            with self._lock:
                # the connection stays open, and with it the lock
                self._claims[key] = claim.pop_all()
            return KeyState.FREE

    def finish(self, key: str, reply: StoredReply | None) -> None:
        """Store the reply to a request that was claimed; None if it may be sent and done again."""
        with self._lock:
            claim = self._claims.pop(key)
        with claim:
            if reply is None:
                return
            headers = json.dumps([[part.decode("latin-1") for part in header] for header in reply.headers])
            with self._tables.lent() as raw:
                raw.execute(_STORE, (key, reply.fingerprint, reply.status, headers, reply.body))
                raw.execute("DELETE FROM replies WHERE stored < now() - make_interval(secs => %s)", (STORED_SECONDS,))

    def _stored(self, key: str) -> StoredReply | None:
        with self._tables.lent() as raw:
            row = raw.execute(_REPLY, (key, STORED_SECONDS)).fetchone()
        if row is None:
            return None
        headers = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in json.loads(row[2]))
        return StoredReply(row[0], int(row[1]), tuple(headers), bytes(row[3]))
