"""Comments of readers in a page, told by the names of their elements."""

from __future__ import annotations

import re
from typing import Any

from lxml.etree import iterwalk

from rag.loading.web.visible_lines import labels, lines

_TAGS = ("div", "section", "aside", "article", "ol", "ul", "li", "dl", "table", "details")
_COMMENT = re.compile(
    r"comment(s|list|area)?|(leser)?kommentare?|commentaires?|comentarios?|comment[oi]|reacties?|komentarze?|disqus"
)
# what only leads to comments or counts them, says whether there may be any, or is a reporter's
_NO_COMMENT = re.compile(r"count|counter|link|button|btn|icon|toggle|form|open|closed|respond|no|has|live")
_SCHEMA = re.compile(r"schema\.org/(User)?Comments?$")


def set_aside_comments(tree: Any) -> tuple[str, ...]:
    """Take the comments of readers out of a page, and return their lines."""
    found: list[Any] = []
    walk = iterwalk(tree, events=("start",), tag=_TAGS)
    for _, element in walk:
        if _is_comment(element) and not _holds_article(element):
            found.append(element)
            walk.skip_subtree()
    texts = []
    for element in found:
        for form in [*element.iter("form")]:
            form.drop_tree()
        texts += [line.text for line in lines(element)]
        element.drop_tree()
    return tuple(texts)


def _is_comment(element: Any) -> bool:
    if "comment" in (element.get("itemprop") or "").split() or element.get("role") == "comment":
        return True
    if _SCHEMA.search(element.get("itemtype") or ""):
        return True
    words = labels(element)
    return any(map(_COMMENT.fullmatch, words)) and not any(map(_NO_COMMENT.fullmatch, words))


def _holds_article(element: Any) -> bool:
    """Say whether the page's article is in it, whatever it is called."""
    return any(one.tag == "h1" or "articleBody" in (one.get("itemprop") or "").split() for one in element.iter())
