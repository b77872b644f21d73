"""Saved web pages: main text by trafilatura (Barbaresi, 2021), readers' comments aside, and what the page states."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rag.errors import LoadError
from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.common.encodings import decode
from rag.loading.web.deep_nesting import flat_tree, was_cut

_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_TOP = 4096
_MOST_BROKEN = 0.001
_SHORT = 600


def load_html(raw: bytes) -> Draft:
    """Read a saved page: the article without navigation and teasers; comments of readers stand behind it.

    Raises:
        LoadError: the page holds no article, or is no text in any known encoding.
    """
    from rag.loading.web.comments import set_aside_comments
    from rag.loading.web.layout_tables import without_layout
    from rag.loading.web.lead import with_lead
    from rag.loading.web.metadata import metadata
    from rag.loading.web.page import read

    text = _decoded(raw)
    tree = _parsed(text)
    without_layout(tree)
    comments = set_aside_comments(tree)
    body = _body(tree)
    if comments and _size(body) < _SHORT:
        # an article may be called a comment, too
        whole = _parsed(text)
        without_layout(whole)
        if _size(again := _body(whole)) > 2 * _size(body):
            tree, body, comments = whole, again, ()
    if not body:
        raise LoadError("No article was found in the page: open it and save it again, or save its text as .txt.")
    page = read(tree)
    fields = metadata(page, text[:_TOP])
    article = with_lead(body, page, fields.title)
    return replace(fields, blocks=paragraph_blocks(article) + paragraph_blocks(comments, "comment"))


def parsed(raw: bytes) -> Any:
    """Return the root of a page's elements.

    Raises:
        LoadError: it is no page, or no text in any known encoding.
    """
    return _parsed(_decoded(raw))


def _parsed(text: str) -> Any:
    from trafilatura import load_html as parse
    from trafilatura.utils import HTML_PARSER

    tree = parse(text)
    if was_cut(HTML_PARSER):
        tree = flat_tree(text)
    if tree is None:
        raise LoadError("It is no web page: save it again from the browser, or save its text as .txt.")
    return tree


def _body(tree: Any) -> list[str]:
    from trafilatura import bare_extraction

    found = bare_extraction(tree, include_comments=False, include_tables=True)
    lines = found.text.split("\n") if found and found.text else []
    return [line.strip() for line in lines if line.strip()]


def _size(body: list[str]) -> int:
    return sum(map(len, body))


def _decoded(raw: bytes) -> str:
    """What reads as UTF-8 is UTF-8, whatever the page declares; else that is right more often than a guess."""
    found = _DECLARED.search(raw[:_TOP])
    declared = found[1].decode("ascii").lower() if found else None
    for encoding in (None if raw.isascii() else "utf-8-sig", declared):
        try:
            if encoding:
                return raw.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    if declared in ("utf-8", "utf8"):
        # a few bytes of another encoding, as in advertisements, do not make all others wrong
        text = raw.decode("utf-8", errors="replace")
        if text.count("\ufffd") <= _MOST_BROKEN * len(text):
            return text
    return decode(raw)
