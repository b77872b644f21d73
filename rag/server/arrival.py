"""Whether a request may come in at all: its host, its way through proxies, the site that sent it; and its body."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from rag.server.hosts import Serving, View, browser_view, is_answered, plain_host

_FORWARDED = ("x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix")


class Refusal(NamedTuple):
    """Why a request is refused: the status and a sentence."""

    status: int
    sentence: str


class Arrival(NamedTuple):
    """A request that may come in: as the browser sees it, and its path below the root path."""

    view: View
    path: str

    def inner(self, scope: Scope) -> Scope:
        """Return the scope as it is behind the gate: with the address that the browser sees."""
        path = self.view.path + self.path
        host = (b"host", self.view.host.encode())
        return {
            **scope,
            "scheme": self.view.scheme,
            "root_path": self.view.path,
            "path": path,
            "raw_path": quote(path).encode(),
            "headers": [host, *((name, value) for name, value in scope["headers"] if name.lower() != b"host")],
        }


def arrival_of(scope: Scope, serving: Serving) -> Arrival | Refusal:
    """Return how a request arrives, or why it is refused: by its host or its proxy."""
    headers = Headers(scope=scope)
    peer, arrived = ((scope.get(name) or ("",))[0] for name in ("client", "server"))
    host, *more_hosts = headers.getlist("host") or [""]
    forwarded = {name: headers[name] for name in _FORWARDED if name in headers}
    outer = browser_view(scope["scheme"], host, forwarded, peer, serving)
    if outer is None:
        return Refusal(
            400,
            "This request comes through an unknown proxy: start Fundstelle with --proxy and the address of the "
            "proxy, or with --root-path and the full address of the page.",
        )
    if more_hosts or not (is_answered(host, arrived, serving) and is_answered(outer.host, arrived, serving)):
        return Refusal(
            400, "Fundstelle does not answer to this host name. To allow it, start Fundstelle with --allow-host."
        )
    return Arrival(outer, _below_root(scope["path"], outer.path))


def foreign_sender(origin: str | None, site: str | None, view: View) -> Refusal | None:
    """Return the refusal of a request that a page of another site sends; None if none does.

    Args:
        origin: the header Origin, if there is one.
        site: Sec-Fetch-Site.
    """
    if origin is not None and not _is_own_origin(origin, view):
        return Refusal(
            403,
            "Requests from other sites are not accepted. If this is Fundstelle's own page behind a proxy, start "
            "Fundstelle with --root-path and the full address of the page.",
        )
    # old browsers do not send the header; "none" is an address that the user typed
    if site not in {None, "none", "same-origin"}:
        return Refusal(403, "Requests from other sites are not accepted.")
    return None


def joined_header(scope: Scope, name: str) -> str | None:
    """Return all values of a header; None if it is missing."""
    values = Headers(scope=scope).getlist(name)
    return ", ".join(values) if values else None


async def read_body(receive: Receive, max_bytes: int) -> bytes | None:
    """Return the whole body, or None if it has more than `max_bytes`."""
    parts: list[bytes] = []
    size, is_last = 0, False
    while not is_last:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > max_bytes:
            return None
        is_last = not message.get("more_body", False)
    return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body first, and then whatever follows it."""
    is_replayed = False

    async def replay() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _is_own_origin(origin: str, view: View) -> bool:
    # the origin of a page without an address (a file, a sandboxed frame) is "null"
    scheme, separator, host = origin.partition("://")
    own_host = plain_host(view.host, view.scheme)
    return bool(separator) and (scheme, plain_host(host, scheme)) == (view.scheme, own_host)


def _below_root(path: str, root: str) -> str:
    """Return the path below the root path, whether or not a proxy has removed that."""
    return path[len(root) :] if root and path.startswith(f"{root}/") else path
