"""The MCP server over streamable HTTP, as a part of another application."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from rag.archive import Archive
from rag.server.load import Load

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class McpEndpoint:
    """An ASGI application that answers MCP requests, each by itself; it only reads the archive.

    Host and origin of requests are checked by what stands before it. The SDK is loaded with the first request, which
    takes a second; what then runs in the background ends with the event loop.
    """

    def __init__(self, archive: Archive, load: Load | None = None) -> None:
        self._archive, self._load = archive, load
        self._sessions: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._background: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._sessions is None:
            self._sessions = asyncio.get_running_loop().create_future()
            self._background = asyncio.create_task(self._run(self._sessions))
        sessions = await asyncio.shield(self._sessions)
        await sessions.handle_request(scope, receive, send)

    async def _run(self, ready: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        sessions = await asyncio.to_thread(_sessions_of, self._archive, self._load)
        async with sessions.run():
            ready.set_result(sessions)
            await asyncio.Event().wait()


def _sessions_of(archive: Archive, load: Load | None) -> StreamableHTTPSessionManager:
    from mcp.server.transport_security import TransportSecuritySettings

    from rag.mcp.server import build_mcp

    server = build_mcp(archive, load=load)
    server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return server.session_manager
