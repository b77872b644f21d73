"""The connections of the page: so many at a time, and none that keeps the server waiting for a request."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_TO_ASK = 60.0
"""A request that has not arrived as a whole after this time, or twice of it at most, is not waited for."""
_MOST, _MOST_AT_ONCE = 200, 64


def most_connections() -> tuple[int, int]:
    """Return how many connections are held, and how many are taken at once before they are counted.

    Both leave file handles for the archive: without one, no connection can be taken at all, and asyncio tells of each
    that it could not take.
    """
    with suppress(ImportError):
        import resource

        handles = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if handles != resource.RLIM_INFINITY:
            return min(_MOST, handles // 4), max(1, min(_MOST_AT_ONCE, handles // 16))
    return _MOST, _MOST_AT_ONCE


class Connection(H11Protocol):
    """A connection that is closed when there are too many of them, or when no whole request comes."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it at once."""
        super().connection_made(transport)
        if len(self.connections) > most_connections()[0]:
            transport.abort()
        else:
            self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def _look_later(self) -> None:
        self._timer = self.loop.call_later(SECONDS_TO_ASK, self._look, self._awaited())

    def _awaited(self) -> object:
        """Return what tells the request that is awaited from the next one; None if one is being answered."""
        cycle = self.cycle
        if cycle is None:
            return self
        return cycle if cycle.more_body or cycle.response_complete else None

    def _look(self, before: object) -> None:
        if before is not None and self._awaited() is before:
            self.transport.abort()
        else:
            self._look_later()
