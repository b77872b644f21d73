"""Bytes → text, whatever their encoding."""

from __future__ import annotations

from charset_normalizer import from_bytes

from rag.errors import LoadError

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 200_000
"""The encoding is guessed from at most this many bytes."""


def decode(raw: bytes) -> str:
    """Return the text of the bytes: by their byte order mark, as UTF-8, or else in the likeliest encoding.

    Raises:
        LoadError: the bytes are not text in any known encoding.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise LoadError(f"It is damaged {encoding} text: save it again as UTF-8.") from error
    if b"\0" in raw:
        return _without_mark(raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # cut after a whole line, so that no character is cut in two
        sample = raw[: raw.rfind(b"\n", 0, _SAMPLE) + 1] if len(raw) > _SAMPLE else raw
        best = from_bytes(sample or raw).best()
    if best is None:
        raise LoadError("Unknown text encoding: save it again as UTF-8 text.")
    try:
        return raw.decode(best.encoding)
    except UnicodeDecodeError as error:
        raise LoadError(f"It looks like {best.encoding} text but is damaged: save it again as UTF-8.") from error


def _without_mark(raw: bytes) -> str:
    """Return the text of bytes that contain zeros: UTF-16 without a byte order mark, if it reads as words and lines."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        plain = sum(character.isalnum() or character.isspace() for character in sample)
        if "\0" not in sample and plain > 0.7 * len(sample) and " " in sample:
            return text
    raise LoadError("It is a binary file, not text: save the article as .txt, .md or .html.")
