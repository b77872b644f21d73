"""HTTP requests, with pauses between those to one host, within limits, and with errors in plain words."""

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
from rag.fetching.politeness import AGENT, Politeness, retry_after_seconds
from rag.fetching.urls import host_of, site_of

if TYPE_CHECKING:
    import httpx

_HEADERS = {
    "User-Agent": f"{AGENT} (an archive of articles for one reader)",
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
}
_BUSY_STATUSES = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class RequestNotSent(LoadError):
    """No request was sent, and none is to be sent in this run."""


class HostGivenUp(RequestNotSent):
    """A host gets no more requests in this run, since it failed several times in a row."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The response of a server; `raw` is its body, which is read only for the status 200."""

    status: int
    headers: Mapping[str, str]
    raw: bytes = b""


class HttpClient:
    """Sends requests, with pauses between those to one host. Use it in a `with` block.

    Args:
        logins: name and password by site (`site_of`); they are sent to no other site.
    """

    def __init__(self, politeness: Politeness, logins: Mapping[str, tuple[str, str]] = MappingProxyType({})) -> None:
        import httpx

        self._logins = logins
        self._politeness = politeness
        from rag.fetching.pinned import PinnedTransport

        # a proxy that the environment names goes before the transport
        self._client = httpx.Client(headers=_HEADERS, timeout=politeness.read_timeout, transport=PinnedTransport())
        self._next_request: defaultdict[str, float] = defaultdict(float)
        self._pauses: dict[str, float] = {}
        self._failures: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def slow_down(self, host: str, pause: float) -> None:
        """Leave at least a pause, in seconds, between requests to a host, up to `Politeness.max_pause`."""
        self._pauses[host] = max(self._politeness.pause, min(pause, self._politeness.max_pause))

    def give_up(self, host: str) -> None:
        """Send no more requests to a host in this run."""
        self._failures[host] = self._politeness.max_failures

    def get(self, address: str, headers: Mapping[str, str], *, public_only: bool = False) -> Reply:
        """Return the response to a request, redirects not followed; a busy host is asked again once, after its wait.

        Args:
            public_only: whether it may lead to the public web alone.

        Raises:
            HostGivenUp: the host has failed too often.
            LoadError: there is no response, or it is too large, too slow or cannot be unpacked.
        """
        host = host_of(address)
        if self._failures[host] >= self._politeness.max_failures:
            raise HostGivenUp("The server failed several times in a row: run the same command later.")
        try:
            reply = self._send(address, host, headers, public_only=public_only)
            if reply.status in _BUSY_STATUSES and (
                reply.status == HTTPStatus.TOO_MANY_REQUESTS or "retry-after" in reply.headers
            ):
                reply = self._retry(address, host, headers, reply, public_only=public_only)
        except LoadError:
            self._failures[host] += 1
            raise
        self._failures[host] = self._failures[host] + 1 if reply.status in _BUSY_STATUSES else 0
        return reply

    def _retry(self, address: str, host: str, headers: Mapping[str, str], reply: Reply, *, public_only: bool) -> Reply:
        wait = retry_after_seconds(reply.headers, datetime.now(UTC))
        if wait > self._politeness.max_wait:
            raise LoadError(f"The server asks to wait {wait / 60:.0f} minutes: run the same command later.")
        self._next_request[host] = max(self._next_request[host], time.monotonic() + wait)
        return self._send(address, host, headers, public_only=public_only)

    def _send(self, address: str, host: str, headers: Mapping[str, str], *, public_only: bool) -> Reply:
        import httpx

        from rag.fetching.pinned import PUBLIC_ONLY

        time.sleep(max(0.0, self._next_request[host] - time.monotonic()))
        try:
            login = self._logins.get(site_of(address))
            extensions = {PUBLIC_ONLY: public_only}
            with self._client.stream(
                "GET", address, headers=dict(headers), auth=login, extensions=extensions
            ) as response:
                raw = self._body(response) if response.status_code == HTTPStatus.OK else b""
                return Reply(response.status_code, response.headers, raw)
        except httpx.TimeoutException as error:
            raise LoadError("The server does not answer in time: try again later.") from error
        except httpx.DecodingError as error:
            raise LoadError("The answer is damaged: try again later.") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise LoadError("It is not a valid address: check the spelling.") from error
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise LoadError(
                f"The server cannot be reached ({reason}): check the address and the connection."
            ) from error
        finally:
            self._next_request[host] = time.monotonic() + self._pauses.get(host, self._politeness.pause)

    def _body(self, response: httpx.Response) -> bytes:
        """Return the unpacked bytes, which are counted as they come, since a stated size cannot be trusted."""
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        if packed not in ("", "identity", "gzip"):
            # only gzip was requested, and some encodings grow a thousandfold in one step
            raise LoadError(f"The answer is packed in a way that is not read ({packed[:30]}): save the page by hand.")
        raw, deadline = bytearray(), time.monotonic() + self._politeness.total_timeout
        for piece in response.iter_bytes():
            raw += piece
            if len(raw) > self._politeness.max_bytes:
                raise LoadError(
                    f"It has more than {self._politeness.max_bytes / 1e6:.0f} MB: save it by hand, and index the file."
                )
            if time.monotonic() > deadline:
                raise LoadError("The server answers too slowly: try again later.")
        return bytes(raw)
