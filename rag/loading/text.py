"""Plain text, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from charset_normalizer import from_bytes

from rag.errors import LoadError
from rag.loading.blocks import blocks_of
from rag.loading.bylines import byline, dateline
from rag.loading.draft import Block, Draft
from rag.loading.frontmatter import split_front_matter
from rag.loading.headlines import headline_of
from rag.loading.normal import normalised
from rag.loading.stamps import date_stamp

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 200_000
# so many lines of an article may begin with a dateline
_OPENING = 12
_INDENTED = re.compile(r"^[ \t\u00a0]+", re.MULTILINE)


def load_text(raw: bytes) -> Draft:
    """Read a plain text, with or without front matter; what that does not say is looked for in lines of their own.

    Raises:
        LoadError: the bytes are no text in any known encoding.
    """
    fields, body = split_front_matter(decode(raw))
    return described(replace(fields, blocks=_flush(blocks_of(normalised(body)))))


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
    return replace(draft, origins=origins, **{name: value for name, (_, value) in new.items()})


def _flush(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return a text without indentation where most lines have some: what a page's layout leaves."""
    lines = [line for block in blocks for line in block.text.splitlines() if line.strip()]
    if 2 * sum(line[0] in " \t" for line in lines) <= len(lines):
        return tuple(blocks)
    return tuple(replace(block, text=_INDENTED.sub("", block.text)) for block in blocks)


def decode(raw: bytes) -> str:
    """Return the text of the bytes: by their byte order mark, as UTF-8, or else in the likeliest encoding.

    Raises:
        LoadError: the bytes are no text in any known encoding.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise LoadError(f"Its {encoding} is damaged: save it again as UTF-8 text.") from error
    if b"\0" in raw:
        return _without_mark(raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # cut after a whole line, so that no character is cut in two
        sample = raw[: raw.rfind(b"\n", 0, _SAMPLE) + 1] if len(raw) > _SAMPLE else raw
        best = from_bytes(sample or raw).best()
    if best is None:
        raise LoadError("Its encoding cannot be told: save it again as UTF-8 text.")
    try:
        return raw.decode(best.encoding)
    except UnicodeDecodeError as error:
        raise LoadError(f"It looks like {best.encoding} but is damaged: save it again as UTF-8 text.") from error


def _without_mark(raw: bytes) -> str:
    """Return the text of bytes with zeros among them: UTF-16 without its mark, if it reads as words and lines."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        plain = sum(character.isalnum() or character.isspace() for character in sample)
        if "\0" not in sample and plain > 0.7 * len(sample) and " " in sample:
            return text
    raise LoadError("It is a binary file and not text: save the article as .txt, .md or .html.")
