"""A text → the articles in it, if it is the export of a press database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.loading.draft import Draft
from rag.loading.exports import factiva, genios, nexis, proquest
from rag.loading.exports.entries import Reader, drafts_of, lines_of
from rag.loading.exports.signs import seems_to_hold_several

_READERS: Sequence[tuple[Reader, str]] = (
    (proquest.between_rules, proquest.ORIGIN),
    (nexis.modern, nexis.ORIGIN),
    (nexis.classic, nexis.ORIGIN),
    (factiva.with_codes, factiva.ORIGIN),
    (factiva.without_codes, factiva.ORIGIN),
    (genios.printed, genios.ORIGIN),
)

SEVERAL = (
    "It seems to hold several articles, which are read as one: save each as a file of its own, or export them again "
    "in a form that can be told apart (docs/articles.md)."
)
"""What is said of a file that only looks like several articles."""


def articles_in(text: str) -> list[Draft]:
    """Return the articles in a text of an export, which together hold all of it; none if it is no export."""
    lines = lines_of(text)
    for read, origin in _READERS:
        if entries := read(lines):
            return drafts_of(text, entries, origin)
    return []


def split(draft: Draft) -> list[Draft]:
    """Return the articles in a document that is an export; what stands around its text goes with the last of them."""
    text = draft.text
    articles = articles_in(text)
    if articles:
        around = tuple(block for block in draft.blocks if block.kind != "article")
        last = articles.pop()
        return [*articles, replace(last, blocks=(*last.blocks, *around), unread=draft.unread)]
    return [marked_as_several(draft) if looks_like_several(text) else draft]


def marked_as_several(draft: Draft) -> Draft:
    """Return the draft of a file that only looks like several articles, with the line that says so."""
    return replace(draft, unread=(*draft.unread, SEVERAL))


def looks_like_several(text: str) -> bool:
    """Tell whether a text that is no known export has signs of several articles."""
    return seems_to_hold_several(lines_of(text))
