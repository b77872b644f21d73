"""Sessions, and attempts to sign in, of all servers of an archive: in its database, by the clock of that."""

from __future__ import annotations

import hashlib

from rag.access.accounts import AccountMark
from rag.access.sessions import IDLE_SECONDS, MOST_SECONDS, MOST_SESSIONS, new_session_id, session_key
from rag.access.throttle import FORGOTTEN_SECONDS, FREE_BY_ADDRESS, FREE_BY_NAME, pause_after
from rag.storage.postgres.server_tables import ServerTables

# a use within this time after the one before is not noted, or each request would write
_NOTED_SECONDS = 60.0

_IS_VALID = "last_used > now() - make_interval(secs => %s) AND begun > now() - make_interval(secs => %s)"
_LIMITS = (IDLE_SECONDS, MOST_SECONDS)
_DROP_OLD_SESSIONS = f"DELETE FROM sessions WHERE NOT ({_IS_VALID})"  # noqa: S608
_DROP_OLDEST_SESSIONS = """
DELETE FROM sessions WHERE name = %s AND id NOT IN
    (SELECT id FROM sessions WHERE name = %s ORDER BY begun DESC LIMIT %s)
"""
_SESSION = f"""
SELECT name, digest, last_used < now() - make_interval(secs => %s) FROM sessions WHERE id = %s AND {_IS_VALID}
"""  # noqa: S608
_ATTEMPTS = """
SELECT key, number, extract(epoch FROM clock_timestamp() - last)::float8 FROM attempts
WHERE key IN (%s, %s) AND last > clock_timestamp() - make_interval(secs => %s)
"""
_COUNT_ATTEMPT = """
INSERT INTO attempts VALUES (%s, %s, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET number = excluded.number, last = excluded.last
"""


class StoredSessions:
    """Sessions that are good at every server of an archive, and outlast each. Safe to use from several threads.

    Each method raises ArchiveError if the database does not answer.
    """

    def __init__(self, tables: ServerTables) -> None:
        self._tables = tables

    def begin(self, account: AccountMark) -> str:
        """Begin a session of an account, and return its id, which has 256 random bits."""
        session_id = new_session_id()
        with self._tables.transaction("sessions") as raw:
            raw.execute(_DROP_OLD_SESSIONS, _LIMITS)
            raw.execute(
                "INSERT INTO sessions (id, name, digest, begun) VALUES (%s, %s, %s, clock_timestamp())",
                (session_key(session_id), account.name, account.digest),
            )
            raw.execute(_DROP_OLDEST_SESSIONS, (account.name, account.name, MOST_SESSIONS))
        return session_id

    def account(self, session_id: str, *, is_use: bool = True) -> AccountMark | None:
        """Return the account of a session as it was when it began; None if there is none.

        Args:
            is_use: whether the session is used by this, and does not end for the next hours.
        """
        key = session_key(session_id)
        with self._tables.lent() as raw:
            row = raw.execute(_SESSION, (_NOTED_SECONDS, key, *_LIMITS)).fetchone()
            if row and is_use and row[2]:
                raw.execute("UPDATE sessions SET last_used = now() WHERE id = %s", (key,))
        return AccountMark(row[0], row[1]) if row else None

    def end(self, session_id: str) -> None:
        """End a session, if there is one."""
        with self._tables.lent() as raw:
            raw.execute("DELETE FROM sessions WHERE id = %s", (session_key(session_id),))

    def end_all(self, name: str) -> None:
        """End all sessions of an account."""
        with self._tables.lent() as raw:
            raw.execute("DELETE FROM sessions WHERE name = %s", (name,))


class StoredAttempts:
    """Attempts to sign in at any server of an archive. Safe to use from several threads.

    Each method raises ArchiveError if the database does not answer.
    """

    def __init__(self, tables: ServerTables) -> None:
        self._tables = tables

    def claim(self, name: str, address: str) -> float:
        """Count an attempt as failed until it is known, and return 0; or the seconds to wait, and count nothing."""
        free = {_key("name", name): FREE_BY_NAME, _key("address", address): FREE_BY_ADDRESS}
        with self._tables.transaction("attempts") as raw:
            rows = raw.execute(_ATTEMPTS, (*free, FORGOTTEN_SECONDS)).fetchall()
            waits = [pause_after(number, free[key]) - seconds for key, number, seconds in rows if number >= free[key]]
            if waits and max(waits) > 0:
                return float(max(waits))
            numbers = dict.fromkeys(free, 0) | {key: number for key, number, _ in rows}
            for key, number in numbers.items():
                raw.execute(_COUNT_ATTEMPT, (key, number + 1))
            raw.execute("DELETE FROM attempts WHERE last < now() - make_interval(secs => %s)", (FORGOTTEN_SECONDS,))
        return 0.0

    def take_back(self, name: str, address: str) -> None:
        """Count an attempt less: no password was compared."""
        for key in (_key("name", name), _key("address", address)):
            self._count_less(key)

    def succeed(self, name: str, address: str) -> None:
        """Count no attempt of a name, and one less from an address."""
        with self._tables.lent() as raw:
            raw.execute("DELETE FROM attempts WHERE key = %s", (_key("name", name),))
        self._count_less(_key("address", address))

    def _count_less(self, key: str) -> None:
        with self._tables.lent() as raw:
            raw.execute("UPDATE attempts SET number = greatest(0, number - 1) WHERE key = %s", (key,))


def _key(kind: str, value: str) -> str:
    """Return what is stored of a name or an address: people type passwords into the wrong field."""
    return hashlib.sha256(f"{kind} {value}".encode(errors="replace")).hexdigest()
