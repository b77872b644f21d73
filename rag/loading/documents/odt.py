"""OpenDocument texts: paragraphs and tables in order, with text frames and notes, without what was deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rag.errors import LoadError
from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.common.xml import attribute, descendants, name_of, outermost, remove_elements, text_of
from rag.loading.documents.office_xml import Markup, document, paragraphs_in, unlike
from rag.loading.documents.zipped_xml import damaged, embedded, parsed, unpacked, unread_files

_WHAT = "odt"
_GONE = frozenset({"tracked-changes", "annotation", "note"})  # notes stand below the text
_SIGNS = {"tab": "\t", "line-break": "\n"}
_SPACES = re.compile(r"[ \t\r\n]+")


def load_odt(raw: bytes) -> Draft:
    """Read an OpenDocument text; its title is the one in its properties, or else its first heading.

    Raises:
        LoadError: it is no such document, damaged, encrypted, or unpacks to too much.
    """
    texts = unpacked(raw, _WHAT)
    if b"encryption-data" in texts.get("META-INF/manifest.xml", b""):
        raise LoadError("It is encrypted: save a copy without password.")
    content = parsed(texts, "content.xml", _WHAT)
    body = next((text for body in descendants(content, "body") for text in descendants(body, "text")), None)
    if body is None:
        raise damaged(_WHAT)
    _without_hidden(content, body)
    styles = parsed(texts, "styles.xml", _WHAT) if "styles.xml" in texts else ()
    meta = parsed(texts, "meta.xml", _WHAT) if "meta.xml" in texts else None

    masters = [each for style in styles if name_of(style) == "master-styles" for each in style]

    def inside(parents: Iterable[Any], *names: str) -> list[str]:
        found = (each for parent in parents for name in names for each in outermost(parent, name, {"tracked-changes"}))
        return [text for each in found for text in paragraphs_in(each, _MARKUP)]

    return document(
        (
            *paragraph_blocks(unlike(inside(masters, "header", "header-first", "header-left")), "boilerplate"),
            *paragraph_blocks([*paragraphs_in(body, _MARKUP), *inside([body], "note-body")]),
            *paragraph_blocks(unlike(inside(masters, "footer", "footer-first", "footer-left")), "boilerplate"),
            *paragraph_blocks(inside([body], "annotation"), "comment"),
        ),
        title=None if meta is None else text_of(meta, "title"),
        author=None if meta is None else text_of(meta, "initial-creator", "creator"),
        heading=_heading(content, body),
        unread=unread_files(embedded(texts)),
    )


def _without_hidden(content: Any, body: Any) -> None:
    """Take out sections, paragraphs and words that are hidden."""
    hidden = {
        attribute(style, "name")
        for style in descendants(content, "style")
        if any(attribute(each, "display") == "none" for each in descendants(style, "text-properties"))
    }
    remove_elements(
        each
        for each in list(descendants(body, "section", "p", "h", "span", "hidden-text"))
        if name_of(each) == "hidden-text"
        or (name_of(each) == "section" and attribute(each, "display") == "none")
        or (name_of(each) != "section" and attribute(each, "style-name") in hidden)
        or any(attribute(mark, "is-hidden") == "true" for mark in each if name_of(mark) == "hidden-paragraph")
    )


def _text(element: Any) -> str:
    """The words of a paragraph; runs of white space are one space."""
    pieces = [_SPACES.sub(" ", element.text or "")]
    for child in element:
        name = name_of(child)
        if name == "s":
            pieces.append(" ")
        elif name and name not in (*_GONE, "text-box"):
            pieces.append(_SIGNS.get(name) or _text(child))
        pieces.append(_SPACES.sub(" ", child.tail or ""))
    return "".join(pieces)


_MARKUP = Markup(
    paragraph=frozenset({"p", "h"}),
    table="table",
    row="table-row",
    cell="table-cell",
    frame="text-box",
    gone=_GONE,
    words=_text,
)


def _heading(content: Any, body: Any) -> str | None:
    """The first heading of the first level, or paragraph in the style for titles or one made from it."""
    styles = descendants(content, "style")
    titles = {
        "Title",
        *(attribute(style, "name") for style in styles if attribute(style, "parent-style-name") == "Title"),
    }
    headings = (
        each
        for each in descendants(body, "h", "p")
        if attribute(each, "outline-level") == "1" or attribute(each, "style-name") in titles
    )
    return next((text for each in headings if (text := " ".join(_text(each).split()))), None)
