"""The routes of our own scripts."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response

from ui.html.theme import SCRIPTS

# a new version of the program has other scripts at the same addresses
_HEADERS = {"Cache-Control": "no-cache"}


def add_script_route(app: FastAPI) -> None:
    """Add the route /scripts/NAME.js."""
    files = {path.name: path for path in SCRIPTS}

    @app.get("/scripts/{name}", include_in_schema=False)
    def script(name: str) -> Response:
        if name not in files:
            return PlainTextResponse("There is no such script.", 404)
        return FileResponse(files[name], media_type="text/javascript", headers=_HEADERS)
