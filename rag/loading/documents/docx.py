"""Word documents: paragraphs and tables in order, with text boxes, notes, and insertions that were not yet accepted."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from rag.loading.documents.office import Markup, document, paragraphs_in, unlike
from rag.loading.documents.packed import attribute, damaged, descendants, name_of, parsed, text_of, unpacked
from rag.loading.draft import Block, Draft, paragraphs

_WHAT = "docx"
_GONE = {"del", "moveFrom", "Fallback"}  # deleted, moved away, or there twice, for older programs
_HIDDEN = {*_GONE, "pPr", "rPr", "instrText", "delText", "txbxContent"}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_TITLE_STYLES = {"title", "heading 1"}


def load_docx(raw: bytes) -> Draft:
    """Read a Word document; its title is the one in its properties, or else its first line in a style for titles.

    Raises:
        LoadError: it is no such document, damaged, encrypted, or unpacks to too much.
    """
    texts = unpacked(raw, _WHAT)
    package = _related(texts, "")
    main = next(iter(package.get("officeDocument", ())), "")
    body = next(descendants(parsed(texts, main, _WHAT), "body"), None)
    if body is None:
        raise damaged(_WHAT)
    parts = _related(texts, main)

    def inside(kind: str, element: str) -> list[str]:
        """The paragraphs of all parts of a kind; footnotes that are lines between text and notes have a type."""
        roots = [parsed(texts, path, _WHAT) for path in parts.get(kind, ()) if path in texts]
        found = [each for root in roots for each in descendants(root, element) if attribute(each, "type") is None]
        return [text for each in found for text in paragraphs_in(each, _MARKUP)]

    blocks: tuple[Block, ...] = (
        *paragraphs(unlike(inside("header", "hdr")), "boilerplate"),
        *paragraphs([*paragraphs_in(body, _MARKUP), *inside("footnotes", "footnote"), *inside("endnotes", "endnote")]),
        *paragraphs(unlike(inside("footer", "ftr")), "boilerplate"),
        *paragraphs(inside("comments", "comment"), "comment"),
    )
    properties = [parsed(texts, path, _WHAT) for path in package.get("core-properties", ()) if path in texts]
    return document(
        blocks,
        title=next((text_of(each, "title") for each in properties), None),
        author=next((text_of(each, "creator") for each in properties), None),
        heading=_heading(body, [parsed(texts, path, _WHAT) for path in parts.get("styles", ()) if path in texts]),
    )


def _related(texts: Mapping[str, bytes], part: str) -> dict[str, list[str]]:
    """The paths of the parts that belong to a part, by what they are to it; the package itself is ''."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, list[str]] = {}
    if relations in texts:
        for relation in descendants(parsed(texts, relations, _WHAT), "Relationship"):
            kind, target = (attribute(relation, "Type") or "").rpartition("/")[2], attribute(relation, "Target") or ""
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found.setdefault(kind, []).append(path)
    return found


def _text(element: Any) -> str:
    name = name_of(element)
    if name in _HIDDEN:
        return ""
    if name == "t":
        return element.text or ""
    return _SIGNS.get(name) or "".join(map(_text, element))


_MARKUP = Markup(
    paragraph=frozenset({"p"}),
    table="tbl",
    row="tr",
    cell="tc",
    frame="txbxContent",
    gone=frozenset({*_GONE, "sectPr"}),
    words=_text,
)


def _heading(body: Any, styles: list[Any]) -> str | None:
    """The first paragraph in a style whose name, in Word of any language, says that it is a title."""
    titles = {
        attribute(style, "styleId")
        for root in styles
        for style in descendants(root, "style")
        for name in descendants(style, "name")
        if (attribute(name, "val") or "").lower() in _TITLE_STYLES
    }
    for paragraph in descendants(body, "p"):
        style = next(descendants(paragraph, "pStyle"), None)
        if style is not None and attribute(style, "val") in titles and (text := _text(paragraph).strip()):
            return text
    return None
