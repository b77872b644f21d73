"""Plain text, with or without front matter."""

from __future__ import annotations

import re
from dataclasses import replace

from charset_normalizer import from_bytes

from rag.errors import LoadError
from rag.loading.draft import Block, Draft
from rag.loading.frontmatter import split_front_matter

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEADLINE_LENGTH = 150
_SAMPLE = 200_000


def load_text(raw: bytes) -> Draft:
    """Read a plain text; its title comes from front matter, or else from a first line that is a headline.

    Raises:
        LoadError: the bytes are no text in any known encoding.
    """
    fields, body = split_front_matter(decode(raw))
    return replace(fields, blocks=(Block(body),), title=fields.title or headline(body))


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


def headline(body: str) -> str | None:
    """Return the first line if it reads like a headline: short, capitalised, no full stop, a longer text below."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    for number, line in enumerate(lines[:3]):
        rest = lines[number + 1 :]
        if len(line) > _HEADLINE_LENGTH or not rest or max(map(len, rest)) < 2 * len(line):
            return None
        if re.search(r"[A-ZÄÖÜ]|[^\W\d_a-zäöüß]", line) and len(line.split()) > 1 and line[-1] not in ".,;:":
            return line
    return None
