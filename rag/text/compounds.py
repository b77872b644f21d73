"""German compounds, split by the frequencies of their parts in an archive."""

from __future__ import annotations

import math
from collections.abc import Callable

# letters of a part, at least, and passages that have it as a word, at least
_MIN_PART_LENGTH = 4
_MIN_PASSAGES = 3
_LINKS = ("", "s", "es", "n", "en", "er", "e")


def compound_parts(word: str, frequency: Callable[[str], int]) -> tuple[str, ...]:
    """Return the two parts of a German compound, or nothing for any other word.

    A word is split where the geometric mean of its parts' frequencies is greatest, and greater than the frequency
    of the whole (Koehn and Knight, 2003: Empirical Methods for Compound Splitting). A linking element, the s of
    Bahnhofsplatz, belongs to no part.

    Args:
        word: as it is written, in lower case: folded first, Steuerreform would lose the e of its Steuer.
        frequency: returns the number of passages with a word.
    """
    if len(word) < 2 * _MIN_PART_LENGTH or not word.isalpha():
        return ()
    best = float(frequency(word))
    parts: tuple[str, ...] = ()
    for position in range(_MIN_PART_LENGTH, len(word) - _MIN_PART_LENGTH + 1):
        right = frequency(word[position:])
        if right < _MIN_PASSAGES:
            continue
        for link in _LINKS:
            stem = word[:position].removesuffix(link)
            if len(stem) < _MIN_PART_LENGTH or len(stem) + len(link) != position:
                continue
            frequency_of_stem = frequency(stem)
            mean = math.sqrt(frequency_of_stem * right)
            if frequency_of_stem >= _MIN_PASSAGES and mean > best:
                best, parts = mean, (stem, word[position:])
    return parts


def possible_parts(word: str) -> set[str]:
    """Return the words whose frequencies decide whether and where a word is split, apart from its own."""
    if len(word) < 2 * _MIN_PART_LENGTH or not word.isalpha():
        return set()
    positions = range(_MIN_PART_LENGTH, len(word) - _MIN_PART_LENGTH + 1)
    stems = {word[:position].removesuffix(link) for position in positions for link in _LINKS}
    return {word[position:] for position in positions} | {stem for stem in stems if len(stem) >= _MIN_PART_LENGTH}
