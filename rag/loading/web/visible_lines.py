"""The lines that a reader of a page sees, and the elements that they begin in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lxml.etree import iterwalk

from rag.loading.common.normalization import letters_and_digits

_INLINE = re.compile(
    r"a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|s|samp|small|span|strike|"
    r"strong|sub|sup|time|tt|u|var|wbr"
)
_INVISIBLE = re.compile(r"head|script|style|noscript|template|svg|iframe|object|select|textarea|button")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CAPTIONS = ("figure", "figcaption")
_LABEL_WORD = re.compile(r"[A-Z]?[a-zäöüß]+|[A-Z]+")
_MAX_LABEL_CHARACTERS = 500
_MAX_LINES_ABOVE, _MAX_LINES_BELOW = 6, 12  # the headline


class VisibleLine(NamedTuple):
    """A line of text, and the innermost element that contains its beginning."""

    text: str
    element: Any


class Neighbourhood(NamedTuple):
    """The lines around a headline, and the index of the headline among them."""

    lines: Sequence[VisibleLine]
    headline: int


def visible_lines(root: Any) -> Iterator[VisibleLine]:
    """Yield the text of an element, one line per block, without scripts and buttons."""
    words: list[str] = []
    first: Any = None
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if words and not _INLINE.fullmatch(element.tag):
            if text := " ".join("".join(words).split()):
                yield VisibleLine(text, first)
            words, first = [], None
        if event == "start" and _INVISIBLE.fullmatch(element.tag):
            walk.skip_subtree()
            continue
        begins = event == "start"
        piece = element.text if begins else None if element is root else element.tail
        if piece:
            words.append(piece)
            if first is None and not piece.isspace():
                first = element if begins else element.getparent()
    if text := " ".join("".join(words).split()):
        yield VisibleLine(text, first)


def lines_around_headline(title: str | None, lines: Sequence[VisibleLine]) -> Neighbourhood:
    """Return the lines around the headline; no lines if the page shows no headline.

    The headline is the first heading that ends in the title, else the first such line, else the first h1.
    """
    title_key = letters_and_digits(title or "")
    matches = [
        number for number, line in enumerate(lines) if title_key and letters_and_digits(line.text).endswith(title_key)
    ]
    headings = [number for number in matches if _is_in(lines[number].element, _HEADINGS)]
    first_h1 = (number for number, line in enumerate(lines) if _is_in(line.element, ("h1",)))
    number = headings[0] if headings else matches[0] if matches else next(first_h1, None)
    if number is None:
        return Neighbourhood((), 0)
    start = max(0, number - _MAX_LINES_ABOVE)
    return Neighbourhood(lines[start : number + _MAX_LINES_BELOW + 1], number - start)


def enclosing_block(element: Any) -> Any:
    """Return the element, or its nearest ancestor that begins a line."""
    while _INLINE.fullmatch(element.tag) and element.getparent() is not None:
        element = element.getparent()
    return element


def is_caption(element: Any) -> bool:
    """Whether the element is a picture's caption, or in one."""
    return element.tag in _CAPTIONS or next(element.iterancestors(*_CAPTIONS), None) is not None


def label_words(element: Any) -> set[str]:
    """Return the words of an element's classes and id in lower case: commentList gives comment and list."""
    return {
        part.lower()
        for name in ("class", "id")
        for part in _LABEL_WORD.findall((element.get(name) or "")[:_MAX_LABEL_CHARACTERS])
    }


def _is_in(element: Any, tags: Sequence[str]) -> bool:
    return enclosing_block(element).tag in tags or element.tag in tags
