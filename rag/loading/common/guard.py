"""Whatever a library raises while it reads: it costs the part of the file at hand, and a sentence says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from rag.errors import LoadError

A = TypeVar("A")
R = TypeVar("R")

INTERRUPTIONS = (KeyboardInterrupt, GeneratorExit)
"""What is no fault of a file: somebody wants to stop."""
_INSTEAD = "save the article in another format."


def load_error(error: BaseException) -> LoadError:
    """Return the error that says why nothing could be read, whatever was raised."""
    if isinstance(error, LoadError):
        return error
    if isinstance(error, MemoryError):
        return LoadError(f"It needs too much memory to read: {_INSTEAD}")
    why = " ".join(f"{type(error).__name__}: {str(error)[:200]}".split())
    return LoadError(f"It cannot be read ({why}): {_INSTEAD}")


def result_or_error(function: Callable[[A], R], argument: A) -> R | LoadError:
    """Return what a function makes of an argument, or the LoadError that says why it makes nothing of it.

    Raises:
        MemoryError: memory ran out, which is for whoever can give it back.
    """
    try:
        return function(argument)
    except (*INTERRUPTIONS, MemoryError):
        raise
    except BaseException as error:
        # a library that wants to exit, or one written in another language, raises what is no Exception
        return load_error(error)
