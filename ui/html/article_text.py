"""The text of an article as HTML: headings, paragraphs, what was set aside, and the passages of a question marked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Literal, NamedTuple

from rag.text.headings import heading_spans
from rag.types import Article, Aside, Span
from ui.html.markup import escape, highlighted
from ui.wording.reader import ReaderWords

# a line of at least this many characters that ends a sentence is a paragraph, even without an empty line after it
_MIN_PARAGRAPH = 80
# a browser takes seconds to set a paragraph of a million characters, and sets none that is far from the window
_MAX_PARAGRAPH, _MAX_STRETCH = 20_000, 40_000
_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(r"[.!?…。！？؟]\W{0,3}$")


_Kind = Literal["paragraph", "heading", "continued", "space"]


class NumberedPassage(NamedTuple):
    """The part of a passage that is marked, and the passage itself, whose span is in its address."""

    start: int
    end: int
    span: Span


@dataclass(frozen=True, slots=True)
class Marking:
    """The passages to be marked, in the order of the text and without overlap, and the answering sentences in them.

    `current` is the number, from 0, of the passage at which the article is opened.
    """

    passages: tuple[NumberedPassage, ...] = ()
    current: int = 0
    sentences: tuple[Span, ...] = ()


NO_MARKING = Marking()


def marking_of(current: Span | None, passages: Iterable[Span], sentences: Iterable[Span] = ()) -> Marking:
    """Return the marking for the passage at which an article is opened and the other passages of the question.

    A sentence that two passages share is marked in the first of them, or in the current one. A passage of which more
    than half is marked already is not another one.
    """
    spans = [*([current] if current else []), *sorted(span for span in passages if span != current)]
    marked: list[NumberedPassage] = []
    for span in spans:
        start = max([span[0], *(passage.end for passage in marked if passage.start <= span[0] < passage.end)])
        end = min([span[1], *(passage.start for passage in marked if start <= passage.start < span[1])])
        if 2 * (end - start) > span[1] - span[0]:
            marked.append(NumberedPassage(start, end, span))
    ordered = sorted(marked)
    return Marking(tuple(ordered), ordered.index(marked[0]) if current else 0, tuple(sentences))


def article_text(article: Article, marking: Marking, words: ReaderWords, lang: str, heading_level: int = 3) -> str:
    """Return the text of an article; what is not its own words is folded away, unless the current passage is there.

    All of the text is there, character by character.

    Args:
        lang: the language of the page.
        heading_level: that of the headings in the text.
    """
    headings = frozenset(heading_spans(article))
    marking = _trimmed(marking, article.text)
    current = marking.passages[marking.current].start if marking.passages else -1
    html = []
    for part in article.parts():
        inner = _stretches(article, part, headings, marking, heading_level)
        if part.kind != "article":
            unfolded = " open" if part.start <= current < part.end else ""
            label = f'<summary lang="{lang}">{escape(words.part_labels[part.kind])}</summary>'
            inner = f'<details class="fs-aside"{unfolded}>{label}{inner}</details>'
        html.append(inner)
    return "".join(html)


def _trimmed(marking: Marking, text: str) -> Marking:
    """Return the marking with passages that begin and end with what is visible."""
    passages = [
        passage._replace(
            start=passage.start + _leading(text, passage.start, passage.end),
            end=passage.end - _trailing(text, passage.start, passage.end),
        )
        for passage in marking.passages
    ]
    return replace(marking, passages=tuple(passages))


class _Block(NamedTuple):
    kind: _Kind
    start: int
    end: int


def _stretches(article: Article, part: Aside, headings: AbstractSet[Span], marking: Marking, heading_level: int) -> str:
    """Return the blocks of a part; those of a long one in stretches that a browser sets when they come into view."""
    html: list[str] = []
    stretch: list[str] = []
    size = 0
    for block in _blocks(article.text, part, headings):
        stretch.append(_block_html(article, block, marking, heading_level))
        size += block.end - block.start
        if size > _MAX_STRETCH:
            html.append(f'<div class="fs-stretch">{"".join(stretch)}</div>')
            stretch, size = [], 0
    return "".join(html + stretch)


def _block_html(article: Article, block: _Block, marking: Marking, heading_level: int) -> str:
    text = article.text[block.start : block.end]
    if block.kind == "space":
        return text
    inner = _marked(text, block.start, marking)
    if block.kind == "heading":
        return f'<h{heading_level} dir="auto">{inner}</h{heading_level}>'
    style = ' class="fs-continued"' if block.kind == "continued" else ""
    if block.end - block.start < _MIN_PARAGRAPH * 3 and article.title == text.strip():
        # the headline, which stands above the text already
        style = ' class="fs-repeated"'
    return f'<p dir="auto"{style}>{inner}</p>'


def _blocks(text: str, part: Aside, headings: AbstractSet[Span]) -> Iterator[_Block]:
    """Yield the blocks of a part of a text, which add up to it."""
    end = part.start
    for kind, start, stop in _paragraphs(text, part, headings):
        if end < start:
            yield _Block("space", end, start)
        yield from _cut(text, kind, start, stop)
        end = stop
    if end < part.end:
        yield _Block("space", end, part.end)


def _paragraphs(text: str, part: Aside, headings: AbstractSet[Span]) -> Iterator[_Block]:
    """Yield the paragraphs and headings: lines without an empty one in between, unless each is long enough itself."""
    begin = last = -1
    for match in _LINE.finditer(text, part.start, part.end):
        start, end = match.span()
        is_blank = text[start:end].isspace() if end - start < _MAX_PARAGRAPH else False
        if begin >= 0 and (is_blank or start > last + 1):
            yield _Block("paragraph", begin, last)
            begin = -1
        if is_blank:
            continue
        heading = (start + _leading(text, start, end), end - _trailing(text, start, end))
        if heading in headings:
            if begin >= 0:
                yield _Block("paragraph", begin, last)
            yield _Block("heading", *heading)
            begin = -1
            continue
        begin, last = (start if begin < 0 else begin), end
        if end - start >= _MIN_PARAGRAPH and _SENTENCE_END.search(text, max(start, end - 8), end):
            yield _Block("paragraph", begin, last)
            begin = -1
    if begin >= 0:
        yield _Block("paragraph", begin, last)


def _leading(text: str, start: int, end: int) -> int:
    return end - start - len(text[start:end].lstrip())


def _trailing(text: str, start: int, end: int) -> int:
    return end - start - len(text[start:end].rstrip())


def _cut(text: str, kind: _Kind, start: int, end: int) -> Iterator[_Block]:
    """Yield a paragraph in parts that a browser can set, cut at white space where there is some."""
    while end - start > _MAX_PARAGRAPH:
        space = text.rfind(" ", start + _MAX_PARAGRAPH // 2, start + _MAX_PARAGRAPH)
        middle = space + 1 if space >= 0 else start + _MAX_PARAGRAPH
        yield _Block(kind, start, middle)
        kind, start = "continued", middle
    yield _Block(kind, start, end)


def _marked(text: str, offset: int, marking: Marking) -> str:
    """Return a block with the passages in it marked, each with its number, and the sentences in them in <b>."""
    end = offset + len(text)
    html: list[str] = []
    position = offset
    first = max(0, bisect_right(marking.passages, offset, key=attrgetter("start")) - 1)
    for number, (start, stop, span) in enumerate(marking.passages[first:], first):
        if start >= end:
            break
        left, right = max(start, offset), min(stop, end)
        if left >= right or text[left - offset : right - offset].isspace():
            continue
        # an id must be unique: where a passage goes on in the next paragraph, the mark there has none
        anchor = ' id="passage" tabindex="-1"' if number == marking.current and left == start else ""
        current = ' class="fs-current"' if number == marking.current else ""
        tag = f'<mark data-fs-passage="{number}" data-fs-span="{span[0]}-{span[1]}"{current}{anchor}>'
        html.append(escape(text[position - offset : left - offset]))
        html.append(highlighted(text[left - offset : right - offset], left, [(left, right)], marking.sentences, [tag]))
        position = right
    html.append(escape(text[position - offset :]))
    return "".join(html)
