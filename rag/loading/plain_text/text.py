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
from rag.loading.common.mojibake import REPAIRED_ORIGIN, repair_mojibake
from rag.loading.common.normalization import normalise
from rag.loading.exports.split import export_articles, looks_like_several, mark_as_several
from rag.loading.plain_text.block_classifier import classify_blocks
from rag.loading.plain_text.bylines import find_byline, find_dateline
from rag.loading.plain_text.front_matter import split_front_matter
from rag.loading.plain_text.headlines import find_headline, with_headline

# so many lines of an article may begin with a dateline
_OPENING = 12
_INDENTED = re.compile(r"^[ \t\u00a0]+", re.MULTILINE)


def load_text(raw: bytes) -> Draft:
    """Read a plain text, with or without front matter; what that does not say is looked for in lines of their own.

    Raises:
        LoadError: the bytes are no text in any known encoding.
    """
    fields, text = _read(raw)
    draft = with_metadata_from_lines(replace(fields, blocks=_flush(classify_blocks(text))))
    return replace(draft, blocks=with_leads(draft.blocks, [block.text for block in fields.blocks], draft.title))


def load_texts(raw: bytes) -> list[Draft]:
    """Read a plain text that may be the export of a press database, which holds many articles.

    Raises:
        LoadError: the bytes are no text in any known encoding.
    """
    fields, text = _read(raw)
    if fields.blocks or set(fields.origins) - {"text"}:
        return [load_text(raw)]
    if articles := export_articles(text):
        return [*articles]
    draft = load_text(raw)
    return [mark_as_several(draft) if looks_like_several(text) else draft]


def _read(raw: bytes) -> tuple[Draft, str]:
    """What front matter says, as a draft without text, and the text, normalised."""
    fields, body = split_front_matter(decode(raw))
    # before the controls go, of which some are the rest of letters
    text = repair_mojibake(body)
    origins = {**fields.origins, **({"text": REPAIRED_ORIGIN} if text != body else {})}
    return replace(fields, origins=origins), normalise(text)


def with_metadata_from_lines(draft: Draft) -> Draft:
    """Return a draft of plain text with what its own lines say: headline, day, author, outlet, place."""
    lines = [line.strip() for block in draft.blocks for line in block.text.splitlines() if line.strip()]
    stamp = date_stamp(lines)
    written = find_byline(lines, stamp[1] if stamp else None)
    opening = find_dateline(draft.text.split("\n")[:_OPENING])
    found: dict[str, tuple[str, Any]] = {
        "title": ("headline", find_headline(draft.blocks)),
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
