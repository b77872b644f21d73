"""Idempotency keys: a request that is sent again, since its reply was lost, is answered again and not done twice."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import cast

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.access.door import visitor_of
from rag.server.arrival import read_body, replayed
from rag.server.problem_responses import problem_response
from rag.server.problems import http_kind

MAX_KEYS = 1000
"""How many replies are kept; the oldest is dropped."""
MAX_REPLY_BYTES = 100_000
"""Larger replies are not kept."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_UNDECIDED = frozenset({409, 429})


@dataclass(frozen=True, slots=True)
class _Entry:
    """A request, and its reply once there is one."""

    fingerprint: str
    reply: tuple[Message, Message] | None = None


class IdempotencyKeys:
    """ASGI middleware that answers a request with a known Idempotency-Key as it was answered before.

    The same key with another request is a problem. What failed for now, a server error or an archive that is busy, is
    done again. Of a body that is not JSON, which goes to the disk as it comes, only the size is compared.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        key = headers.get("idempotency-key")
        if key is None or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        request_id = scope["state"]["request_id"]
        if not _KEY.fullmatch(key):
            sentence = "The Idempotency-Key is not valid: send up to 200 visible characters."
            await problem_response(http_kind(422), sentence, request_id)(scope, receive, send)
            return
        content = b""
        if headers.get("content-type", "").startswith("application/json"):
            # the gate before this has a limit
            content = cast(bytes, await read_body(receive, 2**63))
            receive = replayed(content, receive)
        fingerprint = _fingerprint(scope, headers.get("content-length", ""), content)
        entry = self._entries.get(key)
        if entry is None:
            await self._answer(scope, receive, send, key, fingerprint)
        elif entry.fingerprint != fingerprint:
            sentence = "This Idempotency-Key was sent with another request: choose a new one for each request."
            await problem_response(http_kind(422), sentence, request_id)(scope, receive, send)
        elif entry.reply is None:
            sentence = "The request with this Idempotency-Key is still being answered: send it again in a moment."
            await problem_response(http_kind(409), sentence, request_id)(scope, receive, send)
        else:
            for message in entry.reply:
                await send(dict(message))

    async def _answer(self, scope: Scope, receive: Receive, send: Send, key: str, fingerprint: str) -> None:
        """Pass a request on and keep its reply."""
        self._entries[key] = _Entry(fingerprint)
        while len(self._entries) > MAX_KEYS:
            self._entries.popitem(last=False)
        start: Message = {}
        parts: list[bytes] = []

        async def keeping(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = {**message, "headers": list(message["headers"])}
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    self._keep(key, fingerprint, start, b"".join(parts))
            await send(message)

        try:
            await self._app(scope, receive, keeping)
        finally:
            # without a reply, the request may be sent again
            if (entry := self._entries.get(key)) and entry.reply is None:
                del self._entries[key]

    def _keep(self, key: str, fingerprint: str, start: Message, body: bytes) -> None:
        status = start["status"]
        if key in self._entries and status < 500 and status not in _UNDECIDED and len(body) <= MAX_REPLY_BYTES:
            self._entries[key] = _Entry(fingerprint, (start, {"type": "http.response.body", "body": body}))


def _fingerprint(scope: Scope, size: str, content: bytes) -> str:
    visitor = visitor_of(HTTPConnection(scope)).name.encode()
    parts = (visitor, scope["method"].encode(), scope["path"].encode(), scope["query_string"], size.encode(), content)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
