"""How long somebody who sent wrong passwords has to wait."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

MOST_WAIT_SECONDS = 900.0
"""The longest wait."""
FORGOTTEN_SECONDS = 24 * 3600.0
"""After this time without an attempt, those before it do not count."""
_MOST_KEYS = 10_000


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
        if attempts.number < self._free:
            return 0.0
        # 2 ** 10 is more than the longest wait
        pause = min(2.0 ** min(attempts.number - self._free, 10), MOST_WAIT_SECONDS)
        return max(0.0, attempts.last + pause - self._clock())

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
