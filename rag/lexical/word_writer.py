"""Passages → rows on a server, with the vocabulary that they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from embeddings.indexes.milvus_rows import ROWS
from embeddings.indexes.milvus_sparse import SparseRows
from rag.lexical.vocabulary import Vocabulary
from rag.lexical.word_rows import HashedEntry, Lengths, bucket_row, dimensions_of, lengths_of
from rag.lexical.words import Entry, Ids


class WordWriter:
    """Removes and adds passages, and counts them and their terms; `finish` writes the vocabulary.

    Attributes:
        passages: their number as it is then.
        lengths: those of all passages together.
    """

    def __init__(
        self, rows: SparseRows, vocabulary: Vocabulary, averages: Lengths, passages: int, lengths: Lengths
    ) -> None:
        self._rows = rows
        self._vocabulary = vocabulary
        self._averages = averages
        # those in the vocabulary stay as they are until the end: by them it is decided which compounds are split
        self._counts: Counter[int] = Counter()
        self.passages, self.lengths = passages, lengths

    def remove(self, keys: Ids) -> None:
        """Remove those passages that are there."""
        for start in range(0, len(keys), ROWS):
            rows = self._rows.rows_of(keys[start : start + ROWS].tolist(), ["vector", "lengths"])
            for row in rows:
                self._counts.subtract(dimensions_of(row))
                self.passages -= 1
                self.lengths -= lengths_of(row)
        self._rows.delete(keys)

    def add(self, entries: Iterable[Entry]) -> None:
        """Add passages that are not there.

        Raises:
            VocabularyFull: there are too many new terms.
        """
        hashes = [HashedEntry.from_entry(entry) for entry in entries]
        self._vocabulary.load(term for entry in hashes for term in entry.all)
        self._rows.write(self._rows_of(hashes))

    def finish(self) -> None:
        """Write the vocabulary."""
        self._vocabulary.load_dimensions(self._counts)
        for dimension, count in self._counts.items():
            if count:
                self._vocabulary.add(dimension, count)
        self._counts.clear()
        self._rows.write(bucket_row(number, bucket) for number, bucket in self._vocabulary.changes())
        self._rows.settle()

    def _rows_of(self, entries: Iterable[HashedEntry]) -> Iterator[dict[str, Any]]:
        for entry in entries:
            row = entry.row(self._vocabulary, self._averages)
            self._counts.update(dimensions_of(row))
            self.passages += 1
            self.lengths += entry.lengths
            yield row
