"""Idempotency keys: a request that is sent again, since its reply was lost, is answered again and not done twice."""

from __future__ import annotations

import hashlib
import logging
import re
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.access.door import visitor_of
from rag.errors import FundstelleError
from rag.server.arrival import read_body, replayed
from rag.server.problem_responses import error_response, problem_response
from rag.server.problems import http_kind
from rag.server.stored_replies import KeyState, Replies, ReplyStore, StoredReply

MAX_REPLY_BYTES = 100_000
"""Larger replies are not stored."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_UNDECIDED = frozenset({409, 429})

_log = logging.getLogger(__name__)


class IdempotencyKeys:
    """ASGI middleware that answers a request with a known Idempotency-Key as it was answered before.

    The same key with another request is a problem. What failed for now, a server error or an archive that is busy, is
    done again. Of a body that is not JSON, which goes to the disk as it comes, only the size is compared.

    Args:
        replies: where they are stored; None for this server alone.
    """

    def __init__(self, app: ASGIApp, replies: ReplyStore | None = None) -> None:
        self._app = app
        self._replies = replies or Replies()

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
        try:
            entry = await run_in_threadpool(self._replies.claim, key, fingerprint)
        except FundstelleError as error:
            await error_response(error, request_id)(scope, receive, send)
            return
        if entry is KeyState.FREE:
            await self._answer(scope, receive, send, key, fingerprint)
        elif entry is KeyState.OTHER_REQUEST:
            sentence = "This Idempotency-Key was sent with another request: choose a new one for each request."
            await problem_response(http_kind(422), sentence, request_id)(scope, receive, send)
        elif entry is KeyState.BUSY:
            sentence = "The request with this Idempotency-Key is still being answered: send it again in a moment."
            problem = problem_response(http_kind(409), sentence, request_id, headers={"Retry-After": "1"})
            await problem(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": entry.status, "headers": list(entry.headers)})
            await send({"type": "http.response.body", "body": entry.body})

    async def _answer(self, scope: Scope, receive: Receive, send: Send, key: str, fingerprint: str) -> None:
        """Pass a request on and store its reply before it is sent."""
        start: Message = {}
        parts: list[bytes] = []
        is_finished = False

        async def finish(reply: StoredReply | None) -> None:
            nonlocal is_finished
            is_finished = True
            try:
                await run_in_threadpool(self._replies.finish, key, reply)
            except FundstelleError as error:
                # it was done, and whoever asked is to know that
                _log.warning("A reply is not stored, so that its request would be done again: %s", error)

        async def store(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await finish(_stored(fingerprint, start, b"".join(parts)))
            await send(message)

        try:
            await self._app(scope, receive, store)
        finally:
            if not is_finished:
                # without a reply, the request may be sent again
                await finish(None)


def _stored(fingerprint: str, start: Message, body: bytes) -> StoredReply | None:
    """Return what is stored of a reply; None if the request may be done again."""
    status = start["status"]
    if status >= 500 or status in _UNDECIDED or len(body) > MAX_REPLY_BYTES:
        return None
    headers = tuple((bytes(name), bytes(value)) for name, value in start["headers"])
    return StoredReply(fingerprint, status, headers, body)


def _fingerprint(scope: Scope, size: str, content: bytes) -> str:
    visitor = visitor_of(HTTPConnection(scope)).name.encode()
    parts = (visitor, scope["method"].encode(), scope["path"].encode(), scope["query_string"], size.encode(), content)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
