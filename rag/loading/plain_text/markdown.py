"""Markdown: the text that a reader of the rendered page sees."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.common.encodings import decode
from rag.loading.common.leads import with_leads
from rag.loading.plain_text.front_matter import split_front_matter

_UNSEEN = re.compile(r"<(?:!--|(?P<name>script|style)\b)", re.IGNORECASE)
_ENDS = {
    "": re.compile("-->"),
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
}


def load_markdown(raw: bytes) -> Draft:
    """Read Markdown; its title comes from front matter, or else from a first-level heading.

    Raises:
        LoadError: the bytes are not text in any known encoding.
    """
    fields, body = split_front_matter(decode(raw))
    blocks = []
    title = fields.title
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    for previous_token, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline":
            text = _visible(token)
            if title is None and _opens_title(previous_token):
                title = text
            elif text.strip():
                blocks.append(text)
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip("\n"))
        elif token.type == "html_block" and (words := _without_tags(token.content)):
            blocks.append(words)
    leads = [block.text for block in fields.blocks]
    return replace(fields, blocks=with_leads(paragraph_blocks(blocks), leads, title), title=title)


def _opens_title(token: Token | None) -> bool:
    return token is not None and token.type == "heading_open" and token.tag == "h1"


def _without_tags(markup: str) -> str:
    """The text of an HTML fragment, without what a browser does not show: comments, scripts and styles."""
    words = re.sub(r"<br\s*/?>", "\n", _without_unseen(markup), flags=re.IGNORECASE)
    return unescape(re.sub(r"<[^<>]+>", "", words)).strip()


def _without_unseen(markup: str) -> str:
    """Return markup without comments, scripts and styles; one that does not end stays."""
    parts, end = [], 0
    endless: set[str] = set()
    while beginning := _UNSEEN.search(markup, end):
        name = (beginning["name"] or "").lower()
        closing = None if name in endless else _ENDS[name].search(markup, beginning.end())
        if closing is None:
            # no other of its kind ends, so that the rest is not searched again and again
            endless.add(name)
        parts.append(markup[end : beginning.start() if closing else beginning.end()])
        end = closing.end() if closing else beginning.end()
    return "".join(parts) + markup[end:]


def _visible(inline: Token) -> str:
    """The text of a block without its markup; an image is replaced by its description."""
    parts = []
    for child in inline.children or ():
        if child.type in ("softbreak", "hardbreak") or (
            child.type == "html_inline" and child.content.lower().startswith("<br")
        ):
            parts.append("\n")
        elif child.type == "image":
            parts.append(_visible(child))
        elif child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
    return "".join(parts)
