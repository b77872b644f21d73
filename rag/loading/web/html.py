"""Saved web pages: main text by trafilatura (Barbaresi, 2021), reader comments, and metadata."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rag.errors import LoadError
from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.common.encodings import decode
from rag.loading.web.deep_nesting import flat_tree, was_cut

_DECLARED_ENCODING = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_TOP_LENGTH = 4096  # bytes or characters
_MAX_BROKEN_SHARE = 0.001  # of the characters
_MAX_SHORT_BODY = 600  # characters


def load_html(raw: bytes) -> Draft:
    """Read a saved page: the article without navigation and teasers, followed by reader comments.

    Raises:
        LoadError: the page contains no article, or is not text in any known encoding.
    """
    from rag.loading.web.comments import extract_comments
    from rag.loading.web.layout_tables import unwrap_layout_tables
    from rag.loading.web.lead import restore_lead
    from rag.loading.web.metadata import page_metadata
    from rag.loading.web.page import parse_page

    text = _decoded(raw)
    tree = _parse(text)
    unwrap_layout_tables(tree)
    comments = extract_comments(tree)
    body = _body(tree)
    if comments and _size(body) < _MAX_SHORT_BODY:
        # the article itself may be labelled as a comment
        full_tree = _parse(text)
        unwrap_layout_tables(full_tree)
        if _size(full_body := _body(full_tree)) > 2 * _size(body):
            tree, body, comments = full_tree, full_body, ()
    if not body:
        raise LoadError("The page contains no article: open it and save it again, or save its text as .txt.")
    page = parse_page(tree)
    draft = page_metadata(page, text[:_TOP_LENGTH])
    article = restore_lead(body, page, draft.title)
    return replace(draft, blocks=paragraph_blocks(article) + paragraph_blocks(comments, "comment"))


def parse_html(raw: bytes) -> Any:
    """Return the root of a page's elements.

    Raises:
        LoadError: it is not a page, or not text in any known encoding.
    """
    return _parse(_decoded(raw))


def _parse(text: str) -> Any:
    from trafilatura import load_html as parse_with_trafilatura
    from trafilatura.utils import HTML_PARSER

    tree = parse_with_trafilatura(text)
    if was_cut(HTML_PARSER):
        tree = flat_tree(text)
    if tree is None:
        raise LoadError("Not a web page: save it again from the browser, or save its text as .txt.")
    return tree


def _body(tree: Any) -> list[str]:
    from trafilatura import bare_extraction

    extraction = bare_extraction(tree, include_comments=False, include_tables=True)
    lines = extraction.text.split("\n") if extraction and extraction.text else []
    return [line.strip() for line in lines if line.strip()]


def _size(body: list[str]) -> int:
    return sum(map(len, body))


def _decoded(raw: bytes) -> str:
    """Valid UTF-8 is UTF-8, whatever the page declares; otherwise the declaration is right more often than a guess."""
    declaration = _DECLARED_ENCODING.search(raw[:_TOP_LENGTH])
    declared = declaration[1].decode("ascii").lower() if declaration else None
    for encoding in (None if raw.isascii() else "utf-8-sig", declared):
        try:
            if encoding:
                return raw.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    if declared in ("utf-8", "utf8"):
        # a few bytes in another encoding, as in advertisements, do not make the rest wrong
        text = raw.decode("utf-8", errors="replace")
        if text.count("\ufffd") <= _MAX_BROKEN_SHARE * len(text):
            return text
    return decode(raw)
