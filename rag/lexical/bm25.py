"""BM25 as Lucene and Tantivy compute it (Robertson and Zaragoza, 2009)."""

from __future__ import annotations

import math

_K1, _B = 1.2, 0.75
SATURATION = _K1 + 1
"""However often a term occurs in a passage, it counts less than this many times its idf."""
# longer passages have a length of four binary digits beyond this one
_EXACT_LENGTH = 24


def idf(frequency: int, passages: int) -> float:
    """Return the idf of a word in `frequency` of all `passages`."""
    return math.log(1 + (max(passages - frequency, 0) + 0.5) / (frequency + 0.5))


def term_weight(count: int, length: int, average: float) -> float:
    """Return how many times its idf a term adds to the score of a passage.

    Args:
        count: how often it occurs there.
        length: the number of terms of the passage.
        average: that of all passages.
    """
    return count * SATURATION / (count + _K1 * (1 - _B + _B * stored_length(length) / average))


def stored_length(length: int) -> int:
    """Return the length that an index keeps in one byte.

    >>> [stored_length(length) for length in (24, 40, 41, 100)]
    [24, 40, 40, 96]
    """
    beyond = length - _EXACT_LENGTH
    shift = max(0, beyond.bit_length() - 4) if beyond > 0 else 0
    return _EXACT_LENGTH + (beyond >> shift << shift) if beyond > 0 else length
