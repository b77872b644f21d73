"""The memory of a server."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8  # of malloc.h
_HEAPS = 2


def limit_heaps() -> None:
    """Let all threads of this process take memory from two heaps, where the C library is glibc.

    By default it makes a heap for each of up to eight threads per core, and gaps in one are of no use to the threads
    of another: a server whose threads come and go grows for hours.
    """
    try:
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)
    except (AttributeError, OSError, TypeError):
        return  # another C library, which has no such heaps
