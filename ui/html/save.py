"""The buttons that save a passage into a dossier, and the menu of dossiers: pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rag.types import Span
from rag.types.dossier import DossierSummary
from ui.html.markup import escape
from ui.wording.dossiers import DOSSIERS
from ui.wording.page import count_of
from ui.wording.texts import Texts


def save_buttons(article_id: str, passage: Span, question: str, texts: Texts, *, saved: bool = False) -> str:
    """Return the button that saves a passage into the dossier used last, and the one that opens the menu.

    Args:
        question: the question that the passage answers; without one, that of the page's address.
        saved: whether the passage is in a dossier already.
    """
    words = DOSSIERS[texts.code]
    passage_json: dict[str, str | int] = {"article": article_id, "start": passage[0], "end": passage[1]}
    if question:
        passage_json["question"] = question
    return (
        f'<span class="fs-save"><button type="button" data-fs-save="{escape(json.dumps(passage_json))}"'
        f' aria-pressed="{json.dumps(saved)}" data-fs-done="{escape(words.saved)}"'
        f' data-fs-failed="{escape(words.not_saved)}">{escape(words.saved if saved else words.save)}</button>'
        f'<button type="button" data-fs-choose-dossier aria-haspopup="dialog" aria-label="{escape(words.choose)}"'
        f' title="{escape(words.choose)}">▾</button></span>'
    )


def save_menu(summaries: Sequence[DossierSummary], texts: Texts) -> str:
    """Return the contents of the menu: all dossiers, the one used last first, and a field for a new one."""
    words = DOSSIERS[texts.code]
    items = "".join(
        f'<li><button type="button" data-fs-into="{escape(summary.id)}"><span dir="auto">{escape(summary.name)}</span> '
        f"<small>{escape(count_of(words.quotes, summary.quote_count, texts))}</small></button></li>"
        for summary in summaries
    )
    dossiers = f"<ul>{items}</ul>" if items else ""
    return (
        f'<div class="fs" lang="{texts.code}"><p>{escape(words.into)}</p>{dossiers}'
        f'<form data-fs-save-new><input id="fs-new-dossier" name="name" maxlength="200" autocomplete="off"'
        f' aria-label="{escape(words.new)}" placeholder="{escape(words.new)}">'
        f'<button>{escape(words.make)}</button></form><p role="status"></p></div>'
    )
