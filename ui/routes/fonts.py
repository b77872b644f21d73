"""The faces of the page: /fonts/NAME.woff2."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response

from ui.html.fonts import FONTS

# a file's name has the version of its face: what lies at an address never changes
_FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


def add_font_route(app: FastAPI) -> None:
    """Add the route of the files in assets/fonts, and of no others."""
    files = {path.name: path for path in FONTS.glob("*.woff2")}

    @app.get("/fonts/{name}", include_in_schema=False)
    def font(name: str) -> Response:
        if name not in files:
            return PlainTextResponse("There is no font at this address.", 404)
        return FileResponse(files[name], headers=_FOR_A_YEAR, media_type="font/woff2")
