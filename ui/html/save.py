"""The buttons that save a passage into a dossier, and the menu of dossiers: pure functions."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from rag.types import Span
from rag.types.dossier import DossierSummary
from ui.html.cite import extent_choice, passage_to_cite
from ui.html.markup import escape
from ui.wording.dossiers import DOSSIERS
from ui.wording.page import count_of
from ui.wording.texts import Texts


def save_buttons(
    article_id: str,
    passage: Span,
    sentence: Span | None,
    texts: Texts,
    *,
    question: str = "",
    saved: Collection[Span] = (),
) -> str:
    """Return the button that saves a passage into the dossier used last, and the one that opens the menu.

    Args:
        sentence: the marked one of the passage, which can be saved instead.
        question: the question that the passage answers; without one, that of the page's address.
        saved: the passages that are in a dossier already; in the reader, the button comes to stand for other ones.
    """
    words = DOSSIERS[texts.code]
    quote = passage_to_cite(article_id, passage, sentence) | ({"question": question} if question else {})
    is_saved = passage in saved
    spans = json.dumps([f"{start}-{end}" for start, end in sorted(saved)])
    return (
        f'<span class="fs-save"><button type="button" data-fs-save="{escape(json.dumps(quote))}"'
        f' aria-pressed="{json.dumps(is_saved)}" data-fs-saved="{escape(spans)}" data-fs-label="{escape(words.save)}"'
        f' data-fs-done="{escape(words.saved)}" data-fs-failed="{escape(words.not_saved)}">'
        f"{escape(words.saved if is_saved else words.save)}</button>"
        f'<button type="button" data-fs-choose-dossier aria-haspopup="dialog" aria-label="{escape(words.choose)}"'
        f' title="{escape(words.choose)}">▾</button></span>'
    )


def save_menu(summaries: Sequence[DossierSummary], texts: Texts, *, has_sentence: bool = False) -> str:
    """Return the contents of the menu: all dossiers, the one used last first, and a field for a new one.

    Args:
        has_sentence: whether a sentence of the passage is marked, and may be saved alone.
    """
    words = DOSSIERS[texts.code]
    items = "".join(
        f'<li><button type="button" data-fs-into="{escape(summary.id)}"><span dir="auto">{escape(summary.name)}</span> '
        f"<small>{escape(count_of(words.quotes, summary.quote_count, texts))}</small></button></li>"
        for summary in summaries
    )
    dossiers = f"<ul>{items}</ul>" if items else ""
    extent = extent_choice("fs-save-extent", texts) if has_sentence else ""
    return (
        f'<div class="fs" lang="{texts.code}">{extent}<p>{escape(words.into)}</p>{dossiers}'
        f'<form data-fs-save-new><input id="fs-new-dossier" name="name" maxlength="200" autocomplete="off"'
        f' aria-label="{escape(words.new)}" placeholder="{escape(words.new)}">'
        f'<button>{escape(words.make)}</button></form><p role="status"></p></div>'
    )
