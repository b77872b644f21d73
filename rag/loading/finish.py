"""Drafts → articles: normalises the text and metadata, and computes offsets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from rag.errors import LoadError
from rag.loading.common.draft import Block, Draft
from rag.loading.common.mojibake import REPAIRED_ORIGIN, repair_mojibake
from rag.loading.common.normalization import normalise
from rag.loading.common.safe_names import without_login
from rag.text.language import language_of
from rag.types import Article, Aside

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def article_id(path: str) -> str:
    """Return the id of the article at an absolute path: the same path always gives the same id."""
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def article_from_draft(draft: Draft, path: str, sha256: str) -> Article:
    """Return the article in a draft.

    Args:
        path: that of the file, followed by the name of the part that is the article.
        sha256: that of the file's bytes.

    Raises:
        LoadError: it has no text.
    """
    blocks = tuple(replace(block, text=repair_mojibake(block.text)) for block in draft.blocks)
    text, asides, pages = join_blocks(blocks)
    if not any(character.isalnum() for character in draft.text):
        raise LoadError("It contains no text: check that the article was saved with its body.")
    stated_language = _stated_language(draft)
    added_origins = {} if stated_language else {"language": "the text's words"}
    if blocks != draft.blocks:
        added_origins["text"] = REPAIRED_ORIGIN
        draft = replace(draft, blocks=blocks)
    if draft.unread:
        added_origins["unread"] = " ".join(draft.unread)
    return Article(
        id=article_id(path),
        title=_one_line(draft.title),
        text=text,
        language=stated_language or language_of(f"{draft.title or ''}\n{normalise(draft.text)}"),
        source=_one_line(draft.source),
        author=_one_line(draft.author),
        published=draft.published,
        url=_one_line(without_login(draft.url or "")),
        path=path,
        sha256=sha256,
        place=_one_line(draft.place),
        asides=asides,
        pages=pages,
        origins={**draft.origins, **added_origins},
    )


def join_blocks(blocks: Sequence[Block]) -> tuple[str, tuple[Aside, ...], tuple[int, ...]]:
    """Return the text of the blocks without surrounding white space, its asides, and the offsets at which pages begin.

    Asides are the spans that are not the article's own words, in text order.
    """
    texts = [normalise(block.text) for block in blocks]
    full_text = "".join(texts)
    first, last = len(full_text) - len(full_text.lstrip()), len(full_text.rstrip())
    asides: list[Aside] = []
    pages: dict[int, int] = {}
    offset = 0
    for block, text in zip(blocks, texts, strict=True):
        start, end = (min(max(at, first), last) - first for at in (offset, offset + len(text)))
        offset += len(text)
        if block.page is not None:
            pages.setdefault(block.page, start)
        if block.kind == "article" or start == end:
            continue
        if asides and (asides[-1].kind, asides[-1].end) == (block.kind, start):
            start = asides.pop().start
        asides.append(Aside(start, end, block.kind))
    # a page without text begins where the next page does
    count = max(pages, default=0)
    starts = [pages.get(count, 0)]
    for number in range(count - 1, 0, -1):
        starts.append(pages.get(number, starts[-1]))
    return full_text[first:last], tuple(asides), tuple(starts[::-1]) if pages else ()


def _stated_language(draft: Draft) -> str | None:
    """The language that the file states, if it is a BCP-47 tag."""
    tag = (draft.language or "").strip().replace("_", "-")
    return tag if _LANGUAGE_TAG.fullmatch(tag) else None


def _one_line(value: str | None) -> str | None:
    """The value of a metadata field on one line, or None."""
    return " ".join(normalise(repair_mojibake(value)).split()) or None if value else None
