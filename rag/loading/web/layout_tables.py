"""Pages laid out with tables, as most were before 2008: cells become blocks, and blocks of links are removed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import pairwise
from typing import Any

from rag.loading.web.visible_lines import VisibleLine, label_words, visible_lines

_LONG_TEXT = 200  # characters
_DATA_TAGS = ("th", "caption", "thead", "tfoot", "colgroup")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MIN_HEADLINE, _MAX_HEADLINE = 8, 200  # characters
_HEADLINE_LABELS = {"headline", "title", "titel", "ueberschrift", "überschrift", "schlagzeile", "titre", "titulo"}
_DEFAULT_FONT_SIZE = 3
_MAX_CELLS_WITH_ONE_LINE = 3
_MAX_HEADLINE_DISTANCE = 5  # cells
_CONTAINER_TAGS = ("div", "center", "blockquote", "td")
_INLINE_TAGS = ("p", "font", "span", "b", "strong", "i", "em", "small", "big")
_BLOCK_TAGS = frozenset(("p", "div", "table", "ul", "ol", "dl", "blockquote", "pre", "center", "hr", *_HEADINGS))


def unwrap_layout_tables(tree: Any) -> None:
    """Turn the tables that lay out the text of a page into blocks, in place.

    A table is layout if it contains most of the page's text and a cell with a long text, and no markup of data. Blocks
    of links are removed, empty lines become paragraphs, and a heading or the largest words above the text become the
    headline. Other pages stay as they are.
    """
    page_size = _size(tree) if next(tree.iter("table"), None) is not None else 0
    blocks = _layout_blocks(tree, page_size)
    if not blocks:
        return
    navigation = _navigation_blocks(tree, blocks, page_size)
    parents = {ancestor for block in blocks for ancestor in block.iterancestors("div")}
    cells = [
        block for block in blocks if block not in parents and block not in navigation and not _is_in(block, navigation)
    ]
    for block in navigation:
        block.drop_tree()
    for cell in cells:
        for picture in list(cell.iter("img")):
            # trafilatura would drop it together with the words behind it
            picture.drop_tree()
        # innermost first, for the words of a font may contain paragraphs
        for element in reversed(list(cell.iter(*_CONTAINER_TAGS, *_INLINE_TAGS))):
            _split_into_paragraphs(element)
    if cells and next(tree.iter("h1"), None) is None:
        sizes = [_size(cell) for cell in cells]
        largest = sizes.index(max(sizes))
        # the headline is above the text, in the same cell or in one before it
        any(_mark_headline(cell) for cell in cells[largest::-1][:_MAX_HEADLINE_DISTANCE])


def _layout_blocks(tree: Any, page_size: int) -> dict[Any, None]:
    """Turn layout tables into blocks, and return these in the order of the page."""
    blocks: dict[Any, None] = {}
    for table in list(tree.iter("table")):
        is_nested = next(table.iterancestors("td", "th", "div"), None) in blocks
        if _is_layout(table, is_nested) and (is_nested or 2 * _size(table) > page_size):
            blocks |= dict.fromkeys(_to_blocks(table))
    return blocks


def _navigation_blocks(tree: Any, blocks: dict[Any, None], page_size: int) -> dict[Any, None]:
    """The outermost blocks of links; none if hardly any text would be left without them."""
    navigation: dict[Any, None] = {}
    for block in (*blocks, *tree.iter("table")):
        if not _is_in(block, navigation) and _is_navigation(block):
            navigation[block] = None
    return navigation if page_size - sum(map(_size, navigation)) >= _LONG_TEXT else {}


def _is_in(block: Any, blocks: Container[Any]) -> bool:
    return any(ancestor in blocks for ancestor in block.iterancestors())


def _size(element: Any) -> int:
    return sum(len(line.text) for line in visible_lines(element))


def _is_layout(table: Any, is_nested: bool) -> bool:
    """Whether a table lays out text; `is_nested` if it is in a cell of another one that does."""
    has_data_tags = any(_table_of(element) is table for element in table.iter(*_DATA_TAGS))
    if has_data_tags or table.get("summary") or table.get("role") in ("table", "grid"):
        return False
    rows = [list(row.iterchildren("td")) for row in table.iter("tr") if _table_of(row) is table]
    is_column = all(len(row) <= 1 for row in rows)
    if is_nested and (len(rows) == 1 or is_column):
        return True
    if next(table.iterdescendants("table"), None) is not None:
        return True
    cells = [[len(line.text) for line in visible_lines(cell)] for row in rows for cell in row]
    if is_column and sum(map(sum, cells)) >= _LONG_TEXT:
        return True
    # a cell with several lines, or with sentences that no table of data has
    return any(
        sum(lengths) >= _LONG_TEXT and (lengths[1:] or len(cells) <= _MAX_CELLS_WITH_ONE_LINE) for lengths in cells
    )


def _table_of(element: Any) -> Any:
    return next(element.iterancestors("table"), None)


def _to_blocks(table: Any) -> list[Any]:
    parts = [part for part in table.iter("tbody", "tr", "td") if _table_of(part) is table]
    for element in (table, *parts):
        element.tag = "div"
    return [table, *parts]


def _is_navigation(block: Any) -> bool:
    """Whether a block contains links and hardly any other text."""
    links = list(block.iter("a"))
    linked = sum(len(" ".join(link.text_content().split())) for link in links)
    size = _size(block)
    return bool(size) and len(links) > 1 and 2 * linked > size and size - linked < _LONG_TEXT


def _split_into_paragraphs(parent: Any) -> None:
    """Wrap the text between blocks and empty lines, which are two breaks, in paragraphs."""
    children = list(parent)
    if parent.tag in _INLINE_TAGS:
        has_empty_line = any(
            child.tag == "br" and following.tag == "br" and not _has_words(child.tail)
            for child, following in pairwise(children)
        )
        if not has_empty_line and not any(child.tag in _BLOCK_TAGS for child in children):
            return
        parent.tag = "div"
    if not _has_words(parent.text) and all(
        child.tag in _BLOCK_TAGS and not _has_words(child.tail) for child in children
    ):
        return
    parts = [_paragraph(parent, parent.text)]
    parent.text = None
    for child in children:
        tail = child.tail or ""
        if child.tag in _BLOCK_TAGS:
            child.tail = None
            parts += [child, _paragraph(parent, tail)]
        elif child.tag == "br" and _ends_in_break(parts[-1]):
            parts.append(_paragraph(parent, tail))
        else:
            parts[-1].append(child)
    for child in list(parent):
        parent.remove(child)
    parent.extend(
        part for part in parts if part.tag in _BLOCK_TAGS and (part.tag != "p" or len(part) or _has_words(part.text))
    )


def _ends_in_break(part: Any) -> bool:
    return bool(len(part)) and part[-1].tag == "br" and not _has_words(part[-1].tail)


def _has_words(text: str | None) -> bool:
    return bool((text or "").strip())


def _paragraph(parent: Any, text: str | None) -> Any:
    paragraph = parent.makeelement("p", {})
    paragraph.text = text
    return paragraph


def _mark_headline(cell: Any) -> bool:
    """Make an h1 of a smaller heading, or of the largest words above the text that are a line of their own."""
    headline, largest = next(cell.iter(*_HEADINGS), None), 0.0
    candidates = {line.text for line in _lines_above_text(cell)} if headline is None else ()
    for element in cell.iter("font", "big", "b", "strong", "span", "div", "p"):
        text = " ".join(element.text_content().split())
        fits = text in candidates and _MIN_HEADLINE <= len(text) <= _MAX_HEADLINE
        if fits and (size := _font_size(element)) > largest:
            headline, largest = element, size
    if headline is not None:
        headline.tag = "h1"
    return headline is not None


def _lines_above_text(cell: Any) -> Iterator[VisibleLine]:
    """The lines up to the first long one."""
    for line in visible_lines(cell):
        if len(line.text) >= _LONG_TEXT:
            return
        yield line


def _font_size(element: Any) -> float:
    """How large words are, in the font sizes of HTML from 1 to 7; 0 if not larger than usual."""
    if label_words(element) & _HEADLINE_LABELS:
        return 5
    if element.tag in ("b", "strong"):
        return 3.5
    if element.tag == "big":
        return 4
    size = re.fullmatch(r"([+-]?)(\d)", (element.get("size") or "").strip())
    if element.tag != "font" or not size:
        return 0
    number = int(size[2])
    absolute = number if number > _DEFAULT_FONT_SIZE else 0
    return {"+": _DEFAULT_FONT_SIZE + number, "-": 0}.get(size[1], absolute)
