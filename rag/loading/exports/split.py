"""A text → the articles in it, if it is the export of a press database."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from rag.loading.common.draft import Block, Draft
from rag.loading.exports import factiva, genios, nexis, proquest
from rag.loading.exports.entries import ExportReader, drafts_from_entries, lines_of
from rag.loading.exports.signs import seems_to_hold_several

_READERS: Sequence[tuple[ExportReader, str]] = (
    (proquest.articles_between_rules, proquest.ORIGIN),
    (nexis.modern_articles, nexis.ORIGIN),
    (nexis.classic_articles, nexis.ORIGIN),
    (factiva.coded_articles, factiva.ORIGIN),
    (factiva.uncoded_articles, factiva.ORIGIN),
    (genios.printed_articles, genios.ORIGIN),
)

SEVERAL_ARTICLES_REMARK = (
    "It seems to hold several articles, which are read as one: save each as a file of its own, or export them again "
    "in a form that can be told apart (docs/articles.md)."
)
"""What is said of a file that only looks like several articles."""


def export_articles(text: str, pages: Sequence[tuple[int, int]] = ()) -> list[Draft]:
    """Return the articles in a text of an export, which together hold all of it; none if it is no export.

    Args:
        pages: where in the text pages begin, each with its number, where there are pages.
    """
    lines = lines_of(text)
    for read, origin in _READERS:
        if entries := read(lines):
            return drafts_from_entries(text, entries, origin, pages)
    return []


def split_export(draft: Draft) -> list[Draft]:
    """Return the articles in a document that is an export; what stands around its text goes with the last of them.

    Where there are pages, it goes with the last article that begins on that page or before it.
    """
    # on printed pages the number of a document looks like that of a page
    whole = replace(
        draft, blocks=tuple(replace(one, kind="article") if _is_count(one) else one for one in draft.blocks)
    )
    articles = export_articles(whole.text, _pages(whole))
    if not articles:
        return [mark_as_several(draft) if looks_like_several(draft.text) else draft]
    around = [block for block in whole.blocks if block.kind != "article"]
    firsts = [article.blocks[0].page or 0 for article in articles]
    for block in around:
        before = bisect_right(firsts, block.page) if block.page is not None else len(articles)
        at = max(before - 1, 0)
        articles[at] = replace(articles[at], blocks=(*articles[at].blocks, block))
    return [*articles[:-1], replace(articles[-1], unread=draft.unread)]


def _is_count(block: Block) -> bool:
    return block.kind == "boilerplate" and nexis.is_count(block.text.strip())


def _pages(draft: Draft) -> list[tuple[int, int]]:
    """Where in the article's own words pages begin, each with its number."""
    found: list[tuple[int, int]] = []
    at = 0
    for block in draft.blocks:
        if block.kind == "article":
            if block.page is not None and (not found or found[-1][1] != block.page):
                found.append((at, block.page))
            at += len(block.text)
    return found


def mark_as_several(draft: Draft) -> Draft:
    """Return the draft of a file that only looks like several articles, with the line that says so."""
    return replace(draft, unread=(*draft.unread, SEVERAL_ARTICLES_REMARK))


def looks_like_several(text: str) -> bool:
    """Tell whether a text that is no known export has signs of several articles."""
    return seems_to_hold_several(lines_of(text))
