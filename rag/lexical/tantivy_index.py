"""An index of words in Tantivy: terms that are ranked by BM25, and words whose order is known, for phrases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from embeddings import permissions
from rag.lexical.manifest import IndexDamaged, check_files, deleted, links_to
from rag.lexical.query import idf

Ids = NDArray[np.int64]

_SCHEMA = (
    SchemaBuilder()
    .add_integer_field("key", indexed=True, fast=True)
    .add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    .add_text_field("words", tokenizer_name="whitespace", index_option="position")
    .build()
)
# one thread and much room make few segments, and a question reads every segment
_HEAP = 512 << 20
# Tantivy counts in 32 bits; more digits than these would make twins of equal passages differ by segment
_DIGITS = 4
# to look only at the keys that are allowed takes 1.5 µs a key, at 400,000 passages; else one looks past the others
_FEW_KEYS = 1000
_MOST_LOOKED_PAST = 4096
# up to here a query for each key takes half the time of Tantivy's query for a set
_VERY_FEW_KEYS = 300
_ROOM = 16


class Entry(NamedTuple):
    """A passage as the index holds it."""

    key: int
    terms: Sequence[str]
    words: Sequence[str]


class WordIndex:
    """The words of passages by key, in a folder. Searches see the last `write`, or `reload` if another process wrote.

    Safe to use from several threads, but one at a time may write.
    """

    def __init__(self, index: Index, folder: Path | None = None, *, linked: bool = False) -> None:
        self._index = index
        self._folder = folder
        self._linked = linked
        self._look()

    @classmethod
    def create(cls, folder: Path | None) -> WordIndex:
        """Make an empty index in an empty folder, or without one in memory.

        Raises:
            OSError: the folder cannot be written.
        """
        try:
            return cls(Index(_SCHEMA, path=str(folder)) if folder else Index(_SCHEMA), folder)
        except ValueError as error:
            raise OSError(str(error)) from error

    @classmethod
    def open(cls, folder: Path) -> WordIndex:
        """Open the index in a folder, which may be one that can only be read.

        Raises:
            IndexDamaged: files are missing, cut short or altered.
        """
        check_files(folder)
        try:
            return cls(Index.open(str(folder)), folder)
        except (ValueError, OSError):
            # Tantivy locks the folder by a file in it, to read too
            try:
                with links_to(folder) as linked:
                    return cls(Index.open(str(linked)), folder, linked=True)
            except (ValueError, OSError) as error:
                raise IndexDamaged(f"The index of words in {folder} cannot be read ({error}).") from error

    def reload(self) -> None:
        """See what another process wrote."""
        if self._linked and self._folder:
            with links_to(self._folder) as linked:
                self._index = Index.open(str(linked))
                self._look()
        else:
            self._look()

    def _look(self) -> None:
        self._index.config_reader("manual")
        self._index.reload()
        self._searcher = self._index.searcher()
        self._frequencies: dict[tuple[str, str], int] = {}
        # one in memory is filled once, and nothing of it deleted
        self._total, self._deleted = deleted(self._folder) if self._folder else (self._searcher.num_docs, 0)

    def __len__(self) -> int:
        return self._searcher.num_docs

    @property
    def deleted(self) -> float:
        """The share of passages that were deleted, and take room in the files until these are made anew."""
        return self._deleted / self._total if self._total else 0.0

    def passages_with_term(self, term: str) -> int:
        """Return the number of passages with a term."""
        return self._frequency("terms", term)

    def passages_with_word(self, word: str) -> int:
        """Return the number of passages with a folded word."""
        return self._frequency("words", word)

    def _frequency(self, field: str, term: str) -> int:
        """Return how many passages hold a term; Tantivy by itself counts those that were deleted, too."""
        frequency = self._searcher.doc_freq(field, term)
        if not frequency or not self._deleted:
            return frequency
        if (field, term) not in self._frequencies:
            query = Query.term_query(_SCHEMA, field, term, "basic")
            found = self._searcher.search(query, 1, count=True)
            self._frequencies[field, term] = found.count or 0  # type: ignore[attr-defined]  # the stubs lack it
        return self._frequencies[field, term]

    def write(self, outdated: Ids, entries: Iterable[Entry]) -> None:
        """Remove keys, then add entries: all of it, or nothing.

        Raises:
            OSError: the files cannot be written.
        """
        try:
            writer = self._index.writer(_HEAP, 1)
            for key in outdated.tolist() if len(self) else ():
                writer.delete_documents_by_term("key", key)
            for entry in entries:
                document = Document()
                document.add_integer("key", entry.key)
                document.add_text("terms", " ".join(entry.terms))
                document.add_text("words", " ".join(entry.words))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:
            # Tantivy's only kind of error
            raise OSError(str(error)) from error
        for path in self._folder.iterdir() if self._folder else ():
            permissions.restrict(path)
        self.reload()

    def best(self, terms: Sequence[str], k: int, allowed: Ids | None, hidden: Ids) -> list[tuple[int, float]]:
        """Return the keys and BM25 scores of the k best passages that hold any of the terms, best first.

        Equal scores are in the order of the keys. `allowed`, if given, and `hidden` say which keys can be found.
        """
        searcher = self._searcher
        if not terms or k <= 0 or (allowed is not None and not len(allowed)):
            return []
        chosen = None if allowed is None else np.sort(allowed)
        narrow = chosen is not None and len(chosen) <= _FEW_KEYS
        limit = k + _ROOM
        if chosen is not None and not narrow:
            # so many of the best are allowed, if those are spread evenly
            limit = min(_MOST_LOOKED_PAST, limit * searcher.num_docs // len(chosen) + _ROOM)
        while True:
            limit = max(1, min(limit, searcher.num_docs))
            query = self._any_of(terms, chosen if narrow else None)
            hits = searcher.search(query, limit, count=False).hits
            keys = np.array(searcher.fast_field_values("key", [address for _, address in hits]), np.int64)
            shown = ~_among(keys, hidden)
            if chosen is not None:
                shown &= _among(keys, chosen)
            found = [(int(keys[place]), round(hits[place][0], _DIGITS)) for place in np.flatnonzero(shown).tolist()]
            found.sort(key=lambda one: (-one[1], one[0]))
            # passages as good as the last one that is wanted may follow those that were looked at
            complete = len(found) >= k and found[k - 1][1] > round(hits[-1][0], _DIGITS)
            if complete or len(hits) < limit or limit >= searcher.num_docs:
                return found[:k]
            limit *= 4
            narrow = chosen is not None

    def containing(self, phrase: Sequence[str]) -> Ids:
        """Return the keys of all passages in which these words follow on each other, ascending."""
        searcher = self._searcher
        most = min((searcher.doc_freq("words", word) for word in phrase), default=0)
        if not most:
            return np.empty(0, np.int64)
        if len(phrase) > 1:
            query = Query.phrase_query(_SCHEMA, "words", list(phrase))
        else:
            query = Query.term_query(_SCHEMA, "words", phrase[0], "basic")
        hits = searcher.search(Query.const_score_query(query, 1.0), most, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return np.sort(np.array(keys, np.int64))

    def _any_of(self, terms: Sequence[str], keys: Ids | None) -> Query:
        queries = [self._weighed(term) for term in terms]
        any_of = Query.boolean_query([(Occur.Should, query) for query in queries])
        if keys is None:
            return any_of
        if len(keys) <= _VERY_FEW_KEYS:
            each = [Query.term_query(_SCHEMA, "key", key, "basic") for key in keys.tolist()]
            one_of = Query.boolean_query([(Occur.Should, query) for query in each])
        else:
            one_of = Query.term_set_query(_SCHEMA, "key", keys.tolist())
        return Query.boolean_query([(Occur.Must, any_of), (Occur.Must, Query.const_score_query(one_of, 0.0))])

    def _weighed(self, term: str) -> Query:
        """Return the query for a term that weighs it by the passages that are there, not by those deleted too."""
        query = Query.term_query(_SCHEMA, "terms", term, "freq")
        if not self._deleted:
            return query
        weight = idf(self.passages_with_term(term), len(self))
        return Query.boost_query(query, weight / idf(self._searcher.doc_freq("terms", term), self._total))


def _among(keys: Ids, ascending: Ids) -> NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(keys), np.bool_)
    places = np.minimum(np.searchsorted(ascending, keys), len(ascending) - 1)
    found: NDArray[np.bool_] = ascending[places] == keys
    return found
