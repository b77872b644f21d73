"""Plain text, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.loading.common.date_lines import date_stamp
from rag.loading.common.draft import Block, Draft
from rag.loading.common.encodings import decode
from rag.loading.common.leads import with_leads
from rag.loading.common.mojibake import REPAIRED, repaired
from rag.loading.common.normalization import normalised
from rag.loading.exports.split import articles_in, looks_like_several, marked_as_several
from rag.loading.plain_text.block_classifier import blocks_of
from rag.loading.plain_text.bylines import byline, dateline
from rag.loading.plain_text.front_matter import split_front_matter
from rag.loading.plain_text.headlines import headline_of, with_headline

# so many lines of an article may begin with a dateline
_OPENING = 12
_INDENTED = re.compile(r"^[ \t\u00a0]+", re.MULTILINE)


def load_text(raw: bytes) -> Draft:
    """Read a plain text, with or without front matter; what that does not say is looked for in lines of their own.

    Raises:
        LoadError: the bytes are no text in any known encoding.
    """
    fields, text = _read(raw)
    draft = described(replace(fields, blocks=_flush(blocks_of(text))))
    return replace(draft, blocks=with_leads(draft.blocks, [block.text for block in fields.blocks], draft.title))


def load_texts(raw: bytes) -> list[Draft]:
    """Read a plain text that may be the export of a press database, which holds many articles.

    Raises:
        LoadError: the bytes are no text in any known encoding.
    """
    fields, text = _read(raw)
    if fields.blocks or set(fields.origins) - {"text"}:
        return [load_text(raw)]
    if articles := articles_in(text):
        return [*articles]
    draft = load_text(raw)
    return [marked_as_several(draft) if looks_like_several(text) else draft]


def _read(raw: bytes) -> tuple[Draft, str]:
    """What front matter says, as a draft without text, and the text, normalised."""
    fields, body = split_front_matter(decode(raw))
    # before the controls go, of which some are the rest of letters
    text = repaired(body)
    origins = {**fields.origins, **({"text": REPAIRED} if text != body else {})}
    return replace(fields, origins=origins), normalised(text)


def described(draft: Draft) -> Draft:
    """Return a draft of plain text with what its own lines say: headline, day, author, outlet, place."""
    lines = [line.strip() for block in draft.blocks for line in block.text.splitlines() if line.strip()]
    stamp = date_stamp(lines)
    written = byline(lines, stamp[1] if stamp else None)
    opening = dateline(draft.text.split("\n")[:_OPENING])
    found: dict[str, tuple[str, Any]] = {
        "title": ("headline", headline_of(draft.blocks)),
        "published": ("date line", stamp[0] if stamp else None),
        "author": ("byline", written.author),
        "source": ("byline", written.outlet) if written.outlet else ("dateline", opening.outlet),
        "place": ("byline", written.place) if written.place else ("dateline", opening.place),
    }
    new = {name: (origin, value) for name, (origin, value) in found.items() if value and getattr(draft, name) is None}
    origins = {**draft.origins, **{name: origin for name, (origin, _) in new.items()}}
    blocks = with_headline(draft.blocks, found["title"][1])
    return replace(draft, blocks=blocks, origins=origins, **{name: value for name, (_, value) in new.items()})


def _flush(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return a text without indentation where most lines have some: what a page's layout leaves."""
    lines = [line for block in blocks for line in block.text.splitlines() if line.strip()]
    if 2 * sum(line[0] in " \t" for line in lines) <= len(lines):
        return tuple(blocks)
    return tuple(replace(block, text=_INDENTED.sub("", block.text)) for block in blocks)
