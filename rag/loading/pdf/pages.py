"""Lines of printed pages, with their places on the paper → blocks of text, and a headline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from rag.loading.common.draft import Block
from rag.loading.common.typography import Usage, is_cut, join_lines, usage_of
from rag.loading.pdf.layout import Line, running_lines, with_initials
from rag.loading.pdf.paragraphs import SAME_SIZE, Paragraph, paragraphs_of, usual_size

_HEADLINE = 1.25  # times the usual size
_HEADLINE_LENGTH = range(8, 200)


def blocks_of(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Return the text of the lines, which are in reading order, page by page.

    Page headers, footers and page numbers are boilerplate. A paragraph that goes on on the next page is a block on
    each, with no empty line between; a word that is cut there stands whole on the first.
    """
    running = running_lines(lines)
    own = with_initials([line for at, line in enumerate(lines) if at not in running])
    usage = usage_of(line.text for line in own)
    heads: list[Block] = []
    feet: list[Block] = []
    for line in (lines[at] for at in sorted(running)):
        block = Block(f"{line.text}\n\n", "boilerplate", line.page)
        (heads if line.bottom > line.height / 2 else feet).append(block)
    body = [block for paragraph in paragraphs_of(own) for block in _by_page(paragraph, usage)]
    return tuple(sorted([*heads, *body, *feet], key=lambda block: block.page or 0))


def _by_page(paragraph: Paragraph, usage: Usage) -> list[Block]:
    pages = [(page, [line.text for line in there]) for page, there in groupby(paragraph, lambda line: line.page)]
    for (_, texts), (_, following) in pairwise(pages):
        while texts and following and is_cut(texts[-1]):
            rest, _, following[0] = following[0].partition(" ")
            texts.append(rest)
            if not following[0]:
                del following[0]
    blocks = [Block(f"{join_lines(texts, usage)} ", page=page) for page, texts in pages if texts]
    return [*blocks[:-1], Block(f"{blocks[-1].text.rstrip()}\n\n", page=blocks[-1].page)]


def headline_of(lines: Sequence[Line]) -> str | None:
    """Return what is set in the largest letters on the first page, if these are clearly larger than the others."""
    if not lines:
        return None
    first = paragraphs_of(with_initials([line for line in lines if line.page == lines[0].page]))
    largest = max((paragraph[0].size for paragraph in first), default=0)
    if largest < _HEADLINE * usual_size(lines):
        return None
    texts = [join_lines([line.text for line in each]) for each in first if each[0].size * SAME_SIZE > largest]
    return next((text for text in texts if len(text) in _HEADLINE_LENGTH and " " in text), None)
