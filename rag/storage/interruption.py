"""Ctrl-C while SQLite calls a function of Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

# what sqlite3 makes of an exception in such a function, whatever it was
_MESSAGE = "user-defined function raised exception"


@contextmanager
def reraise_interruption() -> Iterator[None]:
    """Raise the KeyboardInterrupt that sqlite3 turns into an error of SQL.

    The functions that SQL may call take any bytes and raise nothing themselves: Ctrl-C is all that can come in between.

    Raises:
        KeyboardInterrupt: Ctrl-C came while SQLite called a function of Python.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if str(error) == _MESSAGE:
            raise KeyboardInterrupt from error
        raise
