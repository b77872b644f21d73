"""What is written to a server for each passage, so that inner products of sparse vectors are scores of BM25.

The vector of a passage has, in the dimension of each of its terms, what the term adds to the score, as a multiple of
its idf; the vector of a question has the idf. In the dimensions of its words it has a 1, by which the passages with all
words of a phrase are told from others; the words in their order tell which of these have the phrase.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from embeddings.indexes.milvus_sparse import UNUSED
from rag.lexical.bm25 import term_weight
from rag.lexical.vocabulary import Bucket, Vocabulary, hash_of
from rag.lexical.words import Entry
from rag.types.archive_state import State

LAYOUT = 1
"""Incremented whenever the same entries are written in another way."""
TERMS, SOUNDS, WORDS = "terms", "sounds", "words"
# keys below those of passages: that of facts is -1
_FIRST_BUCKET = -2
_CACHED_TERMS = 1 << 18

term_hash = lru_cache(_CACHED_TERMS)(hash_of)


@dataclass(frozen=True, slots=True)
class Lengths:
    """Numbers of terms and of sounds: of a passage, of all passages, or on average."""

    terms: float
    sounds: float

    def __add__(self, lengths: Lengths) -> Lengths:
        return Lengths(self.terms + lengths.terms, self.sounds + lengths.sounds)

    def __sub__(self, lengths: Lengths) -> Lengths:
        return Lengths(self.terms - lengths.terms, self.sounds - lengths.sounds)

    def average(self, passages: int) -> Lengths:
        """Return the average of so many passages; where there are no terms, no score depends on it."""
        return Lengths(self.terms / max(passages, 1) or 1.0, self.sounds / max(passages, 1) or 1.0)

    def differs(self, average: Lengths, share: float) -> bool:
        """Whether it is farther from another than a share of it."""
        pairs = ((self.terms, average.terms), (self.sounds, average.sounds))
        return any(abs(ours - theirs) > share * theirs for ours, theirs in pairs)


@dataclass(frozen=True, slots=True)
class WordFacts:
    """What is noted of the words on a server.

    Attributes:
        owner: the archive.
        version: of the rules of analysis, and of the way in which rows are written.
        state: that of the archive.
        decided: the number of passages by whose words compounds were split.
        languages: the primary subtags of the passages, the most frequent first.
        passages: their number.
        lengths: of all passages together.
        averages: those by which the rows were written.
        buckets: the size of the vocabulary.
        is_complete: whether all was written; else somebody is at it, or was interrupted.
    """

    owner: str
    version: tuple[int, int]
    state: State
    decided: int
    languages: tuple[str, ...]
    passages: int
    lengths: Lengths
    averages: Lengths
    buckets: int
    is_complete: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return values of JSON."""
        return {**asdict(self), "state": str(self.state)}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> WordFacts:
        """Return the facts that `to_json` made values of JSON.

        Raises:
            KeyError, TypeError, ValueError: these are not facts of words.
        """
        major, minor = facts["version"]
        return cls(
            **{
                **facts,
                "version": (int(major), int(minor)),
                "state": State.parse(facts["state"]),
                "languages": tuple(facts["languages"]),
                "lengths": Lengths(**facts["lengths"]),
                "averages": Lengths(**facts["averages"]),
            }
        )


@dataclass(frozen=True, slots=True)
class HashedEntry:
    """A passage in the index, with hashes in place of its terms: how often it has each term and sound."""

    key: int
    terms: Counter[int]
    sounds: Counter[int]
    words: tuple[int, ...]

    @classmethod
    def from_entry(cls, entry: Entry) -> HashedEntry:
        """Return the hashes of an entry."""
        return cls(
            entry.key,
            Counter(term_hash(TERMS, term) for term in entry.terms),
            Counter(term_hash(SOUNDS, sound) for sound in entry.sounds),
            tuple(term_hash(WORDS, word) for word in entry.words),
        )

    @property
    def all(self) -> set[int]:
        """All its terms, sounds and words, each once."""
        return {*self.terms, *self.sounds, *self.words}

    @property
    def lengths(self) -> Lengths:
        """The numbers of its terms and sounds."""
        return Lengths(self.terms.total(), self.sounds.total())

    def row(self, vocabulary: Vocabulary, averages: Lengths) -> dict[str, Any]:
        """Return the row of the passage.

        Raises:
            VocabularyFull: there is no place for a new term.
        """
        # each has a dimension, by which the passage is counted when it goes
        vector = {UNUSED: 1.0}
        for counts, average in ((self.terms, averages.terms), (self.sounds, averages.sounds)):
            length = counts.total()
            vector |= {vocabulary.dimension(term): term_weight(n, length, average) for term, n in counts.items()}
        words = [vocabulary.dimension(word) for word in self.words]
        vector |= dict.fromkeys(words, 1.0)
        return {"key": self.key, "vector": vector, "words": words, "lengths": asdict(self.lengths)}


def lengths_of(row: Mapping[str, Any]) -> Lengths:
    """Return the lengths that a row notes."""
    return Lengths(**row["lengths"])


def dimensions_of(row: Mapping[str, Any]) -> set[int]:
    """Return the dimensions of the terms, sounds and words of a row."""
    return set(map(int, row["vector"])) - {UNUSED}


def bucket_row(number: int, bucket: Bucket) -> dict[str, Any]:
    """Return the row of a bucket."""
    return {"key": bucket_key(number), "vector": {UNUSED: 1.0}, "terms": bucket.terms, "counts": bucket.counts}


def bucket_key(number: int) -> int:
    """Return the key of the row of a bucket."""
    return _FIRST_BUCKET - number


def buckets_of(rows: Iterable[Mapping[str, Any]]) -> dict[int, Bucket]:
    """Return the buckets of rows by their numbers."""
    return {_FIRST_BUCKET - row["key"]: Bucket(list(row["terms"]), list(row["counts"])) for row in rows}
