"""The gate in front of the API: who is answered, how much may be sent at once, and the id of every request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.problems import unexpected_problem
from rag.server.arrival import Arrival, Refusal, arrival_of, foreign_sender, joined_header
from rag.server.hosts import Serving
from rag.server.problem_responses import problem_response
from rag.server.problems import http_kind
from rag.server.request_ids import request_id_of
from rag.workspace.dossier_json import MAX_IMPORT_BYTES
from rag.workspace.inbox import MAX_FILE_BYTES

MAX_BODY_BYTES = 4_000_000
"""The largest body of JSON that is no dossier."""
MAX_UPLOAD_BYTES = MAX_FILE_BYTES + 1_000_000
"""The largest body of files that are uploaded, with what is around the files."""
MAX_REQUESTS = 64
"""How many requests are answered at once, or wait for a thread; streams of events do not count once they have begun."""
MAX_SECONDS = 120.0
"""How long a request may wait for its reply; files that are uploaded take as long as their line does."""
_DRAINED_BYTES, _DRAINED_SECONDS = 1_000_000_000, 20.0


class ApiGate:
    """ASGI middleware that refuses what may not come in, limits the rest, and answers what fails with a problem.

    The id of a request stands in the reply and in `request.state.request_id`.
    """

    def __init__(self, app: ASGIApp, serving: Serving) -> None:
        self._app, self._serving = app, serving
        self._open_requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = request_id_of(scope)
        reply = _Reply(receive, send, request_id, _max_bytes(scope), self._leave)
        self._open_requests += 1
        try:
            arrival = arrival_of(scope, self._serving)
            refusal = arrival if isinstance(arrival, Refusal) else _foreign(scope, arrival)
            if refusal:
                response = problem_response(http_kind(refusal.status), refusal.sentence, request_id)
                await response(scope, reply.receive, reply.send)
            elif self._open_requests > MAX_REQUESTS:
                sentence = f"{MAX_REQUESTS} requests are being answered already: try again in a moment."
                response = problem_response(http_kind(429), sentence, request_id, headers={"Retry-After": "1"})
                await response(scope, reply.receive, reply.send)
            else:
                inner = cast(Arrival, arrival).inner(scope)
                await self._answer_in_time(inner, reply, request_id)
        except Exception as error:  # any error has an answer
            if isinstance(error, HTTPException):
                # the body is too large, for what reads it before the application does
                response = problem_response(http_kind(error.status_code), error.detail, request_id)
            else:
                response = unexpected_problem(error, request_id)
            if not reply.is_started:
                await response(scope, reply.receive, reply.send)
            elif not reply.is_complete:
                raise
        finally:
            reply.leave()

    async def _answer_in_time(self, scope: Scope, reply: _Reply, request_id: str) -> None:
        """Pass a request on; if its reply takes too long, send a problem, and count the request until it is done."""
        work = asyncio.ensure_future(self._app(scope, reply.receive, reply.send))
        try:
            await asyncio.wait({work}, timeout=None if _is_upload(scope) else MAX_SECONDS)
            if not work.done() and not reply.is_started:
                sentence = f"The answer takes longer than {MAX_SECONDS:g} seconds: ask for less at once."
                problem = problem_response(http_kind(503), sentence, request_id, headers={"Retry-After": "10"})
                await problem(scope, reply.receive, reply.send)
                reply.is_closed = True
            await work
        finally:
            work.cancel()

    def _leave(self) -> None:
        self._open_requests -= 1


def _foreign(scope: Scope, arrival: Arrival) -> Refusal | None:
    """Return the refusal of a request that a page of another site sends, or that follows its link."""
    origin, site = (joined_header(scope, name) for name in ("origin", "sec-fetch-site"))
    return foreign_sender(origin, site, arrival.view)


class _Reply:
    """The two ends of a request: its body, which is counted, and the reply, which gets its id."""

    def __init__(
        self, receive: Receive, send: Send, request_id: str, max_bytes: int, on_stream: Callable[[], None]
    ) -> None:
        self._receive, self._send, self._on_leave = receive, send, on_stream
        self._request_id, self._max_bytes = request_id, max_bytes
        self._size = 0
        self._is_too_large = self._has_left = False
        self.is_started = self.is_complete = self.is_closed = False

    async def receive(self) -> Message:
        """Return the next part of the body.

        Raises:
            HTTPException: it is too large.
        """
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > self._max_bytes and not self.is_started:
            self._is_too_large = True
            sentence = f"The body is larger than {self._max_bytes} bytes: send less at once."
            raise HTTPException(413, sentence)
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the reply, unless another was sent in its place."""
        if self.is_closed:
            return
        if message["type"] == "http.response.start":
            self.is_started = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._request_id
            if headers.get("content-type", "").startswith("text/event-stream"):
                self.leave()
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            if self._is_too_large:
                # a client that is still sending would not read the reply if the connection were closed on it
                await self._send({**message, "more_body": True})
                await self._drain()
                message = {"type": "http.response.body", "body": b""}
            self.is_complete = True
        await self._send(message)

    def leave(self) -> None:
        """Count this request no more."""
        if not self._has_left:
            self._has_left = True
            self._on_leave()

    async def _drain(self) -> None:
        """Read what is still sent, within limits."""
        until = time.monotonic() + _DRAINED_SECONDS
        message: Message = {"more_body": True}
        while message.get("more_body", False) and self._size < _DRAINED_BYTES and time.monotonic() < until:
            try:
                message = await asyncio.wait_for(self._receive(), _DRAINED_SECONDS)
            except TimeoutError:
                return
            self._size += len(message.get("body", b""))


def _max_bytes(scope: Scope) -> int:
    """Return how large a body may be."""
    if _is_upload(scope):
        return MAX_UPLOAD_BYTES
    return MAX_IMPORT_BYTES if scope["path"].endswith("/dossiers") else MAX_BODY_BYTES


def _is_upload(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.endswith("/index/files")
