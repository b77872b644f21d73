"""A draft → an article."""

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

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def article_id(path: str) -> str:
    """Return the id of the article at an absolute path: the same path always gives the same id."""
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def article_from_draft(draft: Draft, path: str, sha256: str) -> Article:
    """Return the article in a draft.

    Args:
        path: of the file, and behind it the name of the part that the article is.
        sha256: of the file's bytes.

    Raises:
        LoadError: it has no text.
    """
    blocks = tuple(replace(block, text=repair_mojibake(block.text)) for block in draft.blocks)
    text, asides, pages = join_blocks(blocks)
    if not any(character.isalnum() for character in draft.text):
        raise LoadError("It holds no text: check that the article was saved with its body.")
    stated = _language(draft)
    told = {} if stated else {"language": "the text's words"}
    if blocks != draft.blocks:
        told["text"] = REPAIRED_ORIGIN
        draft = replace(draft, blocks=blocks)
    if draft.unread:
        told["unread"] = " ".join(draft.unread)
    return Article(
        id=article_id(path),
        title=_line(draft.title),
        text=text,
        language=stated or language_of(f"{draft.title or ''}\n{normalise(draft.text)}"),
        source=_line(draft.source),
        author=_line(draft.author),
        published=draft.published,
        url=_line(without_login(draft.url or "")),
        path=path,
        sha256=sha256,
        place=_line(draft.place),
        asides=asides,
        pages=pages,
        origins={**draft.origins, **told},
    )


def join_blocks(blocks: Sequence[Block]) -> tuple[str, tuple[Aside, ...], tuple[int, ...]]:
    """Return the text of the blocks without white space around it, what is set aside in it, and where pages begin."""
    texts = [normalise(block.text) for block in blocks]
    whole = "".join(texts)
    first, last = len(whole) - len(whole.lstrip()), len(whole.rstrip())
    asides: list[Aside] = []
    pages: dict[int, int] = {}
    at = 0
    for block, text in zip(blocks, texts, strict=True):
        start, end = (min(max(one, first), last) - first for one in (at, at + len(text)))
        at += len(text)
        if block.page is not None:
            pages.setdefault(block.page, start)
        if block.kind == "article" or start == end:
            continue
        if asides and (asides[-1].kind, asides[-1].end) == (block.kind, start):
            start = asides.pop().start
        asides.append(Aside(start, end, block.kind))
    # a page without text begins where the next one does
    count = max(pages, default=0)
    starts = [pages.get(count, 0)]
    for number in range(count - 1, 0, -1):
        starts.append(pages.get(number, starts[-1]))
    return whole[first:last], tuple(asides), tuple(starts[::-1]) if pages else ()


def _language(draft: Draft) -> str | None:
    """What the file states, if it is a BCP-47 tag."""
    stated = (draft.language or "").strip().replace("_", "-")
    return stated if _LANGUAGE.fullmatch(stated) else None


def _line(value: str | None) -> str | None:
    """A field of metadata is one line, or nothing."""
    return " ".join(normalise(repair_mojibake(value)).split()) or None if value else None
