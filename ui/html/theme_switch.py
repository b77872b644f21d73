"""The switch between light, dark and the system's theme, and the script that carries out what it says."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from ui.html.markup import escape
from ui.wording.theme import THEME_WORDS

_SCRIPT = Path(__file__).parents[1] / "assets" / "theme.js"


def theme_switch(code: str) -> str:
    """Return the switch in a language: a button that shows the theme and goes on to the next one."""
    words = THEME_WORDS[code]
    themes = (("system", "◐", words.system), ("light", "○", words.light), ("dark", "●", words.dark))
    shown = "".join(
        f'<span data-fs-shows="{name}"><span aria-hidden="true">{sign}</span>'
        f'<span class="fs-hidden">{escape(label)}</span></span>'
        for name, sign, label in themes
    )
    return (
        f'<button type="button" class="fs-themes" data-fs-themes title="{escape(words.label)}">'
        f'<span class="fs-hidden">{escape(words.label)}: </span>{shown}</button>'
    )


@cache
def theme_script() -> str:
    """Return the script for the head of a page."""
    return _SCRIPT.read_text(encoding="utf-8")


@cache
def theme_script_hash() -> str:
    """Return the hash by which a policy allows this script and no other."""
    digest = hashlib.sha256(theme_script().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
