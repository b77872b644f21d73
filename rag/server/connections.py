"""The connections of the page: their number is limited, and none keeps the server waiting for a request."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 60.0
"""A connection on which no complete request comes, or no reply is read, is closed after one to two times this time."""
MIN_BYTES_PER_SECOND = 500.0
"""A body that comes more slowly, or a reply that is read more slowly, is not waited for."""
_MAX_CONNECTIONS, _MAX_BACKLOG = 200, 64


def connection_limits() -> tuple[int, int]:
    """Return how many connections may be open, and how many may wait to be accepted.

    Both leave file handles for the archive. Without a free handle no connection can be accepted at all, and asyncio
    logs each one.
    """
    with suppress(ImportError):
        import resource

        handles = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if handles != resource.RLIM_INFINITY:
            return min(_MAX_CONNECTIONS, handles // 4), max(1, min(_MAX_BACKLOG, handles // 16))
    return _MAX_CONNECTIONS, _MAX_BACKLOG


class Connection(H11Protocol):
    """A connection that is closed when there are too many, or when no complete request arrives."""

    _timer: asyncio.TimerHandle | None = None
    _received = _drained = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection, or close it at once."""
        super().connection_made(transport)
        # or the end of a short reply waits 40 ms until its beginning is acknowledged; asyncio does not see to it for
        # sockets that it did not make
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > connection_limits()[0]:
            transport.abort()
        else:
            self._schedule_check()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching the connection."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def _schedule_check(self) -> None:
        self._timer = self.loop.call_later(REQUEST_SECONDS, self._close_if_idle, self._state())

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request."""
        self._received += len(data)
        super().data_received(data)

    def resume_writing(self) -> None:
        """Go on to send a reply, since the client has read what was sent."""
        self._drained += 1
        super().resume_writing()

    def _state(self) -> tuple[object, ...] | None:
        """Return what the client is waited for with; None while a request is being answered."""
        cycle, least = self.cycle, MIN_BYTES_PER_SECOND * REQUEST_SECONDS
        unread = self.transport.get_write_buffer_size()
        if unread:
            return cycle, self._drained, unread // least
        if cycle is None or cycle.response_complete:
            return (cycle,)
        return (cycle, self._received // least) if cycle.more_body else None

    def _close_if_idle(self, before: tuple[object, ...] | None) -> None:
        if before is not None and self._state() == before:
            self.transport.abort()
        else:
            self._schedule_check()
