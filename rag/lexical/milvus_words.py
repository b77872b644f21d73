"""The words of passages in Milvus: inner products of sparse vectors in place of an index of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from embeddings.indexes.milvus_rows import MAX_LIMIT, ROWS, key_condition, portions
from embeddings.indexes.milvus_sparse import SparseRows
from embeddings.indexes.topk import are_among
from rag.lexical.bm25 import idf
from rag.lexical.vocabulary import Bucket, Vocabulary
from rag.lexical.word_rows import SOUNDS, TERMS, WORDS, WordFacts, bucket_key, buckets_of, term_hash
from rag.lexical.words import DECIMALS, Ids
from rag.text.sounds import is_sound

# results fetched beyond the k best, for equal scores
_EXTRA_HITS = 16
# up to so many allowed keys are part of the request; of more, results are filtered
_MAX_REQUESTED_KEYS = 4_096
_LAST_KEY = (1 << 63) - 1
_NO_KEYS = np.empty(0, np.int64)

Term = tuple[str, str]
"""What it is (`TERMS`, `SOUNDS` or `WORDS`), and its text."""


def as_term(term: str) -> Term:
    """Return a term, which may be a sound, with what it is."""
    return SOUNDS if is_sound(term) else TERMS, term


class MilvusWords:
    """The words of a collection as its facts describe them; see `rag.lexical.words.WordSearch`.

    What is asked about a term is asked of the server once. Whoever asks about many asks about all at once first.
    """

    def __init__(self, rows: SparseRows, facts: WordFacts) -> None:
        self._rows = rows
        self._facts = facts
        self.vocabulary = Vocabulary(facts.buckets, self._fetch)

    def __len__(self) -> int:
        return self._facts.passages

    def prepare(self, terms: Iterable[str] = (), words: Iterable[str] = ()) -> None:
        """See `rag.lexical.words.WordSearch.prepare`."""
        self.look_up([*map(as_term, terms), *((WORDS, word) for word in words)])

    def look_up(self, terms: Iterable[Term]) -> None:
        """Ask about terms that have not been asked about, all at once."""
        self.vocabulary.load(term_hash(*term) for term in terms)

    def has_looked_up(self, term: Term) -> bool:
        """Whether a term has been asked about."""
        return self.vocabulary.is_loaded(term_hash(*term))

    def passages_with_term(self, term: str) -> int:
        """Return the number of passages with a term, which may be a sound."""
        return self.vocabulary.find(term_hash(*as_term(term)))[1]

    def passages_with_word(self, word: str) -> int:
        """Return the number of passages with a folded word."""
        return self.vocabulary.find(term_hash(WORDS, word))[1]

    def best(self, terms: Sequence[str], k: int, allowed: Ids | None, outdated: Ids) -> list[tuple[int, float]]:
        """See `rag.lexical.words.WordSearch.best`."""
        weights = self._weights(terms)
        if not weights or k <= 0 or (allowed is not None and not len(allowed)):
            return []
        limit = k + _EXTRA_HITS
        if allowed is None:
            return self._best(weights, k, limit + len(outdated), outdated=outdated)[0]
        allowed = np.setdiff1d(allowed, outdated)
        if len(allowed) > _MAX_REQUESTED_KEYS:
            # among this many, k are allowed if the allowed keys are spread evenly
            limit_of_all = limit * len(self) // len(allowed) + _EXTRA_HITS
            if limit_of_all <= MAX_LIMIT:
                best, is_complete = self._best(weights, k, limit_of_all, allowed=allowed)
                if is_complete:
                    return best
        scored = [self._best(weights, k, limit, key_condition(keys))[0] for keys in portions(allowed)]
        return _ordered([hit for best in scored for hit in best], k)

    def containing(self, phrase: Sequence[str]) -> Ids:
        """See `rag.lexical.words.WordSearch.containing`."""
        hashes = [term_hash(WORDS, word) for word in phrase]
        self.vocabulary.load(hashes)
        entries = [self.vocabulary.find(word) for word in hashes]
        if not entries or not all(count for _, count in entries):
            return _NO_KEYS
        dimensions = [dimension for dimension, _ in entries]
        # no more have all words, unless another program has just added some
        limit = min(count for _, count in entries) + _EXTRA_HITS
        return np.array(sorted(self._with_phrase(dimensions, limit, 0, _LAST_KEY)), np.int64)

    def _fetch(self, numbers: list[int]) -> Mapping[int, Bucket]:
        keys = [bucket_key(number) for number in numbers]
        starts = range(0, len(keys), ROWS)
        return buckets_of(
            row for start in starts for row in self._rows.rows_of(keys[start : start + ROWS], ["terms", "counts"])
        )

    def _weights(self, terms: Sequence[str]) -> dict[int, float]:
        """Return the vector of a question with these terms."""
        hashes = [term_hash(*as_term(term)) for term in terms]
        self.vocabulary.load(hashes)
        counts = dict(map(self.vocabulary.find, hashes))
        return {dimension: idf(count, len(self)) for dimension, count in counts.items() if count}

    def _best(
        self,
        weights: Mapping[int, float],
        k: int,
        limit: int,
        condition: str = "",
        *,
        allowed: Ids | None = None,
        outdated: Ids = _NO_KEYS,
    ) -> tuple[list[tuple[int, float]], bool]:
        """Return the k best, and whether no other could be among them: of equal scores there may be too many.

        Args:
            limit: how many are fetched first.
            condition: on the rows that are searched.
            allowed: the keys that may be among the best, None for all.
            outdated: the keys that may not.
        """
        while True:
            limit = min(limit, MAX_LIMIT)
            hits = self._rows.find(weights, limit, condition)
            keys = np.array([hit["key"] for hit in hits], np.int64)
            passes = ~are_among(keys, outdated)
            if allowed is not None:
                passes &= are_among(keys, allowed)
            scores = [round(hit["distance"], DECIMALS) for hit in hits]
            best = _ordered([(int(keys[row]), scores[row]) for row in np.flatnonzero(passes).tolist()], k)
            # passages with the same score as the k-th may follow the fetched ones
            is_complete = len(hits) < limit or (len(best) == k and best[-1][1] > scores[-1])
            if is_complete or limit == MAX_LIMIT:
                return best, is_complete
            limit *= 4

    def _with_phrase(self, dimensions: Sequence[int], limit: int, first: int, last: int) -> list[int]:
        """Return the keys, between two, of all passages in which the words of these dimensions are consecutive."""
        distinct = dict.fromkeys(dimensions, 1.0)
        fields = ["words"] if len(dimensions) > 1 else []
        condition = f"key >= {first} and key <= {last}"
        hits = self._rows.find(distinct, min(limit, MAX_LIMIT), condition, fields)
        # those with all words come before those with some
        hits = [hit for hit in hits if hit["distance"] > len(distinct) - 0.5]
        if len(hits) == MAX_LIMIT:
            middle = (first + last) // 2
            halves = ((first, middle), (middle + 1, last))
            return [key for half in halves for key in self._with_phrase(dimensions, limit, *half)]
        return [hit["key"] for hit in hits if not fields or _has_phrase(hit["entity"]["words"], dimensions)]


def _ordered(scored: list[tuple[int, float]], k: int) -> list[tuple[int, float]]:
    return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:k]


def _has_phrase(words: Sequence[int], phrase: Sequence[int]) -> bool:
    starts = (number for number, word in enumerate(words) if word == phrase[0])
    return any(list(words[start : start + len(phrase)]) == list(phrase) for start in starts)
