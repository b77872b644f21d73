"""OpenDocument texts: paragraphs and tables in order, with text frames and notes, without what was deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rag.errors import LoadError
from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.common.xml import attribute, descendants, name_of, outermost, remove_elements, text_of
from rag.loading.documents.office_xml import Markup, distinct, office_draft, paragraphs_in
from rag.loading.documents.zipped_xml import damaged_error, embedded_files, parse_xml, unread_files_notice, unzip_texts

_FORMAT = "odt"
_SKIPPED = frozenset({"tracked-changes", "annotation", "note"})  # notes follow the text
_WHITE_SPACE = {"tab": "\t", "line-break": "\n"}
_SPACES = re.compile(r"[ \t\r\n]+")


def load_odt(raw: bytes) -> Draft:
    """Read an OpenDocument text; its title is the one in its properties, or else its first heading.

    Raises:
        LoadError: it is not such a document, damaged, encrypted, or unpacks to too much.
    """
    texts = unzip_texts(raw, _FORMAT)
    if b"encryption-data" in texts.get("META-INF/manifest.xml", b""):
        raise LoadError("It is encrypted: save a copy without a password.")
    content = parse_xml(texts, "content.xml", _FORMAT)
    body = next((text for body in descendants(content, "body") for text in descendants(body, "text")), None)
    if body is None:
        raise damaged_error(_FORMAT)
    _remove_hidden(content, body)
    styles = parse_xml(texts, "styles.xml", _FORMAT) if "styles.xml" in texts else ()
    meta = parse_xml(texts, "meta.xml", _FORMAT) if "meta.xml" in texts else None

    master_pages = [page for style in styles if name_of(style) == "master-styles" for page in style]

    def texts_in(parents: Iterable[Any], *names: str) -> list[str]:
        elements = (
            element for parent in parents for name in names for element in outermost(parent, name, {"tracked-changes"})
        )
        return [text for element in elements for text in paragraphs_in(element, _MARKUP)]

    return office_draft(
        (
            *paragraph_blocks(distinct(texts_in(master_pages, "header", "header-first", "header-left")), "boilerplate"),
            *paragraph_blocks([*paragraphs_in(body, _MARKUP), *texts_in([body], "note-body")]),
            *paragraph_blocks(distinct(texts_in(master_pages, "footer", "footer-first", "footer-left")), "boilerplate"),
            *paragraph_blocks(texts_in([body], "annotation"), "comment"),
        ),
        title=None if meta is None else text_of(meta, "title"),
        author=None if meta is None else text_of(meta, "initial-creator", "creator"),
        heading=_heading(content, body),
        unread=unread_files_notice(embedded_files(texts)),
    )


def _remove_hidden(content: Any, body: Any) -> None:
    """Remove sections, paragraphs and words that are hidden."""
    hidden_styles = {
        attribute(style, "name")
        for style in descendants(content, "style")
        if any(attribute(properties, "display") == "none" for properties in descendants(style, "text-properties"))
    }
    remove_elements(
        element
        for element in list(descendants(body, "section", "p", "h", "span", "hidden-text"))
        if name_of(element) == "hidden-text"
        or (name_of(element) == "section" and attribute(element, "display") == "none")
        or (name_of(element) != "section" and attribute(element, "style-name") in hidden_styles)
        or any(attribute(mark, "is-hidden") == "true" for mark in element if name_of(mark) == "hidden-paragraph")
    )


def _text(element: Any) -> str:
    """The words of a paragraph; runs of white space are one space."""
    pieces = [_SPACES.sub(" ", element.text or "")]
    for child in element:
        name = name_of(child)
        if name == "s":
            pieces.append(" ")
        elif name and name not in (*_SKIPPED, "text-box"):
            pieces.append(_WHITE_SPACE.get(name) or _text(child))
        pieces.append(_SPACES.sub(" ", child.tail or ""))
    return "".join(pieces)


_MARKUP = Markup(
    paragraph=frozenset({"p", "h"}),
    table="table",
    row="table-row",
    cell="table-cell",
    frame="text-box",
    skipped=_SKIPPED,
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
        element
        for element in descendants(body, "h", "p")
        if attribute(element, "outline-level") == "1" or attribute(element, "style-name") in titles
    )
    return next((text for heading in headings if (text := " ".join(_text(heading).split()))), None)
