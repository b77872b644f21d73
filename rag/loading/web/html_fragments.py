"""The text of HTML fragments, as in the fields of tables and feeds."""

from __future__ import annotations

import re
from html import unescape

_TAG = re.compile(
    r"</?(?:p|div|br|span|a|b|i|u|em|strong|h[1-6]|ul|ol|li|blockquote|figure|img|table|tr|td|section|article|html|body)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_is_invisible = re.compile("script|style|template|title|noscript|iframe|svg|object").fullmatch
_is_block = re.compile(
    "address|article|aside|blockquote|body|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|"
    "header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
).fullmatch
# lone surrogates and NUL, at which the HTML parser fails or stops
_UNREADABLE = re.compile("[\0\ud800-\udfff]")


def is_fragment(text: str) -> bool:
    """Whether a text is an HTML fragment: it contains two tags that articles are written with."""
    first = _TAG.search(text)
    return first is not None and _TAG.search(text, first.end()) is not None


def fragment_paragraphs(markup: str) -> list[str]:
    """Return the paragraphs of an HTML fragment that a browser shows, in order.

    Unlike a page, a fragment has no boilerplate to remove: the field contains only the article.
    """
    from lxml import etree

    # events instead of a tree: lxml silently ends a tree where tags are nested more than 256 deep
    text = etree.fromstring(f"<div>{_UNREADABLE.sub('', markup)}</div>", etree.HTMLParser(target=_TextCollector()))
    paragraphs = (re.sub(r"(?:(?<![^\S\n])[^\S\n]+)?\n[^\S\n]*", "\n", part).strip() for part in text.split("\n\n"))
    return [paragraph for paragraph in paragraphs if paragraph]


def fragment_line(markup: str) -> str:
    """Return the text of a one-line field, such as a headline, that may contain tags and entities."""
    if _TAG.search(markup):
        return " ".join(" ".join(fragment_paragraphs(markup)).split())
    return unescape(markup) if _ENTITY.search(markup) else markup


class _TextCollector:
    """A parser target that collects the text between tags: empty lines around blocks, a line feed for each break."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._invisible_depth = 0
        self._preformatted_depth = 0

    def start(self, tag: str, attributes: object) -> None:  # noqa: ARG002 - lxml passes them
        self._invisible_depth += bool(_is_invisible(tag))
        self._preformatted_depth += tag == "pre"
        self._parts.append("\n\n" if _is_block(tag) else "\n" if tag == "br" else "")

    def end(self, tag: str) -> None:
        self._invisible_depth -= bool(_is_invisible(tag))
        self._preformatted_depth -= tag == "pre"
        self._parts.append("\n\n" if _is_block(tag) else "")

    def data(self, text: str) -> None:
        if not self._invisible_depth:
            self._parts.append(text if self._preformatted_depth else re.sub(r"[ \t\r\n\f]+", " ", text))

    def comment(self, text: str) -> None:
        """Ignore comments."""

    def close(self) -> str:
        return "".join(self._parts)
