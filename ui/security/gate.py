"""The gate before the page: what comes in, from whom, and what Gradio gets to see of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.security.allowlist import Rule, Sent, is_session, rule_for
from ui.security.calls import BadCall, Call, checked_call
from ui.security.hosts import Serving, View, is_answered, plain_host, view

_log = logging.getLogger(__name__)

# What the page reads of a request. The others stay outside: some of them tell Gradio where it is, which it believes
# from anybody, and without an Origin it writes no headers that open the page to other origins.
_KEPT = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "content-type",
        "if-modified-since",
        "if-none-match",
        "user-agent",
    }
)
_FORWARDED = ("x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix")
_MOST_PARAMETERS = 20


class Refusal(NamedTuple):
    """Why a request is not answered: the status and a sentence."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says of itself. `path` begins below the root path; `site`, `mode` are the Sec-Fetch headers."""

    method: str
    path: str
    view: View
    origin: str | None = None
    site: str | None = None
    mode: str | None = None


def verdict(asked: Asked) -> Rule | Refusal:
    """Return the rule under which a request is answered, or why it is not."""
    rule = rule_for(asked.path)
    if rule is None:
        return Refusal(404, "There is no such page.")
    reads = asked.method in {"GET", "HEAD"}
    opening = rule.opens and reads
    if asked.origin is not None and not opening and not _is_own(asked.origin, asked.view):
        return Refusal(
            403,
            "Fundstelle takes no requests from other pages; if this is its own page behind a proxy, "
            "start it with --root-path and the whole address of the page.",
        )
    # a browser that says nothing of it is an old one, and "none" is the reader herself
    if asked.site not in {None, "none", "same-origin"} and not (opening and asked.mode == "navigate"):
        return Refusal(403, "Fundstelle takes no requests from other pages.")
    if asked.method not in rule.methods:
        return Refusal(405, "This address does not take such requests.")
    return rule


def _is_own(origin: str, seen: View) -> bool:
    # a page without an address of its own (a file, a sandboxed frame) is "null"
    scheme, separator, host = origin.partition("://")
    own = plain_host(seen.host, seen.scheme)
    return bool(separator) and (scheme, plain_host(host, scheme)) == (seen.scheme, own)


class Gate:
    """Answers what nobody may ask, and hands on the rest without what the page does not need.

    Args:
        calls: the functions of the page by number.
    """

    def __init__(self, app: ASGIApp, serving: Serving, calls: Mapping[int, Call]) -> None:
        self._app, self._serving, self._calls = app, serving, calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        passed = self._passed(scope)
        if isinstance(passed, Refusal | str):
            await _respond(passed, scope, receive, send)
            return
        inner, rule = passed
        if rule.sent is not Sent.NOTHING:
            body = await _read(receive, rule.most)
            if body is None:
                await _respond(Refusal(413, "This is too much for one request."), scope, receive, send)
                return
            if rule.sent is not Sent.MARK:
                try:
                    queued = rule.sent is Sent.QUEUED_CALL
                    body = await run_in_threadpool(checked_call, body, self._calls, queued=queued)
                except BadCall as refusal:
                    await _respond(Refusal(400, str(refusal)), scope, receive, send)
                    return
            inner["headers"].append((b"content-length", str(len(body)).encode()))
            receive = _replayed(body, receive)
        await self._pass_on(inner, receive, send)

    def _passed(self, scope: Scope) -> tuple[Scope, Rule] | Refusal | str:
        """Return the request as the page gets it and its rule, or a refusal, or the address to ask instead."""
        serving = self._serving
        headers = Headers(scope=scope)
        peer, arrived = ((scope.get(name) or ("",))[0] for name in ("client", "server"))
        host, *others = headers.getlist("host") or [""]
        forwarded = {name: headers[name] for name in _FORWARDED if name in headers}
        seen = view(scope["scheme"], host, forwarded, peer, serving)
        if seen is None:
            return Refusal(
                400,
                "A proxy that Fundstelle does not know passes this request on: start it with --proxy and the address "
                "of the proxy, or with --root-path and the whole address of the page.",
            )
        if others or not (is_answered(host, arrived, serving) and is_answered(seen.host, arrived, serving)):
            return Refusal(
                400, "Fundstelle does not answer to this name: start it with --allow-host and the name, if it should."
            )
        if seen.path and scope["path"] == seen.path:
            return f"{seen.path}/"
        path = _below(scope["path"], seen.path)
        told = (_all(headers, name) for name in ("origin", "sec-fetch-site", "sec-fetch-mode"))
        ruled = verdict(Asked(scope["method"], path, seen, *told))
        if isinstance(ruled, Refusal):
            return ruled
        query = _query(scope.get("query_string", b""), ruled.query)
        if query is None:
            return Refusal(400, "The address cannot be understood.")
        kept = [(name, value) for name, value in scope["headers"] if name.decode("latin-1").lower() in _KEPT]
        full = seen.path + path
        inner = {
            **scope,
            "scheme": seen.scheme,
            "root_path": seen.path,
            "path": full,
            "raw_path": quote(full).encode(),
            "query_string": query,
            "headers": [(b"host", seen.host.encode()), *kept],
        }
        return inner, ruled

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = ended = False

        async def watched(message: Message) -> None:
            nonlocal begun, ended
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name in [name for name in headers if name.lower().startswith("access-control-")]:
                    del headers[name]
            elif message["type"] == "http.response.body":
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            # a stream of events of a page that is gone ends by an exception, which is nothing to report
            level = logging.DEBUG if isinstance(error.__cause__, HTTPException) else logging.ERROR
            _log.log(level, "A request could not be answered: %r", error)
            _log.debug("It happened here:", exc_info=True)  # the terminal is no place for a trace
            if not begun:
                await _respond(Refusal(500, "Something went wrong."), scope, receive, send)
            elif not ended:
                await send({"type": "http.response.body", "body": b"", "more_body": False})


def _all(headers: Headers, name: str) -> str | None:
    values = headers.getlist(name)
    return ", ".join(values) if values else None


def _below(path: str, root: str) -> str:
    """Return the path below the root path, whether a proxy has cut that off or not."""
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _query(sent: bytes, known: Iterable[str]) -> bytes | None:
    """Return the known parameters of a query, written anew; None if it cannot be understood."""
    try:
        pairs = parse_qsl(sent.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return None
    known = frozenset(known)
    kept = [(name, value) for name, value in pairs if name in known]
    if any(name == "session_hash" and not is_session(value) for name, value in kept):
        return None
    return urlencode(kept).encode("ascii")


async def _read(receive: Receive, most: int) -> bytes | None:
    """Return the whole body, or None if it has more bytes than that."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body once, and then what comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _respond(answer: Refusal | str, scope: Scope, receive: Receive, send: Send) -> None:
    if isinstance(answer, str):
        await RedirectResponse(answer, 308)(scope, receive, send)
    else:
        await PlainTextResponse(answer.sentence, answer.status)(scope, receive, send)
