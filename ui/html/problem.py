"""The page that comes instead of the one that was requested."""

from __future__ import annotations

from ui.html.markup import escape
from ui.html.theme import ASSETS
from ui.wording.english import ENGLISH
from ui.wording.problems import PROBLEM_WORDS
from ui.wording.texts import Texts

_NOT_FOUND, _FAILED = 404, 500


def problem_page(status: int, sentence: str, texts: Texts, home: str) -> str:
    """Return a complete page that says what happened and what to do.

    Args:
        sentence: why the request was refused, in English, for whoever runs the server.
        home: the address of the page.
    """
    words = PROBLEM_WORDS[texts.code]
    if status == _NOT_FOUND:
        heading, hint = words.not_found, escape(words.not_found_hint)
    elif status == _FAILED:
        heading, hint = words.failed, escape(words.failed_hint)
    else:
        heading, hint = words.refused, f'<span lang="{ENGLISH.code}">{escape(sentence)}</span>'
    style = (ASSETS / "standalone.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="{texts.code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(heading)} – Fundstelle</title><style>{style}</style></head>"
        f'<body><main class="fs fs-problem"><h1>{escape(heading)}</h1><p>{hint}</p>'
        f'<p><a href="{escape(home)}">{escape(words.home)}</a></p></main></body></html>'
    )
