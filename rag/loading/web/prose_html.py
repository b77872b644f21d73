"""HTML that is all text, as in books and letters: its words by paragraphs, nothing left out as navigation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.entities import html5
from typing import Any

from rag.loading.common.encodings import decode
from rag.loading.common.typography import plain_letters
from rag.loading.common.xml import name_of, outermost
from rag.loading.web.deep_nesting import flat_tree, was_cut

_PARAGRAPH = re.compile(
    "address|article|aside|blockquote|body|caption|center|d[dlt]|details|dialog|div|fieldset|figcaption|figure|footer|form|"
    "h[1-6r]|header|html|li|main|menu|nav|ol|option|p|pre|search|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_HIDDEN = frozenset({"", "head", "script", "style", "template", "title", "svg"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_EMPTY_LINES = re.compile(r"\n\n+")
_LONG_CELL = 200
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*;)")
_OF_XML = {b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"}

Piece = tuple[str | None, bool]
"""Words, or None where a paragraph ends; and whether they are set aside."""


def parsed_markup(raw: bytes, encoding: str | None = None) -> Any:
    """Return the root of XHTML, or of HTML where it is not well formed; None where there is none.

    Raises:
        LoadError: it is no text in any known encoding.
    """
    from lxml import etree, html

    parser = etree.XMLParser(encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(_ENTITY.sub(_numbered, raw), parser)
    except etree.XMLSyntaxError:
        text = raw.decode(encoding) if encoding else decode(raw)
    forgiving = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        tree = html.document_fromstring(text.encode(), parser=forgiving)
    except etree.ParserError:
        return None
    return flat_tree(text) if was_cut(forgiving) else tree


def _numbered(entity: re.Match[bytes]) -> bytes:
    """A named character of HTML, by its number, as XML knows it."""
    letters = html5.get(entity[1].decode("ascii"), "") if entity[1] not in _OF_XML else ""
    return "".join(f"&#{ord(letter)};" for letter in letters).encode("ascii") or entity[0]


def paragraphs_of_markup(root: Any, is_aside: Callable[[Any], bool] = lambda _: False) -> list[tuple[str, bool]]:
    """Return the paragraphs that a reader sees, and of each whether it stands in an element that is set aside.

    Rows of tables are lines with their cells separated by ' | '.
    """
    found: list[tuple[str, bool]] = []
    words: list[str] = []
    aside = False
    for piece, is_in_aside in (*_pieces(root, is_aside, False), (None, False)):
        if piece is not None:
            words.append(piece)
            aside = aside or (is_in_aside and bool(piece.strip()))
            continue
        lines = (_SPACES.sub(" ", line).strip() for line in plain_letters("".join(words)).split("\n"))
        found += [(text.strip(), aside) for text in _EMPTY_LINES.split("\n".join(lines)) if text.strip()]
        words, aside = [], False
    return found


def _pieces(element: Any, is_aside: Callable[[Any], bool], inside: bool) -> Iterator[Piece]:
    name = name_of(element)
    if name in _HIDDEN or "display:none" in (element.get("style") or "").replace(" ", ""):
        return
    aside = inside or is_aside(element)
    if name == "br":
        yield "\n", aside
    elif name == "tr" and (cells := _cells(element)):
        yield f"{' | '.join(cells)}\n", aside
    else:
        ends = _PARAGRAPH.fullmatch(name) is not None
        keeps_lines = name == "pre"
        if ends:
            yield None, aside
        yield _words(element.text, keeps_lines), aside
        for child in element:
            yield from _pieces(child, is_aside, aside)
            yield _words(child.tail, keeps_lines), aside
        if ends:
            yield None, aside


def _words(text: str | None, keeps_lines: bool) -> str:
    return (text or "").replace("\r\n", "\n") if keeps_lines else _SPACES.sub(" ", text or "")


def _cells(row: Any) -> list[str]:
    """The texts of a row's cells if it holds data; in a row that only places paragraphs on a page, nothing."""
    cells = [cell for cell in row if name_of(cell) in ("td", "th")]
    # a row that holds rows places them; looking into its cells here and again below would double with each level
    if not cells[1:] or next(outermost(row, "tr"), None) is not None:
        return []
    texts = [[text for text, _ in paragraphs_of_markup(cell)] for cell in cells]
    if not any(texts) or any(of_cell[1:] and len("".join(of_cell)) > _LONG_CELL for of_cell in texts):
        return []
    return [" ".join(" ".join(of_cell).split()) for of_cell in texts]
