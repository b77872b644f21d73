"""Splits the export of a press database into its articles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from rag.loading.common.draft import Block, Draft
from rag.loading.exports import factiva, genios, nexis, proquest
from rag.loading.exports.entries import ExportReader, PageStart, drafts_from_entries, lines_of
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
"""The remark on a file that only looks like several articles; it is stored with the article."""


def export_articles(text: str, pages: Sequence[PageStart] = ()) -> list[Draft]:
    """Return the articles in an export, which together contain all of its text; none if it is not an export.

    Args:
        pages: where the pages of the text begin, if it has pages.
    """
    lines = lines_of(text)
    for find_entries, origin in _READERS:
        if entries := find_entries(lines):
            return drafts_from_entries(text, entries, origin, pages)
    return []


def split_export(draft: Draft) -> list[Draft]:
    """Return the articles in a document that is an export, or the document itself.

    Blocks that are not article text, such as notes, go with the last article; if there are pages, with the last
    article that begins on their page or before it.
    """
    # on printed pages the number of a document looks like a page number and was classified as such
    blocks = [replace(block, kind="article") if _is_count(block) else block for block in draft.blocks]
    restored = replace(draft, blocks=tuple(blocks))
    articles = export_articles(restored.text, _page_starts(restored))
    if not articles:
        return [mark_as_several(draft) if looks_like_several(draft.text) else draft]
    other_blocks = [block for block in restored.blocks if block.kind != "article"]
    first_pages = [article.blocks[0].page or 0 for article in articles]
    for block in other_blocks:
        articles_before = bisect_right(first_pages, block.page) if block.page is not None else len(articles)
        number = max(articles_before - 1, 0)
        articles[number] = replace(articles[number], blocks=(*articles[number].blocks, block))
    return [*articles[:-1], replace(articles[-1], unread=draft.unread)]


def _is_count(block: Block) -> bool:
    return block.kind == "boilerplate" and nexis.is_count(block.text.strip())


def _page_starts(draft: Draft) -> list[PageStart]:
    """Where the pages of the article's own words begin."""
    pages: list[PageStart] = []
    offset = 0
    for block in draft.blocks:
        if block.kind == "article":
            if block.page is not None and (not pages or pages[-1].number != block.page):
                pages.append(PageStart(offset, block.page))
            offset += len(block.text)
    return pages


def mark_as_several(draft: Draft) -> Draft:
    """Return the draft of a file that only looks like several articles, with a remark that says so."""
    return replace(draft, unread=(*draft.unread, SEVERAL_ARTICLES_REMARK))


def looks_like_several(text: str) -> bool:
    """Return whether a text that is not a known export shows signs of several articles."""
    return seems_to_hold_several(lines_of(text))
