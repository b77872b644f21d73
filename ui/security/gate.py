"""The gate in front of the page: which requests are answered, and what Gradio gets of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.access.door import CHALLENGE, visitor_of
from rag.errors import FundstelleError, NotSignedIn, shortage
from rag.server.arrival import Refusal, arrival_of, foreign_sender, joined_header, read_body, replayed
from rag.server.hosts import Serving, View
from rag.server.problems import problem_kind
from ui.html.problem import problem_page
from ui.routes.fragments import texts_for
from ui.routes.standalone import standalone_response
from ui.security.allowlist import Body, Rule, is_session, rule_for
from ui.security.calls import BadCall, Call, CallNotAllowed, checked_call

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
_MAX_PARAMETERS = 100  # a filter repeats one for each of its values


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
    # a link on another site may lead to an entry, and only that
    origin = None if is_entry else request.origin
    site = None if is_entry and request.mode == "navigate" else request.site
    foreign = foreign_sender(origin, site, request.view)
    if foreign:
        return foreign
    if request.method not in rule.methods:
        return Refusal(405, "This address does not accept this method.")
    return rule


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
            body = await read_body(receive, rule.max_bytes)
            if body is None:
                refusal = Refusal(413, f"The request is larger than {rule.max_bytes} bytes.")
                await _respond(refusal, scope, receive, send)
                return
            if rule.body in {Body.CALL, Body.QUEUED_CALL}:
                try:
                    queued = rule.body is Body.QUEUED_CALL
                    role = visitor_of(HTTPConnection(scope)).role
                    body = await run_in_threadpool(checked_call, body, self._calls, queued=queued, role=role)
                except CallNotAllowed as error:
                    await _respond(Refusal(403, str(error)), scope, receive, send)
                    return
                except BadCall as error:
                    await _respond(Refusal(400, str(error)), scope, receive, send)
                    return
            inner["headers"].append((b"content-length", str(len(body)).encode()))
            receive = replayed(body, receive)
        await self._pass_on(inner, receive, send)

    def _decide(self, scope: Scope) -> tuple[Scope, Rule] | Refusal | str:
        """Return the request for the page and its rule, or a refusal, or the address to redirect to."""
        arrival = arrival_of(scope, self._serving)
        if isinstance(arrival, Refusal):
            return arrival
        view, path = arrival
        scope["root_path"] = view.path
        if view.path and scope["path"] == view.path:
            return f"{view.path}/"
        origin_headers = (joined_header(scope, name) for name in ("origin", "sec-fetch-site", "sec-fetch-mode"))
        rule = check_request(RequestFacts(scope["method"], path, view, *origin_headers))
        if isinstance(rule, Refusal):
            return rule
        query = _query(scope.get("query_string", b""), rule.query)
        if query is None:
            return Refusal(400, "The query of the address is not valid.")
        passed = [
            (name, value) for name, value in scope["headers"] if name.decode("latin-1").lower() in _PASSED_HEADERS
        ]
        inner = {**arrival.inner({**scope, "headers": passed}), "query_string": query}
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
            _log.log(level, "A request could not be answered: %s", type(error).__name__)
            _log.debug("The traceback:", exc_info=True)  # only with --debug
            if not is_started:
                lack = shortage(error)
                refusal = Refusal(503, str(lack)) if lack else Refusal(500, "Something went wrong.")
                await _respond(refusal, scope, receive, send)
            elif not is_complete:
                await send({"type": "http.response.body", "body": b"", "more_body": False})


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


async def _respond(response: Refusal | str, scope: Scope, receive: Receive, send: Send) -> None:
    if isinstance(response, str):
        await RedirectResponse(response, 308)(scope, receive, send)
    else:
        await _refusal_response(response, Request(scope))(scope, receive, send)


def welcome(error: FundstelleError, request: Request) -> Response:
    """Return the reply for who may not come in; a person who opened an address is led to where one signs in."""
    if isinstance(error, NotSignedIn):
        if _is_opened(request):
            root = request.scope.get("root_path", "")
            path = quote(request.url.path.removeprefix(root))
            query = f"?{request.url.query}" if request.url.query else ""
            address = f"{root}/sign-in?{urlencode({'next': path + query})}"
            return RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        return PlainTextResponse(str(error), 401, CHALLENGE)
    return _refusal_response(Refusal(problem_kind(error).status, str(error)), request)


def _is_opened(request: Request) -> bool:
    """Return whether a person opens the address, and no program fetches it."""
    is_fetched = request.headers.get("sec-fetch-mode", "navigate") != "navigate"
    return request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "") and not is_fetched


def _refusal_response(refusal: Refusal, request: Request) -> Response:
    """Return why a request is refused: as a page for a person who opened the address, as a sentence for a program."""
    if not _is_opened(request):
        return PlainTextResponse(refusal.sentence, refusal.status)
    home = f"{request.scope.get('root_path', '')}/"
    page = problem_page(refusal.status, refusal.sentence, texts_for(request), home)
    return standalone_response(page, refusal.status, request)
