"""The arguments of `Archive.index`, `forget` and `fetch`: paths and addresses, single or in lists, checked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rag.errors import NotFound

StrPath = str | os.PathLike[str]


def to_paths(arguments: Iterable[StrPath | Iterable[StrPath]]) -> list[Path]:
    """Return the paths among the arguments and in their lists.

    Raises:
        TypeError: a path is neither a string nor a Path.
        NotFound: there is no path.
    """
    paths = [Path(path) for path in _flatten(arguments, (str, os.PathLike), "A path must be a string or a Path")]
    if not paths:
        raise NotFound("No path was given: name at least one file or folder.")
    return paths


def to_addresses(arguments: Iterable[str | Iterable[str]]) -> list[str]:
    """Return the addresses among the arguments and in their lists.

    Raises:
        TypeError: an address is not a string.
    """
    return list(_flatten(arguments, (str,), "An address must be a string"))


def _flatten(arguments: Iterable[Any], types: tuple[type, ...], rule: str) -> Iterator[Any]:
    """Yield the arguments, and the elements of those that are lists, if they have one of the types."""
    for argument in arguments:
        is_list = isinstance(argument, Iterable) and not isinstance(argument, types)
        for value in argument if is_list else (argument,):
            if not isinstance(value, types):
                raise TypeError(f"{rule}, not {type(value).__name__}.")
            yield value
