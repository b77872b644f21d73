"""The gate in front of the page: which requests are answered, and what Gradio gets of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.html.problem import problem_page
from ui.routes.fragments import texts_for
from ui.routes.standalone import standalone_response
from ui.security.allowlist import Body, Rule, is_session, rule_for
from ui.security.calls import BadCall, Call, checked_call
from ui.security.hosts import Serving, View, browser_view, is_answered, plain_host

_log = logging.getLogger(__name__)

# The headers that the page reads; all others are dropped. Some would tell Gradio its own address, which it believes
# from anybody, and without an Origin it sends no headers that open the page to other origins.
_PASSED_HEADERS = frozenset(
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
_MAX_PARAMETERS = 100  # a filter repeats one for each of its values


class Refusal(NamedTuple):
    """Why a request is refused: the status and a sentence."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What decides whether a request is answered.

    `path` is that below the root path; `site` and `mode` are the Sec-Fetch headers.
    """

    method: str
    path: str
    view: View
    origin: str | None = None
    site: str | None = None
    mode: str | None = None


def check_request(request: RequestFacts) -> Rule | Refusal:
    """Return the rule under which a request is answered, or why it is refused."""
    rule = rule_for(request.path)
    if rule is None:
        return Refusal(404, "There is no page at this address.")
    reads = request.method in {"GET", "HEAD"}
    is_entry = rule.is_entry and reads
    if request.origin is not None and not is_entry and not _is_own_origin(request.origin, request.view):
        return Refusal(
            403,
            "Requests from other sites are not accepted. If this is Fundstelle's own page behind a proxy, start "
            "Fundstelle with --root-path and the full address of the page.",
        )
    # old browsers do not send the header; "none" is an address that the user typed
    if request.site not in {None, "none", "same-origin"} and not (is_entry and request.mode == "navigate"):
        return Refusal(403, "Requests from other sites are not accepted.")
    if request.method not in rule.methods:
        return Refusal(405, "This address does not accept this method.")
    return rule


def _is_own_origin(origin: str, view: View) -> bool:
    # the origin of a page without an address (a file, a sandboxed frame) is "null"
    scheme, separator, host = origin.partition("://")
    own_host = plain_host(view.host, view.scheme)
    return bool(separator) and (scheme, plain_host(host, scheme)) == (view.scheme, own_host)


class Gate:
    """ASGI middleware that refuses forbidden requests and passes on the rest, stripped to what the page needs.

    Args:
        calls: the functions of the page by number.
    """

    def __init__(self, app: ASGIApp, serving: Serving, calls: Mapping[int, Call]) -> None:
        self._app, self._serving, self._calls = app, serving, calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        decision = self._decide(scope)
        if isinstance(decision, Refusal | str):
            await _respond(decision, scope, receive, send)
            return
        inner, rule = decision
        if rule.body is Body.STREAM:
            size = Headers(scope=scope).get("content-length", "")
            if size.isdecimal() and int(size) > rule.max_bytes:
                refusal = Refusal(413, f"The request is larger than {rule.max_bytes} bytes.")
                await _respond(refusal, scope, receive, send)
                return
        elif rule.body is not Body.EMPTY:
            body = await _read_body(receive, rule.max_bytes)
            if body is None:
                refusal = Refusal(413, f"The request is larger than {rule.max_bytes} bytes.")
                await _respond(refusal, scope, receive, send)
                return
            if rule.body is not Body.JSON:
                try:
                    queued = rule.body is Body.QUEUED_CALL
                    body = await run_in_threadpool(checked_call, body, self._calls, queued=queued)
                except BadCall as error:
                    await _respond(Refusal(400, str(error)), scope, receive, send)
                    return
            inner["headers"].append((b"content-length", str(len(body)).encode()))
            receive = _replayed(body, receive)
        await self._pass_on(inner, receive, send)

    def _decide(self, scope: Scope) -> tuple[Scope, Rule] | Refusal | str:
        """Return the request for the page and its rule, or a refusal, or the address to redirect to."""
        serving = self._serving
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
        scope["root_path"] = outer.path
        if outer.path and scope["path"] == outer.path:
            return f"{outer.path}/"
        path = _below_root(scope["path"], outer.path)
        origin_headers = (_joined(headers, name) for name in ("origin", "sec-fetch-site", "sec-fetch-mode"))
        rule = check_request(RequestFacts(scope["method"], path, outer, *origin_headers))
        if isinstance(rule, Refusal):
            return rule
        query = _query(scope.get("query_string", b""), rule.query)
        if query is None:
            return Refusal(400, "The query of the address is not valid.")
        passed = [
            (name, value) for name, value in scope["headers"] if name.decode("latin-1").lower() in _PASSED_HEADERS
        ]
        full_path = outer.path + path
        inner = {
            **scope,
            "scheme": outer.scheme,
            "root_path": outer.path,
            "path": full_path,
            "raw_path": quote(full_path).encode(),
            "query_string": query,
            "headers": [(b"host", outer.host.encode()), *passed],
        }
        return inner, rule

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_started = is_complete = False

        async def watched(message: Message) -> None:
            nonlocal is_started, is_complete
            if message["type"] == "http.response.start":
                is_started = True
                headers = MutableHeaders(scope=message)
                for name in [name for name in headers if name.lower().startswith("access-control-")]:
                    del headers[name]
            elif message["type"] == "http.response.body":
                is_complete = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            # the event stream of a closed page ends with an exception, which is not worth reporting
            level = logging.DEBUG if isinstance(error.__cause__, HTTPException) else logging.ERROR
            _log.log(level, "A request could not be answered: %r", error)
            _log.debug("The traceback:", exc_info=True)  # only with --debug
            if not is_started:
                await _respond(Refusal(500, "Something went wrong."), scope, receive, send)
            elif not is_complete:
                await send({"type": "http.response.body", "body": b"", "more_body": False})


def _joined(headers: Headers, name: str) -> str | None:
    values = headers.getlist(name)
    return ", ".join(values) if values else None


def _below_root(path: str, root: str) -> str:
    """Return the path below the root path, whether or not a proxy has removed that."""
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _query(query: bytes, allowed: Iterable[str]) -> bytes | None:
    """Return the allowed parameters of a query, encoded again; None if it is not valid."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return None
    names = frozenset(allowed)
    parameters = [(name, value) for name, value in pairs if name in names]
    if any(name == "session_hash" and not is_session(value) for name, value in parameters):
        return None
    return urlencode(parameters).encode("ascii")


async def _read_body(receive: Receive, max_bytes: int) -> bytes | None:
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


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body first, and then whatever follows it."""
    is_replayed = False

    async def replay() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _respond(response: Refusal | str, scope: Scope, receive: Receive, send: Send) -> None:
    if isinstance(response, str):
        await RedirectResponse(response, 308)(scope, receive, send)
    else:
        await _refusal_response(response, Request(scope))(scope, receive, send)


def _refusal_response(refusal: Refusal, request: Request) -> Response:
    """Return why a request is refused: as a page for a person who opened the address, as a sentence for a program."""
    is_opened = request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "")
    if not is_opened:
        return PlainTextResponse(refusal.sentence, refusal.status)
    home = f"{request.scope.get('root_path', '')}/"
    page = problem_page(refusal.status, refusal.sentence, texts_for(request), home)
    return standalone_response(page, refusal.status, request)
