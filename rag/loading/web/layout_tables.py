"""Pages laid out in tables, as most were before 2008: their cells become blocks, and blocks of links go."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import pairwise
from typing import Any

from rag.loading.web.visible_lines import labels, lines

_LONG = 200
_DATA = ("th", "caption", "thead", "tfoot", "colgroup")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SHORTEST_HEADLINE, _LONGEST_HEADLINE = 8, 200
_HEADLINE_LABELS = {"headline", "title", "titel", "ueberschrift", "überschrift", "schlagzeile", "titre", "titulo"}
_USUAL_SIZE = 3
_FEW = 3
_NEAR = 5
_CONTAINERS = ("div", "center", "blockquote", "td")
_WORDS = ("p", "font", "span", "b", "strong", "i", "em", "small", "big")
_BLOCKS = frozenset(("p", "div", "table", "ul", "ol", "dl", "blockquote", "pre", "center", "hr", *_HEADINGS))


def without_layout(tree: Any) -> None:
    """Turn the tables that place the text of a page into blocks, in the tree itself.

    A page is laid out in a table if that holds most of its text, and a cell with a long one, and nothing that marks
    data. Blocks of links are removed, empty lines become paragraphs, and a heading or the largest words above the text
    the headline. Other pages stay as they are.
    """
    whole = _size(tree) if next(tree.iter("table"), None) is not None else 0
    # in the order of the page
    blocks: dict[Any, None] = {}
    for table in list(tree.iter("table")):
        inside = next(table.iterancestors("td", "th", "div"), None) in blocks
        if _is_layout(table, inside) and (inside or 2 * _size(table) > whole):
            blocks |= dict.fromkeys(_to_blocks(table))
    if not blocks:
        return
    links: dict[Any, None] = {}
    for block in (*blocks, *tree.iter("table")):
        if not _is_in(block, links) and _is_navigation(block):
            links[block] = None
    if whole - sum(map(_size, links)) < _LONG:
        links = {}
    around = {above for block in blocks for above in block.iterancestors("div")}
    cells = [block for block in blocks if block not in around and block not in links and not _is_in(block, links)]
    for block in links:
        block.drop_tree()
    for cell in cells:
        for picture in list(cell.iter("img")):
            # the reader of articles would leave it out with the words behind it
            picture.drop_tree()
        # what is innermost first, for words in a font may hold paragraphs
        for element in reversed(list(cell.iter(*_CONTAINERS, *_WORDS))):
            _in_paragraphs(element)
    if cells and next(tree.iter("h1"), None) is None:
        sizes = [_size(cell) for cell in cells]
        largest = sizes.index(max(sizes))
        # the headline stands above the text, in the same cell or in one before it
        any(_mark_headline(cell) for cell in cells[largest::-1][:_NEAR])


def _is_in(block: Any, others: Container[Any]) -> bool:
    return any(above in others for above in block.iterancestors())


def _size(element: Any) -> int:
    return sum(len(line.text) for line in lines(element))


def _is_layout(table: Any, inside: bool) -> bool:
    """Tell whether a table places text; `inside` is one that stands in a cell of another one that does."""
    own = [element for element in table.iter(*_DATA) if _table_of(element) is table]
    if own or table.get("summary") or table.get("role") in ("table", "grid"):
        return False
    rows = [list(row.iterchildren("td")) for row in table.iter("tr") if _table_of(row) is table]
    if inside and (len(rows) == 1 or all(len(row) <= 1 for row in rows)):
        return True
    if next(table.iterdescendants("table"), None) is not None:
        return True
    found = [[len(line.text) for line in lines(cell)] for row in rows for cell in row]
    if all(len(row) <= 1 for row in rows) and sum(map(sum, found)) >= _LONG:
        return True
    # a cell with several lines, or with sentences that no table of data has
    return any(sum(of_cell) >= _LONG and (of_cell[1:] or len(found) <= _FEW) for of_cell in found)


def _table_of(element: Any) -> Any:
    return next(element.iterancestors("table"), None)


def _to_blocks(table: Any) -> list[Any]:
    own = [one for one in table.iter("tbody", "tr", "td") if _table_of(one) is table]
    for element in (table, *own):
        element.tag = "div"
    return [table, *own]


def _is_navigation(block: Any) -> bool:
    """Tell whether a block holds links and no text of its own."""
    links = list(block.iter("a"))
    linked = sum(len(" ".join(link.text_content().split())) for link in links)
    size = _size(block)
    return bool(size) and len(links) > 1 and 2 * linked > size and size - linked < _LONG


def _in_paragraphs(parent: Any) -> None:
    """Wrap what stands between blocks and empty lines, which are two breaks, in paragraphs."""
    children = list(parent)
    if parent.tag in _WORDS:
        breaks = [
            one.tag == "br" and other.tag == "br" and not _has_words(one.tail) for one, other in pairwise(children)
        ]
        if not any(breaks) and not any(one.tag in _BLOCKS for one in children):
            return
        parent.tag = "div"
    if not (parent.text or "").strip() and all(one.tag in _BLOCKS and not (one.tail or "").strip() for one in children):
        return
    parts = [_part(parent, parent.text)]
    parent.text = None
    for child in children:
        tail = child.tail or ""
        if child.tag in _BLOCKS:
            child.tail = None
            parts += [child, _part(parent, tail)]
        elif child.tag == "br" and _ends_in_break(parts[-1]):
            parts.append(_part(parent, tail))
        else:
            parts[-1].append(child)
    for child in list(parent):
        parent.remove(child)
    parent.extend(
        part for part in parts if part.tag in _BLOCKS and (part.tag != "p" or len(part) or _has_words(part.text))
    )


def _ends_in_break(part: Any) -> bool:
    return bool(len(part)) and part[-1].tag == "br" and not _has_words(part[-1].tail)


def _has_words(text: str | None) -> bool:
    return bool((text or "").strip())


def _part(parent: Any, text: str | None) -> Any:
    part = parent.makeelement("p", {})
    part.text = text
    return part


def _mark_headline(cell: Any) -> bool:
    """Make a headline of a smaller heading, or of the largest words above the text, if they are a line of their own."""
    best, rank = next(cell.iter(*_HEADINGS), None), 0.0
    own = {line.text for line in _above(cell)} if best is None else ()
    for element in cell.iter("font", "big", "b", "strong", "span", "div", "p"):
        text = " ".join(element.text_content().split())
        fits = text in own and _SHORTEST_HEADLINE <= len(text) <= _LONGEST_HEADLINE
        if fits and (size := _prominence(element)) > rank:
            best, rank = element, size
    if best is not None:
        best.tag = "h1"
    return best is not None


def _above(cell: Any) -> Iterator[Any]:
    """The lines up to the first long one."""
    for line in lines(cell):
        if len(line.text) >= _LONG:
            return
        yield line


def _prominence(element: Any) -> float:
    """How large words are, by the sizes of HTML from 1 to 7."""
    if labels(element) & _HEADLINE_LABELS:
        return 5
    if element.tag in ("b", "strong"):
        return 3.5
    if element.tag == "big":
        return 4
    size = re.fullmatch(r"([+-]?)(\d)", (element.get("size") or "").strip())
    if element.tag != "font" or not size:
        return 0
    number = int(size[2])
    return {"+": _USUAL_SIZE + number, "-": 0}.get(size[1], number if number > _USUAL_SIZE else 0)
