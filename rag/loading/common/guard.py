"""Turns whatever a library raises while reading into one LoadError, so that it costs only the part being read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from rag.errors import LoadError, Shortage, TooManyOpenFiles, shortage

A = TypeVar("A")
R = TypeVar("R")

INTERRUPTIONS = (KeyboardInterrupt, GeneratorExit, Shortage)
"""Exceptions that are no fault of a file: the user, the caller or the computer stops the reading."""
_HINT = "save the article in another format."


def load_error(error: BaseException) -> LoadError:
    """Return a LoadError that says why nothing could be read, whatever was raised.

    Raises:
        TooManyOpenFiles: that is why.
    """
    if isinstance(error, LoadError):
        return error
    if isinstance(lack := shortage(error), TooManyOpenFiles):
        raise lack from error
    if isinstance(error, MemoryError):
        return LoadError(f"It needs too much memory to read: {_HINT}")
    cause = " ".join(f"{type(error).__name__}: {str(error)[:200]}".split())
    return LoadError(f"It cannot be read ({cause}): {_HINT}")


def result_or_error(function: Callable[[A], R], argument: A) -> R | LoadError:
    """Return the result of a function for an argument, or the LoadError that says why there is none.

    Raises:
        MemoryError: memory ran out; the caller can release some.
        TooManyOpenFiles: no further file can be opened.
    """
    try:
        return function(argument)
    except (*INTERRUPTIONS, MemoryError):
        raise
    except BaseException as error:
        # a library that exits, or one written in another language, may raise something other than Exception
        return load_error(error)
