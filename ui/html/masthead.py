"""The masthead of the page: its name, the tabs of its views, the other language, and the list of keys."""

from __future__ import annotations

from rag.access.roles import ANYBODY, Role, Visitor
from ui.html.markup import escape
from ui.html.saved_questions import private_mark
from ui.html.sign_in import sign_out_form
from ui.html.theme_switch import theme_switch
from ui.wording.masthead import MASTHEAD
from ui.wording.texts import Texts

# the questions of all who ask, and the settings of all
_ROLES = {"questions": Role.EDITOR, "settings": Role.ADMIN}


def masthead(texts: Texts, visitor: Visitor = ANYBODY) -> str:
    """Return the line at the top of the page. Scripts mark the open view, and keep the address in the links.

    Args:
        visitor: who reads it; views that another role is needed for are left out.
    """
    words = MASTHEAD[texts.code]
    tabs = "".join(
        f'<a role="tab" id="fs-tab-{name}" href="./?tab={name}&amp;lang={texts.code}" data-fs-tab="{name}"'
        f' aria-controls="fs-view-{name}" aria-selected="false">{escape(label)}</a>'
        for name, label in words.views.items()
        if visitor.role.includes(_ROLES.get(name, Role.READER))
    )
    other = texts.alternate_code
    return (
        f'<header class="fs" lang="{texts.code}"><a class="fs-skip" href="#fs-results">{escape(words.skip)}</a>'
        f'<h1><a href="./?lang={texts.code}">Fundstelle</a></h1>'
        f'<div role="tablist" aria-label="{escape(words.navigation)}">{tabs}</div>'
        f'<div class="fs-switches">{sign_out_form(visitor.name, texts)}{private_mark(texts.code)}'
        f"{theme_switch(texts.code)}"
        f'<a class="fs-switch" href="./?lang={other}" lang="{other}" hreflang="{other}">'
        f"{escape(texts.alternate_name)}</a></div>{_keys(texts)}</header>"
    )


def _keys(texts: Texts) -> str:
    words = MASTHEAD[texts.code]
    rows = "".join(
        f"<div><dt>{_key_caps(keys)}</dt><dd>{escape(meaning)}</dd></div>" for keys, meaning in words.keys.items()
    )
    return (
        f'<dialog id="fs-keys" aria-labelledby="fs-keys-heading"><h2 id="fs-keys-heading">{escape(words.keys_heading)}'
        f'</h2><dl>{rows}</dl><form method="dialog"><button>{escape(words.close)}</button></form></dialog>'
    )


def _key_caps(keys: str) -> str:
    return " ".join(f"<kbd>{escape(key)}</kbd>" for key in keys.split(", "))
