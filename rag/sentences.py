"""Where sentences begin and end."""

from __future__ import annotations

import sentencex

from rag.types import Span, primary


def sentence_spans(text: str, language: str) -> list[Span]:
    """Return the spans of the sentences: they follow on each other and together cover the whole text.

    White space belongs to the sentence before it. `language` is a BCP-47 tag; its region does not matter.
    """
    spans, start = [], 0
    for sentence in sentencex.segment(primary(language), text):
        end = start + len(sentence)
        spans.append((start, end))
        start = end
    if start != len(text) or any(text[a:b] == "" for a, b in spans):
        raise AssertionError("The sentences do not add up to the text.")
    return spans
