"""A question as the index of words reads it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rag.types import Span

# BM25 with the constants of Lucene and Tantivy, k1 = 1.2 and b = .75: however often a term stands in a passage, it
# counts less than k1 + 1 times its idf
SATURATION = 2.2


def idf(frequency: int, passages: int) -> float:
    """Return how much a word tells that `frequency` of all `passages` hold (BM25; Robertson and Zaragoza, 2009)."""
    return math.log(1 + (max(passages - frequency, 0) + 0.5) / (frequency + 0.5))


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a question, at the place where it stands first.

    `variants` are the terms by which a passage can hold it: its stem in each of the archive's languages, of a German
    compound the stems of its parts, and forms that have lost a letter. `idf` is that of the variant that most passages
    hold.
    """

    span: Span
    variants: tuple[str, ...]
    idf: float


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """The words of a question that are looked for, each once, in an archive of so many passages.

    Stop words are among them only if there are no others.
    """

    words: tuple[QueryWord, ...]
    passages: int

    @property
    def max_idf(self) -> float:
        """The idf of a word that no passage holds."""
        return idf(0, self.passages)

    @property
    def unknown(self) -> float:
        """The share of the words that no passage holds, in [0, 1]; 0 without words."""
        return sum(word.idf == self.max_idf for word in self.words) / len(self.words) if self.words else 0.0

    @property
    def best_possible(self) -> float:
        """About the BM25 score of a passage that holds every word often.

        A passage can score more by holding a word in several variants, a compound and its parts.
        """
        return SATURATION * sum(word.idf for word in self.words)


@dataclass(frozen=True, slots=True)
class Match:
    """A word of a text that a question asks for: where it stands, and which of the question's terms it holds."""

    start: int
    end: int
    term: str
