"""The button that cites a passage, and the menu that it opens: pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rag.citing.reference import web_url
from rag.types import Span
from ui.html.markup import escape
from ui.wording.cite import CITE
from ui.wording.texts import Texts


def cite_button(quote: Mapping[str, str | int], texts: Texts) -> str:
    """Return the button that cites a quotation. `c` on its card repeats the last choice.

    Args:
        quote: what is cited, as `passage_to_cite` returns it, or `{"entry": ID}` for an entry of a dossier.
    """
    words = CITE[texts.code]
    return (
        f'<button type="button" data-fs-cite="{escape(json.dumps(quote))}" aria-haspopup="dialog"'
        f' data-fs-done="{escape(words.copied_again)}" data-fs-failed="{escape(words.failed)}">'
        f"{escape(words.cite)}</button>"
    )


def passage_to_cite(article_id: str, passage: Span, sentence: Span | None) -> dict[str, str | int]:
    """Return what a button cites: a passage and, if one is marked, the sentence in it, which then comes first."""
    quote: dict[str, str | int] = {"article": article_id, "start": passage[0], "end": passage[1]}
    return quote | {"from": sentence[0], "to": sentence[1]} if sentence else quote


def extent_choice(name: str, texts: Texts) -> str:
    """Return the choice between the marked sentence and the whole passage, as a field of that name."""
    words = CITE[texts.code]
    extents = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"{" checked" if number == 0 else ""}> '
        f"{escape(label)}</label>"
        for number, (value, label) in enumerate((("sentence", words.sentence), ("passage", words.passage)))
    )
    return f'<fieldset aria-label="{escape(words.extent)}">{extents}</fieldset>'


def cite_menu(url: str | None, *, has_sentence: bool, texts: Texts) -> str:
    """Return the contents of the menu: what is cited, and how.

    Args:
        url: the address of the article; without one, there is no link.
        has_sentence: whether a sentence of the passage is marked.
    """
    words = CITE[texts.code]
    groups = "".join(
        f'<div role="group" aria-label="{escape(heading)}"><p aria-hidden="true">{escape(heading)}</p>'
        + "".join(
            f'<button type="button" data-fs-format="{format}"'
            f' data-fs-done="{escape(words.copied.format(format=label))}">{escape(label)}</button>'
            for format, label in formats.items()
            if format != "link" or web_url(url)
        )
        + "</div>"
        for heading, formats in words.formats.items()
    )
    return (
        f'<div class="fs" lang="{texts.code}">'
        f'{extent_choice("fs-extent", texts) if has_sentence else ""}{groups}<label class="fs-option">'
        f'<input type="checkbox" name="fs-hash"> {escape(words.with_hash)}</label><p role="status"></p></div>'
    )
