"""How pages of their own are served: articles, reports, errors."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from ui.html.fonts import font_faces

# Such a page runs no script, whatever an article contains, and loads our fonts alone; only our own page may frame it.
POLICY = (
    "default-src 'none'; font-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


def standalone_response(page: str, status: int, request: Request) -> HTMLResponse:
    """Return a complete page as it is served: with the faces, which a page that is saved as a file cannot load."""
    faces = font_faces(f"{request.scope.get('root_path', '')}/")
    page = page.replace("</head>", f"<style>{faces}</style></head>", 1)
    return HTMLResponse(page, status, {"Content-Security-Policy": POLICY})
