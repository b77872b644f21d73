"""Why a passage was chosen: its signals in plain words."""

from __future__ import annotations

from rag.rendering.marking import joined_spans
from rag.types import Citation
from ui.html.markup import escape
from ui.wording.page import decimal
from ui.wording.texts import Texts


def explanation(citation: Citation, texts: Texts) -> str:
    """Return the rows of a description list: each signal with its value, and the words in common."""
    rows = "".join(
        f"<div><dt>{escape(_signal(name, texts))}</dt><dd>{escape(decimal(value, texts))}</dd></div>"
        for name, value in citation.signals.items()
    )
    return f"{rows}<div><dt>{escape(texts.common_words)}</dt>{_common_words(citation, texts)}</div>"


def _signal(name: str, texts: Texts) -> str:
    """Return the label of a signal and what it measures; an unknown one is its name."""
    signal = texts.signals.get(name)
    return f"{signal.label}: {signal.meaning}" if signal else name


def _common_words(citation: Citation, texts: Texts) -> str:
    """Return the words that question and quote share, as the quote spells them, each once."""
    spans = joined_spans(citation.quote, citation.start, citation.matches)
    words = dict.fromkeys(citation.quote[start:end] for start, end in spans)
    if not words:
        return f"<dd>{escape(texts.no_common_words)}</dd>"
    listed = ", ".join(f"<bdi>{escape(word)}</bdi>" for word in words)
    return f'<dd lang="{escape(citation.language)}">{listed}</dd>'
