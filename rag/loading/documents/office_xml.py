"""Paragraphs, tables, frames and properties of office documents of all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rag.loading.common.draft import Block, Draft
from rag.loading.common.typography import plain_letters
from rag.loading.common.xml import name_of, outermost
from rag.loading.documents.properties import stated_author, stated_title
from rag.loading.plain_text.headlines import first_line_headline


@dataclass(frozen=True, slots=True)
class Markup:
    """How a format names its elements.

    `skipped` elements are not read; `words` returns the words of a paragraph without those in its frames.
    """

    paragraph: frozenset[str]
    table: str
    row: str
    cell: str
    frame: str
    skipped: frozenset[str]
    words: Callable[[Any], str]


def paragraphs_in(parent: Any, markup: Markup) -> Iterator[str]:
    """Yield the paragraphs in an element; those in a frame follow the one that the frame is anchored to.

    A table is one paragraph, with a line for each row.
    """
    for child in parent:
        name = name_of(child)
        if name in markup.paragraph:
            yield from filter(None, [plain_letters(markup.words(child)).strip()])
            for frame in outermost(child, markup.frame, markup.skipped):
                yield from paragraphs_in(frame, markup)
        elif name == markup.table:
            rows = (_row(row, markup) for row in outermost(child, markup.row))
            yield from filter(None, ["\n".join(filter(None, rows))])
        elif name not in markup.skipped:
            yield from paragraphs_in(child, markup)


def _row(row: Any, markup: Markup) -> str:
    cells = [" ".join(" ".join(paragraphs_in(cell, markup)).split()) for cell in outermost(row, markup.cell)]
    return " | ".join(cells) if any(cells) else ""


def distinct(texts: Sequence[str]) -> list[str]:
    """Return each text once, in order: the headers of first, left and right pages are often the same."""
    return list(dict.fromkeys(texts))


def office_draft(
    blocks: Sequence[Block],
    *,
    title: str | None,
    author: str | None,
    heading: str | None = None,
    unread: tuple[str, ...] = (),
) -> Draft:
    """Return the draft of a document with these properties.

    Without a title in its properties, the title is a heading in it, or else its first line.
    """
    text = Draft(tuple(blocks)).text
    titles = {"document properties": stated_title(title), "heading": heading, "first line": first_line_headline(text)}
    origin = next((origin for origin, value in titles.items() if value), None)
    writer = stated_author(author)
    origins = {"title": origin, "author": "document properties" if writer else None}
    return Draft(
        blocks=tuple(blocks),
        title=titles[origin] if origin else None,
        author=writer,
        origins={field: value for field, value in origins.items() if value},
        unread=unread,
    )
