"""Lines of printed pages → blocks of text, and a headline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from rag.loading.common.draft import Block
from rag.loading.common.typography import Usage, is_cut, join_lines, usage_of
from rag.loading.pdf.layout import PrintedLine, running_lines, with_initials
from rag.loading.pdf.paragraphs import SAME_SIZE, Paragraph, paragraphs_of, usual_size

_MIN_HEADLINE_SIZE = 1.25  # times the usual size
_HEADLINE_LENGTH = range(8, 200)  # characters


def blocks_of(lines: Sequence[PrintedLine]) -> tuple[Block, ...]:
    """Return the text of the lines, which are in reading order, page by page.

    Page headers, footers and page numbers are boilerplate. A paragraph that continues on the next page is a block on
    each, with no empty line between; a word that is hyphenated there is put whole on the first.
    """
    running = running_lines(lines)
    text_lines = with_initials([line for at, line in enumerate(lines) if at not in running])
    usage = usage_of(line.text for line in text_lines)
    headers: list[Block] = []
    footers: list[Block] = []
    for line in (lines[at] for at in sorted(running)):
        block = Block(f"{line.text}\n\n", "boilerplate", line.page)
        (headers if line.bottom > line.page_height / 2 else footers).append(block)
    body = [block for paragraph in paragraphs_of(text_lines) for block in _page_blocks(paragraph, usage)]
    return tuple(sorted([*headers, *body, *footers], key=lambda block: block.page or 0))


def _page_blocks(paragraph: Paragraph, usage: Usage) -> list[Block]:
    """A paragraph as a block for each page that it is on."""
    pages = [(page, [line.text for line in lines]) for page, lines in groupby(paragraph, lambda line: line.page)]
    for (_, texts), (_, following) in pairwise(pages):
        while texts and following and is_cut(texts[-1]):
            word_end, _, following[0] = following[0].partition(" ")
            texts.append(word_end)
            if not following[0]:
                del following[0]
    blocks = [Block(f"{join_lines(texts, usage)} ", page=page) for page, texts in pages if texts]
    return [*blocks[:-1], Block(f"{blocks[-1].text.rstrip()}\n\n", page=blocks[-1].page)]


def headline_of(lines: Sequence[PrintedLine]) -> str | None:
    """Return what is set in the largest letters on the first page, if these are clearly larger than the others."""
    if not lines:
        return None
    paragraphs = paragraphs_of(with_initials([line for line in lines if line.page == lines[0].page]))
    largest = max((paragraph[0].size for paragraph in paragraphs), default=0)
    if largest < _MIN_HEADLINE_SIZE * usual_size(lines):
        return None
    headlines = [paragraph for paragraph in paragraphs if paragraph[0].size * SAME_SIZE > largest]
    texts = [join_lines([line.text for line in headline]) for headline in headlines]
    return next((text for text in texts if len(text) in _HEADLINE_LENGTH and " " in text), None)
