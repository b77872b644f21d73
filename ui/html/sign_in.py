"""The page on which people sign in, and the form by which they sign out: without scripts."""

from __future__ import annotations

from urllib.parse import urlencode

from ui.html.markup import escape
from ui.html.theme import ASSETS
from ui.wording.sign_in import SIGN_IN_WORDS
from ui.wording.texts import Texts


def sign_in_page(texts: Texts, next_address: str, fault: str = "", name: str = "") -> str:
    """Return the complete page.

    Args:
        next_address: what is opened afterwards: a path below that of the page.
        fault: why the last attempt failed.
        name: what was entered then.
    """
    words, style = SIGN_IN_WORDS[texts.code], (ASSETS / "standalone.css").read_text(encoding="utf-8")
    alert = f'<p role="alert" id="fs-fault">{escape(fault)}</p>' if fault else ""
    described = ' aria-invalid="true" aria-describedby="fs-fault"' if fault else ""
    first, second = (described, " autofocus") if name else (f"{described} autofocus", "")
    other = urlencode({"lang": texts.alternate_code, "next": next_address})
    form = (
        f'<form method="post" action="sign-in?lang={texts.code}">'
        f'<input type="hidden" name="next" value="{escape(next_address)}">'
        f'<p><label for="fs-name">{escape(words.name)}</label><input id="fs-name" name="name" value="{escape(name)}" '
        f'autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required{first}></p>'
        f'<p><label for="fs-password">{escape(words.password)}</label><input id="fs-password" name="password" '
        f'type="password" autocomplete="current-password" maxlength="1000" required{described}{second}></p>'
        f"<p><button>{escape(words.button)}</button></p></form>"
    )
    language = (
        f'<p><a href="sign-in?{escape(other)}" lang="{texts.alternate_code}" hreflang="{texts.alternate_code}">'
        f"{escape(texts.alternate_name)}</a></p>"
    )
    return (
        f'<!doctype html><html lang="{texts.code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<link rel="icon" type="image/svg+xml" href="favicon.ico">'
        f"<title>{escape(words.heading)} – Fundstelle</title><style>{style}</style></head>"
        f'<body><main class="fs fs-problem fs-sign-in"><h1>{escape(words.heading)}</h1>{alert}{form}{language}</main>'
        "</body></html>"
    )


def sign_out_form(name: str, texts: Texts) -> str:
    """Return the account of the reader with the buttons by which they sign out; nothing without an account."""
    if not name:
        return ""
    words = SIGN_IN_WORDS[texts.code]
    return (
        f'<details class="fs-account"><summary><bdi>{escape(name)}</bdi></summary>'
        f'<form method="post" action="sign-out?lang={texts.code}">'
        f"<button>{escape(words.sign_out)}</button>"
        f'<button name="everywhere" value="yes">{escape(words.everywhere)}</button></form></details>'
    )
