"""The door in front of an application: who sends a request, and whether their role is enough for it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request, cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.access.access import Access
from rag.access.audit import AuditLog
from rag.access.roles import ANYBODY, Role, Visitor
from rag.access.rules import RuleOf
from rag.errors import FundstelleError, NotAllowed, NotSignedIn
from rag.server.arrival import Refusal, arrival_of, foreign_sender, joined_header
from rag.server.hosts import Serving, View, client_address
from rag.server.request_ids import request_id_of

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Fundstelle"'}
"""The header by which a reply says that it wants a token."""

SLOW_SECONDS = 2.0
"""A question that takes longer is logged: its duration and its id alone."""
_QUESTIONS = ("/answer", "/ask", "/check", "/mcp")

_log = logging.getLogger(__name__)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOBODY = Visitor(role=Role.READER)
# threads that look for sessions: not those of the questions, or a full server would not know who asks
_LOOKERS = 4

Refuse = Callable[[FundstelleError, Request], Response]
"""Makes the reply for who may not come in."""


class Door:
    """ASGI middleware that lets in who may, and says who it is in `request.state`.

    There, `visitor` is who sends the request, `session` the id of the session, `address` where it comes from.

    Args:
        access: None lets everybody do everything.
        rule_of: who may use which route.
        refuse: makes the reply for all others.
        audit: where it is written what was done.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        serving: Serving,
        access: Access | None,
        rule_of: RuleOf,
        refuse: Refuse,
        audit: AuditLog | None = None,
    ) -> None:
        self._app, self._serving, self._access = app, serving, access
        self._rule_of, self._refuse, self._audit = rule_of, refuse, audit
        self._lookers = ThreadPoolExecutor(_LOOKERS, "sessions")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            request_id_of(scope)
        begin = time.perf_counter()
        try:
            await self._answer(scope, receive, send)
        finally:
            seconds = time.perf_counter() - begin
            if seconds > SLOW_SECONDS and scope["type"] == "http" and scope["path"].endswith(_QUESTIONS):
                _log.info("Request %s, a question, took %.1f seconds.", request_id_of(scope), seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_watched = self._access is not None or self._audit is not None
        arrival = arrival_of(scope, self._serving) if scope["type"] == "http" and is_watched else None
        if arrival is None or isinstance(arrival, Refusal):
            # behind this door is a gate that refuses it
            await self._app(scope, receive, send)
            return
        peer = (scope.get("client") or ("",))[0]
        facts = {
            "session": _session_id(scope, arrival.view),
            "noted": {},
            "address": client_address(peer, joined_header(scope, "x-forwarded-for") or "", self._serving),
        }
        scope = {**scope, "state": {**scope["state"], **facts}}
        visitor = None
        try:
            visitor = await self._visitor(scope, arrival.view)
            self._check(scope, visitor, arrival.path)
        except FundstelleError as error:
            inner = arrival.inner(scope)
            reply = self._refuse(error, Request(inner, receive))
            self._write(scope, visitor, arrival.path, reply.status_code)
            await reply(inner, receive, send)
            return
        scope["state"]["visitor"] = visitor or _NOBODY

        async def is_welcome() -> bool:
            return await self._visitor(scope, arrival.view, is_use=False) == visitor

        stream = _Stream(send, is_welcome)
        try:
            await self._app(scope, receive, stream.send)
        finally:
            self._write(scope, visitor, arrival.path, stream.status)

    def _write(self, scope: Scope, visitor: Visitor | None, path: str, status: int) -> None:
        """Write what a request did, or tried to do, into the audit log."""
        rule = self._rule_of(scope["method"], path)
        # the page to sign in is opened by everybody
        if self._audit and rule and rule.deed and (rule.deed, scope["method"]) != ("sign-in", "GET"):
            state = scope["state"]
            self._audit.write(
                {
                    "id": state["request_id"],
                    "who": visitor.name if visitor else "",
                    "from": state["address"],
                    "deed": rule.deed,
                    "method": scope["method"],
                    "path": path,
                    "status": status,
                    **state["noted"],
                }
            )

    async def _visitor(self, scope: Scope, view: View, *, is_use: bool = True) -> Visitor | None:
        """Return who sends a request; None if nothing says who.

        Raises:
            ArchiveError: the database that has the sessions does not answer.
            NotSignedIn: the token is not valid.
            NotAllowed: it may be sent by a page of another site.
        """
        access = self._access
        if access is None:
            return ANYBODY
        kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            visitor = access.visitor_of_token(token.strip())
            if visitor is None:
                raise NotSignedIn("The token is not valid, or no longer: ask for a new one.")
            return visitor
        if scope["method"] not in _SAFE:
            _check_sender(scope, view)
        session_id: str = scope["state"]["session"]
        if not session_id:
            return None
        # the sessions may be in a database
        look = asyncio.get_running_loop().run_in_executor
        return await look(self._lookers, lambda: access.visitor_of_session(session_id, is_use=is_use))

    def _check(self, scope: Scope, visitor: Visitor | None, path: str) -> None:
        """Check that a visitor may use a route.

        Raises:
            NotSignedIn: only who signs in may.
            NotAllowed: the role is not enough.
        """
        rule = self._rule_of(scope["method"], path)
        needed = rule.role if rule else Role.ADMIN
        if needed is None or self._access is None:
            return
        if visitor is None:
            raise NotSignedIn(
                "This server answers only those who sign in: send a token (the command line takes it from "
                "$FUNDSTELLE_TOKEN), or sign in on its page."
            )
        if not visitor.role.includes(needed):
            raise NotAllowed(
                f"This needs the role {needed.value}, and {visitor.name} has the role {visitor.role.value}: "
                "ask who runs the server.",
                needed.value,
            )


def visitor_of(request: HTTPConnection) -> Visitor:
    """Return who sends a request that has come through the door."""
    visitor: Visitor = getattr(request.state, "visitor", ANYBODY)
    return visitor


def cookie_name(scheme: str) -> str:
    """Return the name of the cookie of a session; with TLS, one that no other host can set."""
    return "__Host-fundstelle" if scheme == "https" else "fundstelle"


def set_cookie(response: Response, session_id: str, scheme: str) -> None:
    """Give a browser the id of a session, or take it away if it is empty; it ends with the browser."""
    response.set_cookie(
        cookie_name(scheme),
        session_id,
        max_age=None if session_id else 0,
        path="/",
        secure=scheme == "https",
        httponly=True,
        samesite="lax",
    )


def _session_id(scope: Scope, view: View) -> str:
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    return cookies.get(cookie_name(view.scheme), "")


def _check_sender(scope: Scope, view: View) -> None:
    """Check that a request that may change something comes from a page of ours: a cookie alone does not say so."""
    origin, site = (joined_header(scope, name) for name in ("origin", "sec-fetch-site"))
    refusal = foreign_sender(origin, site, view)
    if refusal:
        raise NotAllowed(refusal.sentence)
    if origin is None and site is None:
        raise NotAllowed("This request does not say which page sent it: send a token, or the header Origin.")


class _Stream:
    """A reply that, if it is a stream of events, ends when its reader may no longer read."""

    def __init__(self, send: Send, is_welcome: Callable[[], Awaitable[bool]]) -> None:
        self._send, self._is_welcome = send, is_welcome
        self._is_stream = self._is_over = False
        self.status = 0

    async def send(self, message: Message) -> None:
        """Send a part of the reply."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._is_stream = Headers(raw=message["headers"]).get("content-type", "").startswith("text/event-stream")
        elif self._is_over:
            return
        elif self._is_stream and not await self._is_still_welcome():
            self._is_over = True
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _is_still_welcome(self) -> bool:
        try:
            return await self._is_welcome()
        except FundstelleError:
            return False
