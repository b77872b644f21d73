"""What office documents of all kinds have in common: paragraphs, tables, frames, and properties."""

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
    """How a format names its elements; `words` returns those of a paragraph without what is in frames in it."""

    paragraph: frozenset[str]
    table: str
    row: str
    cell: str
    frame: str
    gone: frozenset[str]
    words: Callable[[Any], str]


def paragraphs_in(parent: Any, markup: Markup) -> Iterator[str]:
    """Yield the paragraphs inside an element, those in frames after the one that the frame hangs on; a table is one of
    them, with a line for each row."""
    for child in parent:
        name = name_of(child)
        if name in markup.paragraph:
            yield from filter(None, [plain_letters(markup.words(child)).strip()])
            for frame in outermost(child, markup.frame, markup.gone):
                yield from paragraphs_in(frame, markup)
        elif name == markup.table:
            rows = (_row(row, markup) for row in outermost(child, markup.row))
            yield from filter(None, ["\n".join(filter(None, rows))])
        elif name not in markup.gone:
            yield from paragraphs_in(child, markup)


def _row(row: Any, markup: Markup) -> str:
    cells = [" ".join(" ".join(paragraphs_in(cell, markup)).split()) for cell in outermost(row, markup.cell)]
    return " | ".join(cells) if any(cells) else ""


def unlike(texts: Sequence[str]) -> list[str]:
    """Return each text once: the headers of first, left and right pages are often the same."""
    return list(dict.fromkeys(texts))


def document(
    blocks: Sequence[Block],
    title: str | None,
    author: str | None,
    heading: str | None = None,
    unread: tuple[str, ...] = (),
) -> Draft:
    """Return the draft of a document with these properties; its title may be a heading in it, or its first line."""
    text = Draft(tuple(blocks)).text
    titles = {"document properties": stated_title(title), "heading": heading, "first line": first_line_headline(text)}
    origin = next((origin for origin, value in titles.items() if value), None)
    by = stated_author(author)
    origins = {"title": origin, "author": "document properties" if by else None}
    return Draft(
        blocks=tuple(blocks),
        title=titles[origin] if origin else None,
        author=by,
        origins={name: where for name, where in origins.items() if where},
        unread=unread,
    )
