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

# a dateline begins one of the first twelve lines of an article
_MAX_DATELINE_LINES = 12
_INDENTED = re.compile(r"^[ \t\u00a0]+", re.MULTILINE)


def load_text(raw: bytes) -> Draft:
    """Read a plain text, with or without front matter; missing metadata is taken from lines of its own.

    Raises:
        LoadError: the bytes are not text in any known encoding.
    """
    fields, text = _read_front_matter(raw)
    draft = with_metadata_from_lines(replace(fields, blocks=_without_indentation(classify_blocks(text))))
    return replace(draft, blocks=with_leads(draft.blocks, [block.text for block in fields.blocks], draft.title))


def load_texts(raw: bytes) -> list[Draft]:
    """Read a plain text that may be the export of a press database with many articles.

    Raises:
        LoadError: the bytes are not text in any known encoding.
    """
    fields, text = _read_front_matter(raw)
    if fields.blocks or set(fields.origins) - {"text"}:
        return [load_text(raw)]
    if articles := export_articles(text):
        return [*articles]
    draft = load_text(raw)
    return [mark_as_several(draft) if looks_like_several(text) else draft]


def _read_front_matter(raw: bytes) -> tuple[Draft, str]:
    """The front matter as a draft, and the body, normalised."""
    fields, body = split_front_matter(decode(raw))
    # before control characters are removed: some of them are remains of letters
    text = repair_mojibake(body)
    origins = {**fields.origins, **({"text": REPAIRED_ORIGIN} if text != body else {})}
    return replace(fields, origins=origins), normalise(text)


def with_metadata_from_lines(draft: Draft) -> Draft:
    """Return a draft of plain text with the missing metadata that its own lines state."""
    lines = [line.strip() for block in draft.blocks for line in block.text.splitlines() if line.strip()]
    published, date_line = date_stamp(lines) or (None, None)
    byline = find_byline(lines, date_line)
    dateline = find_dateline(draft.text.split("\n")[:_MAX_DATELINE_LINES])
    headline = find_headline(draft.blocks)
    from_lines: dict[str, tuple[str, Any]] = {
        "title": ("headline", headline),
        "published": ("date line", published),
        "author": ("byline", byline.author),
        "source": ("byline", byline.outlet) if byline.outlet else ("dateline", dateline.outlet),
        "place": ("byline", byline.location) if byline.location else ("dateline", dateline.location),
    }
    missing = [name for name, (_, value) in from_lines.items() if value and getattr(draft, name) is None]
    return replace(
        draft,
        blocks=with_headline(draft.blocks, headline),
        origins={**draft.origins, **{name: from_lines[name][0] for name in missing}},
        **{name: from_lines[name][1] for name in missing},
    )


def _without_indentation(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks without indentation if most lines have some, as a page's layout leaves it."""
    lines = [line for block in blocks for line in block.text.splitlines() if line.strip()]
    if 2 * sum(line[0] in " \t" for line in lines) <= len(lines):
        return tuple(blocks)
    return tuple(replace(block, text=_INDENTED.sub("", block.text)) for block in blocks)
