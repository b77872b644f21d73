"""German compounds, split by how often an archive writes their parts alone."""

from __future__ import annotations

import math
from collections.abc import Callable

_SHORTEST_PART = 4
_LEAST_PASSAGES = 3
_LINKS = ("", "s", "es", "n", "en", "er", "e")


def compound_parts(word: str, frequency: Callable[[str], int]) -> tuple[str, ...]:
    """Return the two parts of a German compound, or nothing for a word that is none.

    A word is split where the geometric mean of its parts' frequencies is greatest, and greater than the frequency
    of the whole (Koehn and Knight, 2003: Empirical Methods for Compound Splitting). A linking element, the s of
    Bahnhofsplatz, belongs to no part.

    Args:
        word: as it is written, in lower case: folded first, Steuerreform would lose the e of its Steuer.
        frequency: in how many passages a word stands.
    """
    if len(word) < 2 * _SHORTEST_PART or not word.isalpha():
        return ()
    best = float(frequency(word))
    parts: tuple[str, ...] = ()
    for place in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        right = frequency(word[place:])
        if right < _LEAST_PASSAGES:
            continue
        for link in _LINKS:
            left = word[:place].removesuffix(link)
            if len(left) < _SHORTEST_PART or len(left) + len(link) != place:
                continue
            seen = frequency(left)
            if seen >= _LEAST_PASSAGES and math.sqrt(seen * right) > best:
                best, parts = math.sqrt(seen * right), (left, word[place:])
    return parts
