"""The terms of all passages on a server: of each, how many passages have it, and which dimension of vectors is its own.

Terms are in buckets, by their hashes, and a bucket is a row on the server. The place of a term in its bucket is part
of its dimension, so that two terms never share one. In place of a term stands a hash of 64 bits: of five million terms,
two have the same with a probability of one in a million.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import count

import xxhash

# terms of a bucket when it is made, at most, on average, and ever: a few more come with each new passage
_TERMS_EACH, _SLOTS = 32, 128
# bits of a hash that say which bucket; the others distinguish its terms, and are a number in JSON
_BITS_OF_BUCKET = 11
_FIRST_DIMENSION = 1


class VocabularyFull(Exception):
    """A bucket has no place for another term: the vocabulary has to be made again, with more buckets."""


@dataclass(slots=True)
class Bucket:
    """Some terms by their hashes, and the number of passages with each."""

    terms: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Slot:
    """A bucket, and a place in it."""

    bucket: int
    number: int

    @property
    def dimension(self) -> int:
        """The dimension of the term in this place."""
        return _FIRST_DIMENSION + self.bucket * _SLOTS + self.number

    @classmethod
    def at(cls, dimension: int) -> Slot:
        """Return the place of the term that has a dimension."""
        return cls(*divmod(dimension - _FIRST_DIMENSION, _SLOTS))


def hash_of(kind: str, text: str) -> int:
    """Return what stands for a term, a sound or a word, as `kind` says."""
    return xxhash.xxh3_64_intdigest(f"{kind} {text}".encode("utf-8", "surrogatepass"))


class Vocabulary:
    """The buckets that are needed, of which each is read once. A bucket that is new is empty."""

    def __init__(self, size: int, fetch: Callable[[list[int]], Mapping[int, Bucket]]) -> None:
        """Open a vocabulary of `size` buckets, which `fetch` reads by their numbers."""
        self.size = size
        self._fetch = fetch
        self._buckets: dict[int, Bucket] = {}
        # the buckets that differ from what was read
        self._modified: set[int] = set()

    @classmethod
    def of_counts(cls, counts: Mapping[int, int]) -> Vocabulary:
        """Make a vocabulary of terms, each with the number of passages with it."""
        size = next(size for size in (2**power for power in count()) if size * _TERMS_EACH >= len(counts))
        vocabulary = cls(size, lambda numbers: {number: Bucket() for number in numbers})
        for term, frequency in counts.items():
            vocabulary.add(vocabulary.dimension(term), frequency)
        return vocabulary

    def load(self, terms: Iterable[int]) -> None:
        """Read the buckets of terms that have not been read."""
        self._load({term % self.size for term in terms})

    def load_dimensions(self, dimensions: Iterable[int]) -> None:
        """Read the buckets of dimensions that have not been read."""
        self._load({Slot.at(dimension).bucket for dimension in dimensions})

    def _load(self, numbers: Set[int]) -> None:
        missing = numbers - self._buckets.keys()
        if missing:
            fetched = self._fetch(sorted(missing))
            self._buckets.update((number, fetched.get(number) or Bucket()) for number in missing)

    def is_loaded(self, term: int) -> bool:
        """Whether the bucket of a term has been read."""
        return term % self.size in self._buckets

    def find(self, term: int) -> tuple[int, int]:
        """Return the dimension of a term and the number of passages with it; 0 and 0 where there is none."""
        bucket = self._bucket(term % self.size)
        try:
            number = bucket.terms.index(term >> _BITS_OF_BUCKET)
        except ValueError:
            return 0, 0
        return Slot(term % self.size, number).dimension, bucket.counts[number]

    def dimension(self, term: int) -> int:
        """Return the dimension of a term, which gets one if it has none.

        Raises:
            VocabularyFull: there is no place for it.
        """
        dimension, _ = self.find(term)
        if dimension:
            return dimension
        number = term % self.size
        bucket = self._bucket(number)
        if len(bucket.terms) == _SLOTS:
            raise VocabularyFull
        bucket.terms.append(term >> _BITS_OF_BUCKET)
        bucket.counts.append(0)
        self._modified.add(number)
        return Slot(number, len(bucket.terms) - 1).dimension

    def add(self, dimension: int, passages: int) -> None:
        """Count more passages with the term of a dimension, or fewer."""
        slot = Slot.at(dimension)
        self._bucket(slot.bucket).counts[slot.number] += passages
        self._modified.add(slot.bucket)

    def changes(self) -> Iterator[tuple[int, Bucket]]:
        """Yield the buckets to write, with their numbers."""
        for number in sorted(self._modified):
            yield number, self._buckets[number]

    def _bucket(self, number: int) -> Bucket:
        if number not in self._buckets:
            self._load({number})
        return self._buckets[number]
