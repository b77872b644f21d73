"""The settings of the archive, for every route that answers a request."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.workspace.settings import Settings, SettingsStore

# files, which are the same whatever is set
_FILES = ("/assets/", "/fonts/", "/scripts/", "/static/")


class WithSettings:
    """ASGI middleware that gives each request the settings of the archive."""

    def __init__(self, app: ASGIApp, archive: Archive) -> None:
        self._app, self._archive = app, archive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and not scope["path"].startswith(_FILES, len(scope.get("root_path", ""))):
            settings = await run_in_threadpool(self._settings)
            scope = {**scope, "state": {**scope.get("state", {}), "settings": settings}}
        await self._app(scope, receive, send)

    def _settings(self) -> Settings:
        try:
            return SettingsStore(self._archive).load()
        except FundstelleError:
            return Settings()  # what cannot be read is reported where the archive is asked


def settings_of(request: HTTPConnection) -> Settings:
    """Return the settings that a request is answered with."""
    settings: Settings = getattr(request.state, "settings", Settings())
    return settings
