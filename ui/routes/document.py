"""The document of the page, as Gradio serves it, with what is ours."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.access.door import visitor_of
from ui.html.document import our_document
from ui.routes.fragments import texts_for
from ui.routes.request_settings import settings_of


class OwnDocument:
    """ASGI middleware that passes Gradio's document at / through `our_document`, and everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_page = scope["type"] == "http" and scope["path"] == f"{scope.get('root_path', '')}/"
        if not is_page:
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        texts, settings, role = texts_for(request), settings_of(request), visitor_of(request).role
        start: Message = {}
        parts: list[bytes] = []

        async def send_ours(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            if message["type"] != "http.response.body":
                await send(message)  # what the server tells its tests
                return
            parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            body = b"".join(parts)
            if start["status"] == 200 and body:
                body = our_document(body.decode(), texts, settings, role).encode()
                MutableHeaders(scope=start)["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        # Gradio knows parameters of the same names: `page` to it is a page of an application with several
        await self._app({**scope, "query_string": b""}, receive, send_ours)
