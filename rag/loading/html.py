"""Saved web pages: the main text by trafilatura (Barbaresi, 2021), comments of readers aside, and what the page states."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rag.errors import LoadError
from rag.loading.draft import Draft, paragraphs
from rag.loading.text import decode

_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_TOP = 4096
_MOST_BROKEN = 0.001


def load_html(raw: bytes) -> Draft:
    """Read a saved page: the article without navigation and teasers; comments of readers stand behind it.

    Raises:
        LoadError: the page holds no article, or is no text in any known encoding.
    """
    from rag.loading.web.comments import set_aside_comments
    from rag.loading.web.lead import lead
    from rag.loading.web.lines import key
    from rag.loading.web.metadata import metadata
    from rag.loading.web.page import read

    text = _decoded(raw)
    tree = _parsed(text)
    comments = set_aside_comments(tree)
    body = _body(tree)
    if not body and comments:
        # a page of a discussion is made of comments alone
        comments, tree = (), _parsed(text)
        body = _body(tree)
    if not body:
        raise LoadError("No article was found in the page: open it and save it again, or save its text as .txt.")
    page = read(tree)
    fields = metadata(page, text[:_TOP])
    if len(body) > 1 and key(body[0]) == key(fields.title or ""):
        del body[0]
    whole = key("".join(body))
    body = [line for line in lead(page, fields.title) if key(line) not in whole] + body
    return replace(fields, blocks=paragraphs(body) + paragraphs(comments, "comment"))


def _parsed(page: str) -> Any:
    from trafilatura import load_html as parse

    tree = parse(page)
    if tree is None:
        raise LoadError("It is no web page: save it again from the browser, or save its text as .txt.")
    return tree


def _body(tree: Any) -> list[str]:
    from trafilatura import bare_extraction

    found = bare_extraction(tree, include_comments=False, include_tables=True)
    lines = found.text.split("\n") if found and found.text else []
    return [line.strip() for line in lines if line.strip()]


def _decoded(raw: bytes) -> str:
    """What reads as UTF-8 is UTF-8, whatever the page declares; else what it declares is right more often than a guess."""
    found = _DECLARED.search(raw[:_TOP])
    declared = found[1].decode("ascii").lower() if found else None
    for encoding in ("utf-8-sig" if not raw.isascii() else None, declared):
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
