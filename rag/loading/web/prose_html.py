"""HTML that is all text, as in books and mails: its paragraphs, without removing navigation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.entities import html5
from typing import Any, NamedTuple

from rag.loading.common.encodings import decode
from rag.loading.common.typography import plain_letters
from rag.loading.common.xml import name_of, outermost
from rag.loading.web.deep_nesting import flat_tree, was_cut

_PARAGRAPH = re.compile(
    "address|article|aside|blockquote|body|caption|center|d[dlt]|details|dialog|div|fieldset|figcaption|figure|footer|form|"
    "h[1-6r]|header|html|li|main|menu|nav|ol|option|p|pre|search|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INVISIBLE = frozenset({"", "head", "script", "style", "template", "title", "svg"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_EMPTY_LINES = re.compile(r"\n\n+")
_LONG_CELL = 200  # characters
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*;)")
_XML_ENTITIES = {b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"}


class ProseParagraph(NamedTuple):
    """A paragraph, and whether any of its words are in an excluded element, such as a quotation."""

    text: str
    is_excluded: bool


class _Piece(NamedTuple):
    """Words, or None where a paragraph ends; and whether they are in an excluded element."""

    words: str | None
    is_excluded: bool


def parse_prose(raw: bytes, encoding: str | None = None) -> Any:
    """Return the root of XHTML, or of HTML that is not well-formed; None if there are no elements.

    Raises:
        LoadError: it is not text in any known encoding.
    """
    from lxml import etree, html

    parser = etree.XMLParser(encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(_ENTITY.sub(_numeric_entity, raw), parser)
    except etree.XMLSyntaxError:
        text = raw.decode(encoding) if encoding else decode(raw)
    forgiving = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        tree = html.document_fromstring(text.encode(), parser=forgiving)
    except etree.ParserError:
        return None
    return flat_tree(text) if was_cut(forgiving) else tree


def _numeric_entity(entity: re.Match[bytes]) -> bytes:
    """A named entity of HTML as the numeric one that XML knows."""
    letters = html5.get(entity[1].decode("ascii"), "") if entity[1] not in _XML_ENTITIES else ""
    return "".join(f"&#{ord(letter)};" for letter in letters).encode("ascii") or entity[0]


def prose_paragraphs(root: Any, is_excluded: Callable[[Any], bool] = lambda _: False) -> list[ProseParagraph]:
    """Return the visible paragraphs; `is_excluded` judges elements.

    Rows of tables are lines with their cells separated by ' | '.
    """
    paragraphs: list[ProseParagraph] = []
    words: list[str] = []
    has_excluded = False
    for piece in (*_pieces(root, is_excluded, False), _Piece(None, False)):
        if piece.words is not None:
            words.append(piece.words)
            has_excluded = has_excluded or (piece.is_excluded and bool(piece.words.strip()))
            continue
        lines = (_SPACES.sub(" ", line).strip() for line in plain_letters("".join(words)).split("\n"))
        texts = _EMPTY_LINES.split("\n".join(lines))
        paragraphs += [ProseParagraph(text.strip(), has_excluded) for text in texts if text.strip()]
        words, has_excluded = [], False
    return paragraphs


def _pieces(element: Any, is_excluded: Callable[[Any], bool], in_excluded: bool) -> Iterator[_Piece]:
    name = name_of(element)
    if name in _INVISIBLE or "display:none" in (element.get("style") or "").replace(" ", ""):
        return
    excluded = in_excluded or is_excluded(element)
    if name == "br":
        yield _Piece("\n", excluded)
    elif name == "tr" and (cells := _cells(element)):
        yield _Piece(f"{' | '.join(cells)}\n", excluded)
    else:
        is_paragraph = _PARAGRAPH.fullmatch(name) is not None
        is_preformatted = name == "pre"
        if is_paragraph:
            yield _Piece(None, excluded)
        yield _Piece(_words(element.text, is_preformatted), excluded)
        for child in element:
            yield from _pieces(child, is_excluded, excluded)
            yield _Piece(_words(child.tail, is_preformatted), excluded)
        if is_paragraph:
            yield _Piece(None, excluded)


def _words(text: str | None, is_preformatted: bool) -> str:
    return (text or "").replace("\r\n", "\n") if is_preformatted else _SPACES.sub(" ", text or "")


def _cells(row: Any) -> list[str]:
    """The texts of a row's cells if it contains data; nothing if the row only lays out paragraphs on a page."""
    cells = [cell for cell in row if name_of(cell) in ("td", "th")]
    # a row that contains rows lays them out; reading its cells here and again below would double with each level
    if not cells[1:] or next(outermost(row, "tr"), None) is not None:
        return []
    texts = [[paragraph.text for paragraph in prose_paragraphs(cell)] for cell in cells]
    if not any(texts) or any(paragraphs[1:] and len("".join(paragraphs)) > _LONG_CELL for paragraphs in texts):
        return []
    return [" ".join(" ".join(paragraphs).split()) for paragraphs in texts]
