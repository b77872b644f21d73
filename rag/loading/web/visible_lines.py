"""The lines that a reader of a page sees, and what stands where among them."""

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
_UNSEEN = re.compile(r"head|script|style|noscript|template|svg|iframe|object|select|textarea|button")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CAPTIONS = ("figure", "figcaption")
_LABEL = re.compile(r"[A-Z]?[a-zäöüß]+|[A-Z]+")
_ABOVE, _BELOW = 6, 12


class Line(NamedTuple):
    """A line of text, and the innermost element that holds its beginning."""

    text: str
    element: Any


def lines(root: Any) -> Iterator[Line]:
    """Return the text of an element, a line for each block, without scripts and buttons."""
    words: list[str] = []
    first: Any = None
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if words and not _INLINE.fullmatch(element.tag):
            if text := " ".join("".join(words).split()):
                yield Line(text, first)
            words, first = [], None
        if event == "start" and _UNSEEN.fullmatch(element.tag):
            walk.skip_subtree()
            continue
        begins = event == "start"
        piece = element.text if begins else None if element is root else element.tail
        if piece:
            words.append(piece)
            if first is None and not piece.isspace():
                first = element if begins else element.getparent()
    if text := " ".join("".join(words).split()):
        yield Line(text, first)


def around(title: str | None, seen: Sequence[Line]) -> tuple[Sequence[Line], int]:
    """Return the lines around the headline, and the number of its own among them; no lines if there is no headline."""
    wanted = letters_and_digits(title or "")
    here = [number for number, line in enumerate(seen) if wanted and letters_and_digits(line.text).endswith(wanted)]
    headings = [number for number in here if _is_in(seen[number].element, _HEADINGS)]
    first = (number for number, line in enumerate(seen) if _is_in(line.element, ("h1",)))
    number = headings[0] if headings else here[0] if here else next(first, None)
    if number is None:
        return (), 0
    start = max(0, number - _ABOVE)
    return seen[start : number + _BELOW + 1], number - start


def block(element: Any) -> Any:
    """Return the element, or the one around it that begins a line."""
    while _INLINE.fullmatch(element.tag) and element.getparent() is not None:
        element = element.getparent()
    return element


def is_caption(element: Any) -> bool:
    """Say whether it is of a picture."""
    return element.tag in _CAPTIONS or next(element.iterancestors(*_CAPTIONS), None) is not None


def labels(element: Any) -> set[str]:
    """Return the words of an element's classes and id in lower case: commentList has comment and list."""
    return {part.lower() for name in ("class", "id") for part in _LABEL.findall((element.get(name) or "")[:500])}


def _is_in(element: Any, tags: Sequence[str]) -> bool:
    return block(element).tag in tags or element.tag in tags
