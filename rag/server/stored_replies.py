"""Replies to requests with a key, by which a request that is sent again is answered and not done again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

MAX_KEYS = 1000
"""How many replies a server stores that has no database for them; the oldest is dropped."""


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A reply, and the fingerprint of the request that it answered."""

    fingerprint: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class KeyState(Enum):
    """Whether a request with a key may be done."""

    FREE = auto()
    """It may: whoever asked has to say how it ended, by `finish`."""
    BUSY = auto()
    """It is being done."""
    OTHER_REQUEST = auto()
    """Another request was sent with this key."""


class ReplyStore(Protocol):
    """Where replies are stored. Safe to use from several threads."""

    def claim(self, key: str, fingerprint: str) -> StoredReply | KeyState:
        """Return the stored reply to a request with a key, or whether the request may be done now."""

    def finish(self, key: str, reply: StoredReply | None) -> None:
        """Store the reply to a request that was claimed; None if it may be sent and done again."""


class Replies:
    """The replies of a server alone, which end with it."""

    def __init__(self) -> None:
        # a request that is being done has its fingerprint here
        self._entries: OrderedDict[str, StoredReply | str] = OrderedDict()
        self._lock = threading.Lock()

    def claim(self, key: str, fingerprint: str) -> StoredReply | KeyState:
        """Return the stored reply to a request with a key, or whether the request may be done now."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self._entries[key] = fingerprint
                while len(self._entries) > MAX_KEYS:
                    self._entries.popitem(last=False)
                return KeyState.FREE
        if isinstance(entry, str):
            return KeyState.BUSY if entry == fingerprint else KeyState.OTHER_REQUEST
        return entry if entry.fingerprint == fingerprint else KeyState.OTHER_REQUEST

    def finish(self, key: str, reply: StoredReply | None) -> None:
        """Store the reply to a request that was claimed; None if it may be sent and done again."""
        with self._lock:
            if key not in self._entries:
                return  # dropped meanwhile
            if reply is None:
                del self._entries[key]
            else:
                self._entries[key] = reply
