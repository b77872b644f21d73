"""The lines of a large text file, one at a time in memory."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from charset_normalizer import from_bytes

from rag.errors import LoadError
from rag.loading.common.encodings import decode

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

MAX_LINE = 20_000_000
"""The longest line, in bytes; a row is one article, so the limit is that of an article."""
MAX_WHOLE = 100_000_000
"""The largest text that is read at once, in bytes, if it cannot be read line by line."""
_SAMPLE_BYTES = 200_000
_WIDE_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Takes the place of a line that cannot be read."""

    reason: str


def text_lines(file: BinaryIO) -> Iterator[str | Unreadable]:
    """Yield the lines with their ends, one at a time in memory.

    Raises:
        LoadError: the file is not text.
    """
    head = file.read(_SAMPLE_BYTES)
    if b"\0" in head or head.startswith(_WIDE_BYTE_ORDER_MARKS) or (b"\r" in head and b"\n" not in head):
        # characters have several bytes, or lines end in carriage returns
        yield from io.StringIO(decode(read_whole(file, head)), newline=None)
        return
    encoding = _encoding(head)
    for raw in _raw_lines(io.BufferedReader(_Joined(head.removeprefix(codecs.BOM_UTF8), file))):
        try:
            yield _TOO_LONG if raw is None else raw.decode(encoding)
        except UnicodeDecodeError:
            yield _decode_alone(raw or b"")


def read_whole(file: BinaryIO, head: bytes = b"") -> bytes:
    """Return the head and the rest of the file.

    Raises:
        LoadError: it is too large to be read at once.
    """
    raw = head + file.read(MAX_WHOLE + 1 - len(head))
    if len(raw) > MAX_WHOLE:
        raise LoadError(
            f"It has more than {MAX_WHOLE // 10**6} MB, too much to read at once: save it as .jsonl in UTF-8."
        )
    return raw


class _Joined(io.RawIOBase):
    """A file whose head has already been read, as a stream from its start."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = head
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        piece = self._head[: len(view)] or self._file.read(len(view))
        self._head = self._head[len(piece) :]
        view[: len(piece)] = piece
        return len(piece)


def _raw_lines(file: io.BufferedReader) -> Iterator[bytes | None]:
    """Lines of bytes; None takes the place of a line that is too long."""
    while line := file.readline(MAX_LINE + 1):
        if len(line) <= MAX_LINE:
            yield line
            continue
        yield None
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE)


def _encoding(head: bytes) -> str:
    """UTF-8, or the likeliest encoding of the head if it is not UTF-8."""
    try:
        # the head may end in the middle of a character
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        best = from_bytes(head[: head.rfind(b"\n") + 1] or head).best()
        return best.encoding if best else "utf-8"
    return "utf-8"


def _decode_alone(raw: bytes) -> str | Unreadable:
    """A line in another encoding than the others."""
    try:
        return decode(raw)
    except LoadError:
        return Unreadable("it is not text in any known encoding")


_TOO_LONG = Unreadable(f"it has more than {MAX_LINE // 10**6} MB")
