"""One request to one host: with its pause, within limits, and with what went wrong in plain words."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from rag.errors import LoadError
from rag.fetching.politeness import AGENT, Manners, seconds_to_wait
from rag.fetching.urls import host_of, site_of

if TYPE_CHECKING:
    import httpx

_HEADERS = {
    "User-Agent": f"{AGENT} (an archive of articles for one reader)",
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
}
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class NotAsked(LoadError):
    """No request was sent, and none shall be."""


class LeftAlone(NotAsked):
    """A host is not asked any more in this run, since it failed several times in a row."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said: the bytes are read only where it answers with what was asked for."""

    status: int
    headers: Mapping[str, str]
    raw: bytes = b""


class Requests:
    """Sends requests, with pauses between those to one host. Use it in a with block.

    Args:
        logins: name and password for sites (`site_of`); no other site is sent them.
    """

    def __init__(self, manners: Manners, logins: Mapping[str, tuple[str, str]] = MappingProxyType({})) -> None:
        import httpx

        self._logins = logins
        self._manners = manners
        self._client = httpx.Client(headers=_HEADERS, timeout=manners.silence)
        self._next: defaultdict[str, float] = defaultdict(float)
        self._pauses: dict[str, float] = {}
        self._troubles: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def slow_down(self, host: str, pause: float) -> None:
        """Leave at least so many seconds between requests to a host, as far as manners go."""
        self._pauses[host] = max(self._manners.pause, min(pause, self._manners.longest_pause))

    def leave_alone(self, host: str) -> None:
        """Send no more requests to a host."""
        self._troubles[host] = self._manners.troubles

    def get(self, address: str, headers: Mapping[str, str]) -> Reply:
        """Return the answer to a request, redirects not followed; if the host is busy, wait once as long as it asks.

        Raises:
            LeftAlone: the host has failed too often.
            LoadError: there is no answer, or it is too large, too slow or cannot be unpacked.
        """
        host = host_of(address)
        if self._troubles[host] >= self._manners.troubles:
            raise LeftAlone("The server failed several times in a row: run the same command later.")
        try:
            reply = self._once(address, host, headers)
            if reply.status in _BUSY and (reply.status == _BUSY[0] or "retry-after" in reply.headers):
                reply = self._again(address, host, headers, reply)
        except LoadError:
            self._troubles[host] += 1
            raise
        self._troubles[host] = self._troubles[host] + 1 if reply.status in _BUSY else 0
        return reply

    def _again(self, address: str, host: str, headers: Mapping[str, str], reply: Reply) -> Reply:
        wait = seconds_to_wait(reply.headers, datetime.now(UTC))
        if wait > self._manners.longest_wait:
            raise LoadError(f"The server asks to wait {wait / 60:.0f} minutes: run the same command later.")
        self._next[host] = max(self._next[host], time.monotonic() + wait)
        return self._once(address, host, headers)

    def _once(self, address: str, host: str, headers: Mapping[str, str]) -> Reply:
        import httpx

        time.sleep(max(0.0, self._next[host] - time.monotonic()))
        try:
            login = self._logins.get(site_of(address))
            with self._client.stream("GET", address, headers=dict(headers), auth=login) as response:
                raw = self._body(response) if response.status_code == HTTPStatus.OK else b""
                return Reply(response.status_code, response.headers, raw)
        except httpx.TimeoutException as error:
            raise LoadError("The server does not answer in time: try again later.") from error
        except httpx.DecodingError as error:
            raise LoadError("The answer is damaged: try again later.") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise LoadError("It is no valid address: check the spelling.") from error
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise LoadError(f"The server cannot be reached ({said}): check the address and the connection.") from error
        finally:
            self._next[host] = time.monotonic() + self._pauses.get(host, self._manners.pause)

    def _body(self, response: httpx.Response) -> bytes:
        """Return the unpacked bytes; they are counted as they come, and no stated size is trusted."""
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        if packed not in ("", "identity", "gzip"):
            # nothing else was asked for, and some kinds of packing grow a thousandfold in one step
            raise LoadError(f"The answer is packed in a way that is not read ({packed[:30]}): save the page by hand.")
        raw, until = bytearray(), time.monotonic() + self._manners.whole
        for piece in response.iter_bytes():
            raw += piece
            if len(raw) > self._manners.max_bytes:
                most = f"{self._manners.max_bytes / 1e6:.0f} MB"
                raise LoadError(f"It has more than {most}: save it by hand, and index the file.")
            if time.monotonic() > until:
                raise LoadError("The server answers too slowly: try again later.")
        return bytes(raw)
