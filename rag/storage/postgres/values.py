"""How values of Python go into PostgreSQL and come back: as into SQLite."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
from psycopg.types.string import StrBinaryDumper, StrDumper, TextBinaryLoader

# PostgreSQL stores every character but the one with the number 0: in its place stands one that means nothing
_ZERO, _STAND_IN = "\0", "\ufdd0"


class TextDumper(StrDumper):
    """A text of which all characters come back."""

    def dump(self, obj: str) -> bytes:
        """Return the bytes that are sent.

        Raises:
            psycopg.DataError: the text has the character that stands for another one.
        """
        return _sent(obj)


class BinaryTextDumper(StrBinaryDumper):
    """The same for a text in an array that is sent as binary."""

    def dump(self, obj: str) -> bytes:
        """Return the bytes that are sent.

        Raises:
            psycopg.DataError: the text has the character that stands for another one.
        """
        return _sent(obj)


def _sent(text: str) -> bytes:
    if _STAND_IN in text:
        raise psycopg.DataError("a text has the character U+FDD0, which stands for another one here")
    return text.replace(_ZERO, _STAND_IN).encode()


class TextLoader(TextBinaryLoader):
    """A text as it was stored."""

    def load(self, data: Buffer) -> str:
        """Return the text of the bytes that were received."""
        return bytes(data).decode().replace(_STAND_IN, _ZERO)


def adapt_values(connection: psycopg.Connection[Any]) -> None:
    """Send and receive values on a connection in this way."""
    # the last is that of values outside of arrays; numbers are of one width, so that a statement is prepared once
    for dumper in (BinaryTextDumper, TextDumper):
        connection.adapters.register_dumper(str, dumper)
    for number_dumper in (Int8BinaryDumper, Int8Dumper):
        connection.adapters.register_dumper(int, number_dumper)
    connection.adapters.register_loader("text", TextLoader)
