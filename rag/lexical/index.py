"""An index of words in Tantivy: terms that are ranked by BM25, and words whose order is known, for phrases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from rag.lexical.files import IndexDamaged, check_files

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

    def __init__(self, index: Index) -> None:
        self._index = index
        index.config_reader("manual")
        self.reload()

    @classmethod
    def create(cls, folder: Path) -> WordIndex:
        """Make an empty index in an empty folder.

        Raises:
            OSError: the folder cannot be written.
        """
        try:
            return cls(Index(_SCHEMA, path=str(folder)))
        except ValueError as error:
            raise OSError(str(error)) from error

    @classmethod
    def open(cls, folder: Path) -> WordIndex:
        """Open the index in a folder.

        Raises:
            IndexDamaged: files are missing, cut short or altered.
        """
        check_files(folder)
        try:
            return cls(Index.open(str(folder)))
        except ValueError as error:
            raise IndexDamaged(f"The index of words in {folder} cannot be read ({error}).") from error

    def reload(self) -> None:
        """See what another process wrote."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return self._searcher.num_docs

    def passages_with_term(self, term: str) -> int:
        return self._searcher.doc_freq("terms", term)

    def passages_with_word(self, word: str) -> int:
        return self._searcher.doc_freq("words", word)

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
            query = _any_of(terms, chosen if narrow else None)
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


def _any_of(terms: Sequence[str], keys: Ids | None) -> Query:
    queries = [Query.term_query(_SCHEMA, "terms", term, "freq") for term in terms]
    any_of = Query.boolean_query([(Occur.Should, query) for query in queries])
    if keys is None:
        return any_of
    if len(keys) <= _VERY_FEW_KEYS:
        each = [Query.term_query(_SCHEMA, "key", key, "basic") for key in keys.tolist()]
        one_of = Query.boolean_query([(Occur.Should, query) for query in each])
    else:
        one_of = Query.term_set_query(_SCHEMA, "key", keys.tolist())
    return Query.boolean_query([(Occur.Must, any_of), (Occur.Must, Query.const_score_query(one_of, 0.0))])


def _among(keys: Ids, ascending: Ids) -> NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(keys), np.bool_)
    places = np.minimum(np.searchsorted(ascending, keys), len(ascending) - 1)
    found: NDArray[np.bool_] = ascending[places] == keys
    return found
