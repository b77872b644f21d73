"""Reader comments in a page, recognised by the names of their elements."""

from __future__ import annotations

import re
from typing import Any

from lxml.etree import iterwalk

from rag.loading.web.visible_lines import label_words, visible_lines

_TAGS = ("div", "section", "aside", "article", "ol", "ul", "li", "dl", "table", "details")
_COMMENT = re.compile(
    r"comment(s|list|area)?|(leser)?kommentare?|commentaires?|comentarios?|comment[oi]|reacties?|komentarze?|disqus"
)
# links to comments and counts of them, states of the comment form, and reporters' commentary
_NOT_COMMENTS = re.compile(r"count|counter|link|button|btn|icon|toggle|form|open|closed|respond|no|has|live")
_SCHEMA = re.compile(r"schema\.org/(User)?Comments?$")


def extract_comments(tree: Any) -> tuple[str, ...]:
    """Remove reader comments from a page, and return their lines."""
    comments: list[Any] = []
    walk = iterwalk(tree, events=("start",), tag=_TAGS)
    for _, element in walk:
        if _is_comment(element) and not _contains_article(element):
            comments.append(element)
            walk.skip_subtree()
    texts = []
    for comment in comments:
        for form in [*comment.iter("form")]:
            form.drop_tree()
        texts += [line.text for line in visible_lines(comment)]
        comment.drop_tree()
    return tuple(texts)


def _is_comment(element: Any) -> bool:
    if "comment" in (element.get("itemprop") or "").split() or element.get("role") == "comment":
        return True
    if _SCHEMA.search(element.get("itemtype") or ""):
        return True
    words = label_words(element)
    return any(map(_COMMENT.fullmatch, words)) and not any(map(_NOT_COMMENTS.fullmatch, words))


def _contains_article(element: Any) -> bool:
    """Whether the page's article is in it, whatever it is called."""
    return any(inner.tag == "h1" or "articleBody" in (inner.get("itemprop") or "").split() for inner in element.iter())
