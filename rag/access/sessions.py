"""Sessions of people who signed in: a random id in the browser, all else here, or where several servers share it."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from rag.access.accounts import AccountMark

IDLE_SECONDS = 8 * 3600.0
"""A session ends when it is not used for this time."""
MOST_SECONDS = 72 * 3600.0
"""A session ends after this time, however much it is used."""
MOST_SESSIONS = 20
"""How many sessions an account may have; the oldest one ends."""
_ID_BYTES = 32


class SessionStore(Protocol):
    """Where sessions are. Safe to use from several threads."""

    def begin(self, account: AccountMark) -> str:
        """Begin a session of an account, and return its id, which has 256 random bits."""

    def account(self, session_id: str, *, is_use: bool = True) -> AccountMark | None:
        """Return the account of a session as it was when it began; None if there is none.

        Args:
            is_use: whether the session is used by this, and does not end for the next hours.
        """

    def end(self, session_id: str) -> None:
        """End a session, if there is one."""

    def end_all(self, name: str) -> None:
        """End all sessions of an account."""


@dataclass(frozen=True, slots=True)
class _Session:
    account: AccountMark
    begun: float
    last_used: float


class Sessions:
    """The sessions of a server alone, by the hash of their ids; they end with it. Safe to use from several threads.

    Args:
        clock: the seconds since some moment.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.Lock()

    def begin(self, account: AccountMark) -> str:
        """Begin a session of an account, and return its id, which has 256 random bits."""
        session_id = new_session_id()
        moment = self._clock()
        with self._lock:
            self._drop(lambda session: self._is_over(session, moment))
            ids = [key for key, session in self._sessions.items() if session.account.name == account.name]
            for key in ids[: max(0, len(ids) - MOST_SESSIONS + 1)]:
                del self._sessions[key]
            self._sessions[session_key(session_id)] = _Session(account, moment, moment)
        return session_id

    def account(self, session_id: str, *, is_use: bool = True) -> AccountMark | None:
        """Return the account of a session as it was when it began; None if there is none.

        Args:
            is_use: whether the session is used by this, and does not end for the next hours.
        """
        moment, key = self._clock(), session_key(session_id)
        with self._lock:
            session = self._sessions.get(key)
            if session is None:
                return None
            if self._is_over(session, moment):
                del self._sessions[key]
                return None
            if is_use:
                self._sessions[key] = replace(session, last_used=moment)
        return session.account

    def end(self, session_id: str) -> None:
        """End a session, if there is one."""
        with self._lock:
            self._sessions.pop(session_key(session_id), None)

    def end_all(self, name: str) -> None:
        """End all sessions of an account."""
        with self._lock:
            self._drop(lambda session: session.account.name == name)

    def _is_over(self, session: _Session, moment: float) -> bool:
        return moment - session.last_used > IDLE_SECONDS or moment - session.begun > MOST_SECONDS

    def _drop(self, is_dropped: Callable[[_Session], bool]) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if not is_dropped(session)}


def new_session_id() -> str:
    """Return a random id of 256 bits."""
    return secrets.token_urlsafe(_ID_BYTES)


def session_key(session_id: str) -> str:
    """Return what is stored of an id, so that who reads the memory of the server cannot use it."""
    return hashlib.sha256(session_id.encode(errors="replace")).hexdigest()
