"""Why a passage was chosen: its signals in plain words, folded away until somebody asks."""

from __future__ import annotations

from rag.types import Citation
from ui.html.markup import escape, joined_spans
from ui.wording.page import Texts, decimal


def why(citation: Citation, texts: Texts) -> str:
    """Return the box that unfolds; the browser itself makes it work with keyboard and screen reader."""
    rows = [(texts.signals.get(name, name), decimal(value, texts)) for name, value in citation.signals.items()]
    named = "".join(f"<div><dt>{escape(words)}</dt><dd>{escape(value)}</dd></div>" for words, value in rows)
    return (
        f'<details class="fs-why"><summary>{escape(texts.why)}</summary>'
        f"<dl>{named}<div><dt>{escape(texts.shared)}</dt>{_shared(citation, texts)}</div></dl></details>"
    )


def _shared(citation: Citation, texts: Texts) -> str:
    """Return the words that question and quote share, as the quote writes them, each once."""
    places = joined_spans(citation.quote, citation.start, citation.matches)
    words = dict.fromkeys(citation.quote[start:end] for start, end in places)
    if not words:
        return f"<dd>{escape(texts.none_shared)}</dd>"
    listed = ", ".join(f"<bdi>{escape(word)}</bdi>" for word in words)
    return f'<dd lang="{escape(citation.language)}">{listed}</dd>'
