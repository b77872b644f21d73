"""How pages of their own are served: articles, reports, errors."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from rag.access.door import visitor_of
from ui.html.fonts import font_faces
from ui.html.theme_switch import theme_script, theme_script_hash
from ui.routes.request_settings import settings_of

# Such a page runs no script but that of the theme, whatever an article contains, and loads but our fonts and our icon;
# only our own page may frame it.
POLICY = (
    f"default-src 'none'; script-src {theme_script_hash()}; font-src 'self'; img-src 'self'; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# The page of an article runs our own scripts, too, and fetches from this server what is around the article; whatever
# comes from the article is escaped.
READER_POLICY = (
    f"default-src 'none'; script-src 'self' {theme_script_hash()}; connect-src 'self'; font-src 'self'; "
    "img-src 'self'; style-src 'unsafe-inline'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)


def standalone_response(page: str, status: int, request: Request, policy: str = POLICY) -> HTMLResponse:
    """Return a complete page as it is served: in the theme and the faces, which a page saved as a file does without."""
    faces = font_faces(f"{request.scope.get('root_path', '')}/")
    head = f"<script>{theme_script()}</script><style>{faces}</style>"
    attributes = f'data-fs-theme="{settings_of(request).theme}" data-fs-role="{visitor_of(request).role.value}"'
    page = page.replace("</head>", f"{head}</head>", 1)
    page = page.replace("<html ", f"<html {attributes} ", 1)
    return HTMLResponse(page, status, {"Content-Security-Policy": policy})
