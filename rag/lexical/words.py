"""The words of passages as they are searched, wherever they are: in the archive's folder or on a server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

DECIMALS = 4
"""Decimals of a score: both indexes compute in 32 bits, and with more decimals equal passages would differ."""


class Entry(NamedTuple):
    """A passage in the index."""

    key: int
    terms: Sequence[str]
    sounds: Sequence[str]
    words: Sequence[str]


class WordSearch(Protocol):
    """The words of passages by key: terms and sounds, ranked by BM25, and words with their order, for phrases.

    Safe to use from several threads. On a server, each method raises IndexUnavailable where it does not answer, and
    IndexDamaged where the words were made again.
    """

    def __len__(self) -> int:
        """Return the number of passages."""

    def prepare(self, terms: Iterable[str] = (), words: Iterable[str] = ()) -> None:
        """Look up terms and words that will be asked about, which on a server takes one request, not one for each."""

    def passages_with_term(self, term: str) -> int:
        """Return the number of passages with a term, which may be a sound."""

    def passages_with_word(self, word: str) -> int:
        """Return the number of passages with a folded word."""

    def best(self, terms: Sequence[str], k: int, allowed: Ids | None, outdated: Ids) -> list[tuple[int, float]]:
        """Return the keys and BM25 scores of the k best passages with any of the terms, best first.

        Equal scores are in the order of the keys.

        Args:
            allowed: the only keys that are searched; None for all.
            outdated: keys that are left out.
        """

    def containing(self, phrase: Sequence[str]) -> Ids:
        """Return the keys of all passages in which these words are consecutive, ascending."""
