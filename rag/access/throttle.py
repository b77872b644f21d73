"""How long somebody who sent wrong passwords has to wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Protocol

MOST_WAIT_SECONDS = 900.0
"""The longest wait."""
FORGOTTEN_SECONDS = 24 * 3600.0
"""After this time without an attempt, those before it do not count."""
FREE_BY_NAME, FREE_BY_ADDRESS = 5, 20
"""How many failed attempts have no wait: for the same name, and from the same address."""
_MOST_KEYS = 10_000


class AttemptStore(Protocol):
    """Where attempts to sign in are counted. Safe to use from several threads."""

    def claim(self, name: str, address: str) -> float:
        """Count an attempt as failed until it is known, and return 0; or the seconds to wait, and count nothing."""

    def take_back(self, name: str, address: str) -> None:
        """Count an attempt less: no password was compared."""

    def succeed(self, name: str, address: str) -> None:
        """Count no attempt of a name, and one less from an address."""


def pause_after(number: int, free: int) -> float:
    """Return the seconds that the next attempt waits after so many failed ones: 0, then 1, 2, 4 and so on.

    >>> [pause_after(number, 5) for number in (4, 5, 6, 7, 30)]
    [0.0, 1.0, 2.0, 4.0, 900.0]
    """
    # 2 ** 10 is more than the longest wait
    return min(2.0 ** min(number - free, 10), MOST_WAIT_SECONDS) if number >= free else 0.0


class _Attempts(NamedTuple):
    number: int
    last: float


class Throttle:
    """Counts failed attempts by key; after the free ones, the wait doubles with each: 1, 2, 4 seconds and so on.

    Args:
        free: how many attempts have no wait.
        clock: the seconds since some moment.
    """

    def __init__(self, free: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._free, self._clock = free, clock
        self._attempts: OrderedDict[str, _Attempts] = OrderedDict()

    def wait(self, key: str) -> float:
        """Return the seconds until the next attempt is looked at."""
        attempts = self._attempts_of(key)
        pause = pause_after(attempts.number, self._free)
        return max(0.0, attempts.last + pause - self._clock()) if pause else 0.0

    def count(self, key: str) -> None:
        """Count an attempt as failed until it is forgotten or taken back, so that none sent meanwhile is free."""
        self._attempts[key] = _Attempts(self._attempts_of(key).number + 1, self._clock())
        self._attempts.move_to_end(key)
        while len(self._attempts) > _MOST_KEYS:
            self._attempts.popitem(last=False)

    def take_back(self, key: str) -> None:
        """Count one attempt less."""
        attempts = self._attempts_of(key)
        self._attempts[key] = attempts._replace(number=max(0, attempts.number - 1))

    def forget(self, key: str) -> None:
        """Count no attempt of a key."""
        self._attempts.pop(key, None)

    def _attempts_of(self, key: str) -> _Attempts:
        attempts = self._attempts.get(key)
        if attempts is None or self._clock() - attempts.last > FORGOTTEN_SECONDS:
            return _Attempts(0, self._clock())
        return attempts


class Attempts:
    """The attempts to sign in at a server alone. Safe to use from several threads.

    Args:
        clock: the seconds since some moment.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._by_name, self._by_address = Throttle(FREE_BY_NAME, clock), Throttle(FREE_BY_ADDRESS, clock)
        self._lock = threading.Lock()

    def claim(self, name: str, address: str) -> float:
        """Count an attempt as failed until it is known, and return 0; or the seconds to wait, and count nothing."""
        with self._lock:
            wait = max(self._by_name.wait(name), self._by_address.wait(address))
            if not wait:
                self._by_name.count(name)
                self._by_address.count(address)
            return wait

    def take_back(self, name: str, address: str) -> None:
        """Count an attempt less: no password was compared."""
        with self._lock:
            self._by_name.take_back(name)
            self._by_address.take_back(address)

    def succeed(self, name: str, address: str) -> None:
        """Count no attempt of a name, and one less from an address."""
        with self._lock:
            self._by_name.forget(name)
            self._by_address.take_back(address)
