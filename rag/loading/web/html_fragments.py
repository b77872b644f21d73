"""The words of a piece of HTML, as fields of tables and feeds hold it."""

from __future__ import annotations

import re
from html import unescape

_TAG = re.compile(
    r"</?(?:p|div|br|span|a|b|i|u|em|strong|h[1-6]|ul|ol|li|blockquote|figure|img|table|tr|td|section|article|html|body)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_HIDDEN = re.compile("script|style|template|title|noscript|iframe|svg|object").fullmatch
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|"
    "header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
).fullmatch
# halves of characters and zeros, which the reader of HTML takes for an error or an end
_UNREADABLE = re.compile("[\0\ud800-\udfff]")


def is_fragment(text: str) -> bool:
    """Whether a text is a piece of HTML: it holds two tags that articles are written with."""
    first = _TAG.search(text)
    return first is not None and _TAG.search(text, first.end()) is not None


def fragment_paragraphs(markup: str) -> list[str]:
    """Return the paragraphs of a piece of HTML: what a browser shows, in order, without what it hides.

    Nothing is judged to be an article or not, as it is for a page: whoever filled the field did that.
    """
    from lxml import etree

    # events instead of a tree: a tree of lxml ends without a word where tags are nested more than 256 deep
    words = etree.fromstring(f"<div>{_UNREADABLE.sub('', markup)}</div>", etree.HTMLParser(target=_Words()))
    paragraphs = (re.sub(r"[^\S\n]*\n[^\S\n]*", "\n", part).strip() for part in words.split("\n\n"))
    return [paragraph for paragraph in paragraphs if paragraph]


def fragment_line(markup: str) -> str:
    """Return the words of a field of one line, such as a headline, that may hold tags and entities."""
    if _TAG.search(markup):
        return " ".join(" ".join(fragment_paragraphs(markup)).split())
    return unescape(markup) if _ENTITY.search(markup) else markup


class _Words:
    """Collects the words between tags: empty lines around blocks, one line feed for a break."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._hidden = 0
        self._kept = 0

    def start(self, tag: str, attributes: object) -> None:
        self._hidden += bool(_HIDDEN(tag))
        self._kept += tag == "pre"
        self._parts.append("\n\n" if _BLOCK(tag) else "\n" if tag == "br" else "")

    def end(self, tag: str) -> None:
        self._hidden -= bool(_HIDDEN(tag))
        self._kept -= tag == "pre"
        self._parts.append("\n\n" if _BLOCK(tag) else "")

    def data(self, text: str) -> None:
        if not self._hidden:
            self._parts.append(text if self._kept else re.sub(r"[ \t\r\n\f]+", " ", text))

    def comment(self, text: str) -> None:
        """What is written for authors is not shown."""

    def close(self) -> str:
        return "".join(self._parts)
