"""The document around Gradio's page: our language, title and preview, and what a browser needs before it paints."""

from __future__ import annotations

import re

from rag.access.roles import Role
from rag.workspace.settings import Settings
from ui.html.fonts import font_faces, font_links
from ui.html.markup import escape
from ui.html.theme import ASSETS, styles_and_scripts
from ui.html.theme_switch import theme_script
from ui.wording.texts import Texts

_PREVIEW = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')
_LANGUAGE = re.compile(r'(<html\s+)lang="[^"]*"')


def our_document(document: str, texts: Texts, settings: Settings, role: Role = Role.ADMIN) -> str:
    """Return Gradio's document in the reader's language, with our title and preview instead of Gradio's.

    The preview says what Fundstelle is, and nothing of the archive or of the question in the address.

    Args:
        role: that of the reader; what it cannot do is hidden.
    """
    private = " data-fs-private" if settings.private else ""
    attributes = rf'\g<1>lang="{texts.code}" data-fs-theme="{settings.theme}" data-fs-role="{role.value}"{private}'
    document = _LANGUAGE.sub(attributes, _PREVIEW.sub("", document), count=1)
    return document.replace("</head>", f"{_head(texts)}</head>", 1)


def _head(texts: Texts) -> str:
    style = font_faces() + (ASSETS / "theme.css").read_text(encoding="utf-8")
    tagline = escape(texts.tagline)
    return (
        f'<title>Fundstelle</title><meta name="description" content="{tagline}">'
        '<meta name="robots" content="noindex, nofollow"><meta property="og:type" content="website">'
        f'<meta property="og:title" content="Fundstelle"><meta property="og:description" content="{tagline}">'
        '<link rel="icon" type="image/svg+xml" href="favicon.ico">'
        f"<script>{theme_script()}</script>{font_links()}<style>{style}</style>{styles_and_scripts()}"
    )
