"""A question as the lexical index reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.lexical.bm25 import SATURATION, idf
from rag.types import Span


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a question, at its first occurrence.

    `variants` are the terms that match it: its stem in each of the archive's languages, of a German compound the stems
    of its parts, and forms that have lost a letter. Of a name that the archive spells in other ways, too, `sounds` are
    its sounds, which all its spellings share, and the variants that are no spelling of it: then these are searched.
    `idf` is that of the term in most passages; `is_spelled` says whether a passage has a variant.
    """

    span: Span
    variants: tuple[str, ...]
    idf: float
    sounds: tuple[str, ...] = ()
    is_spelled: bool = True


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """The words of a question that are searched, each once, in an archive of `passages` passages.

    Stop words are among them only if there are no others.
    """

    words: tuple[QueryWord, ...]
    passages: int

    @property
    def max_idf(self) -> float:
        """The idf of a word in no passage."""
        return idf(0, self.passages)

    @property
    def unknown(self) -> float:
        """The share of the words that no passage spells like the question, in [0, 1]; 0 without words."""
        return sum(not word.is_spelled for word in self.words) / len(self.words) if self.words else 0.0

    @property
    def spelled(self) -> LexicalQuery:
        """The same words without the sounds of names."""
        return replace(self, words=tuple(replace(word, sounds=()) for word in self.words))

    @property
    def best_possible(self) -> float:
        """About the BM25 score of a passage with every word many times.

        A passage with several variants of a word, a compound and its parts, can score more.
        """
        return SATURATION * sum(word.idf for word in self.words)


@dataclass(frozen=True, slots=True)
class Match:
    """A word of a text that matches a question: its span, and the term that both share."""

    start: int
    end: int
    term: str
