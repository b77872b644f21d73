"""Where sentences begin and end."""

from __future__ import annotations

import re

import sentencex

from rag.types import Span, primary

_ODD_SPACE = re.compile(r"[^\S\n ]")


def sentence_spans(text: str, language: str) -> list[Span]:
    """Return the spans of the sentences: they follow on each other and together cover the whole text.

    White space belongs to the sentence before it. `language` is a BCP-47 tag; its region does not matter.
    """
    # sentencex panics at some rare spaces, and swallows a paragraph break every ten thousand bytes: it reads
    # plain spaces in their place, and its sentences are looked up in the text one after the other
    plain = _ODD_SPACE.sub(" ", text)
    starts, at = [0], 0
    for sentence in sentencex.segment(primary(language), plain):
        words = sentence.strip()
        if not words:
            continue
        start = plain.find(words, at)
        if start < 0 or plain[at:start].strip():
            raise AssertionError("The sentences do not add up to the text.")
        starts.append(start)
        at = start + len(words)
    # the text before the first sentence is white space, and belongs to it
    starts = [0, *starts[2:]]
    return list(zip(starts, [*starts[1:], len(text)], strict=True)) if text else []
