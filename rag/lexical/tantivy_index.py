"""An index of words in Tantivy: terms ranked by BM25, and words with positions, for phrases."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from embeddings import permissions
from embeddings.errors import IndexDamaged
from embeddings.indexes.topk import are_among
from rag.lexical.bm25 import idf
from rag.lexical.manifest import count_deleted, links_to
from rag.lexical.words import DECIMALS, Entry, Ids
from rag.text.sounds import is_sound

_SCHEMA = (
    SchemaBuilder()
    .add_integer_field("key", indexed=True, fast=True)
    .add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    .add_text_field("sounds", tokenizer_name="whitespace", index_option="freq")
    .add_text_field("words", tokenizer_name="whitespace", index_option="position")
    .build()
)
# bytes; one thread and much memory make few segments, and a question reads every segment
_HEAP_BYTES = 512 << 20
# up to this many allowed keys are part of the query, at 1.5 µs a key (400,000 passages); of more, hits are filtered
_MAX_QUERY_KEYS = 1000
# hits that are filtered at once, at most
_MAX_FILTERED_HITS = 4096
# up to this many keys, a query for each of them takes half the time of Tantivy's query for a set
_MAX_TERM_QUERIES = 300
# hits fetched beyond the k best, for equal scores
_EXTRA_HITS = 16


@contextmanager
def panics_as_damage(folder: Path | None) -> Iterator[None]:
    """Raise `IndexDamaged` where Tantivy panics: it reads what it wrote without a doubt.

    Raises:
        IndexDamaged: it panicked.
    """
    try:
        yield
    except BaseException as error:
        # the panic of a Rust library is no `Exception`, and its class cannot be imported
        if type(error).__name__ != "PanicException":
            raise
        raise IndexDamaged(f"The index of words in {folder or 'memory'} cannot be used ({error}).") from error


class WordIndex:
    """The words of passages by key, in a folder, as they are when it is opened: `write` and `reopened` return others.

    See `rag.lexical.words.WordSearch`. Safe to use from several threads, but one at a time may write.
    """

    def __init__(self, index: Index, folder: Path | None = None, *, linked: bool = False) -> None:
        self._index = index
        self._folder = folder
        self._linked = linked
        index.config_reader("manual")
        index.reload()
        self._searcher = index.searcher()
        self._frequencies: dict[tuple[str, str], int] = {}
        # an index in memory is filled once, and nothing in it is deleted
        self._total, self._deleted = count_deleted(folder) if folder else (self._searcher.num_docs, 0)

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
            IndexDamaged: it cannot be read.
        """
        with panics_as_damage(folder):
            try:
                return cls(Index.open(str(folder)), folder)
            except (ValueError, OSError):
                # Tantivy locks the folder by a file in it, to read too
                try:
                    with links_to(folder) as linked:
                        return cls(Index.open(str(linked)), folder, linked=True)
                except (ValueError, OSError) as error:
                    raise IndexDamaged(f"The index of words in {folder} cannot be read ({error}).") from error

    def reopened(self) -> WordIndex:
        """Return the words as they are now, with what another process wrote.

        Raises:
            IndexDamaged: it cannot be read.
        """
        try:
            if self._linked and self._folder:
                with links_to(self._folder) as linked:
                    return WordIndex(Index.open(str(linked)), self._folder, linked=True)
            return WordIndex(self._index, self._folder)
        except (ValueError, OSError) as error:
            raise IndexDamaged(f"The index of words in {self._folder} cannot be read ({error}).") from error

    def __len__(self) -> int:
        return self._searcher.num_docs

    @property
    def deleted(self) -> float:
        """The share of passages that were deleted, and take up space in the files until these are rewritten."""
        return self._deleted / self._total if self._total else 0.0

    def prepare(self, terms: Iterable[str] = (), words: Iterable[str] = ()) -> None:
        """See `rag.lexical.words.WordSearch.prepare`: here, nothing is gained."""

    def passages_with_term(self, term: str) -> int:
        """Return the number of passages with a term, which may be a sound."""
        return self._frequency(_field(term), term)

    def passages_with_word(self, word: str) -> int:
        """Return the number of passages with a folded word."""
        return self._frequency("words", word)

    def _frequency(self, field: str, term: str) -> int:
        """Return the number of passages with a term; that of Tantivy includes deleted passages."""
        frequency = self._searcher.doc_freq(field, term)
        if not frequency or not self._deleted:
            return frequency
        if (field, term) not in self._frequencies:
            query = Query.term_query(_SCHEMA, field, term, "basic")
            hits = self._searcher.search(query, 1, count=True)
            self._frequencies[field, term] = hits.count or 0  # type: ignore[attr-defined]  # the stubs lack it
        return self._frequencies[field, term]

    def write(self, outdated: Ids, entries: Iterable[Entry]) -> WordIndex:
        """Remove keys, then add entries, in one transaction, and return the words as they are then.

        Raises:
            OSError: the files cannot be written.
            MemoryError: there is too little memory.
        """
        _require_memory(_HEAP_BYTES)
        try:
            writer = self._index.writer(_HEAP_BYTES, 1)
            for key in outdated.tolist() if len(self) else ():
                writer.delete_documents_by_term("key", key)
            for entry in entries:
                document = Document()
                document.add_integer("key", entry.key)
                document.add_text("terms", " ".join(entry.terms))
                document.add_text("sounds", " ".join(entry.sounds))
                document.add_text("words", " ".join(entry.words))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            for path in self._folder.iterdir() if self._folder else ():
                permissions.restrict(path)
            return WordIndex(self._index, self._folder, linked=self._linked)
        except ValueError as error:
            # Tantivy's only kind of error
            raise OSError(str(error)) from error

    def best(self, terms: Sequence[str], k: int, allowed: Ids | None, outdated: Ids) -> list[tuple[int, float]]:
        """See `rag.lexical.words.WordSearch.best`."""
        searcher = self._searcher
        if not terms or k <= 0 or (allowed is not None and not len(allowed)):
            return []
        allowed = None if allowed is None else np.sort(allowed)
        in_query = allowed is not None and len(allowed) <= _MAX_QUERY_KEYS
        limit = k + _EXTRA_HITS
        if allowed is not None and not in_query:
            # among this many hits, k are allowed if the allowed keys are spread evenly
            limit = min(_MAX_FILTERED_HITS, limit * searcher.num_docs // len(allowed) + _EXTRA_HITS)
        while True:
            limit = max(1, min(limit, searcher.num_docs))
            query = self._any_of(terms, allowed if in_query else None)
            hits = searcher.search(query, limit, count=False).hits
            keys = np.array(searcher.fast_field_values("key", [address for _, address in hits]), np.int64)
            passes = ~are_among(keys, outdated)
            if allowed is not None:
                passes &= are_among(keys, allowed)
            best = [(int(keys[index]), round(hits[index][0], DECIMALS)) for index in np.flatnonzero(passes).tolist()]
            best.sort(key=lambda scored: (-scored[1], scored[0]))
            # passages with the same score as the k-th may follow the fetched hits
            complete = len(best) >= k and best[k - 1][1] > round(hits[-1][0], DECIMALS)
            if complete or len(hits) < limit or limit >= searcher.num_docs:
                return best[:k]
            limit *= 4
            in_query = allowed is not None

    def containing(self, phrase: Sequence[str]) -> Ids:
        """See `rag.lexical.words.WordSearch.containing`."""
        searcher = self._searcher
        count = min((searcher.doc_freq("words", word) for word in phrase), default=0)
        if not count:
            return np.empty(0, np.int64)
        if len(phrase) > 1:
            query = Query.phrase_query(_SCHEMA, "words", list(phrase))
        else:
            query = Query.term_query(_SCHEMA, "words", phrase[0], "basic")
        hits = searcher.search(Query.const_score_query(query, 1.0), count, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return np.sort(np.array(keys, np.int64))

    def _any_of(self, terms: Sequence[str], keys: Ids | None) -> Query:
        queries = [self._weighed(term) for term in terms]
        any_of = Query.boolean_query([(Occur.Should, query) for query in queries])
        if keys is None:
            return any_of
        if len(keys) <= _MAX_TERM_QUERIES:
            queries_of_keys = [Query.term_query(_SCHEMA, "key", key, "basic") for key in keys.tolist()]
            any_key = Query.boolean_query([(Occur.Should, query) for query in queries_of_keys])
        else:
            any_key = Query.term_set_query(_SCHEMA, "key", keys.tolist())
        return Query.boolean_query([(Occur.Must, any_of), (Occur.Must, Query.const_score_query(any_key, 0.0))])

    def _weighed(self, term: str) -> Query:
        """Return the query for a term, weighted by its frequency without deleted passages."""
        query = Query.term_query(_SCHEMA, _field(term), term, "freq")
        if not self._deleted:
            return query
        weight = idf(self.passages_with_term(term), len(self))
        return Query.boost_query(query, weight / idf(self._searcher.doc_freq(_field(term), term), self._total))


def _field(term: str) -> str:
    return "sounds" if is_sound(term) else "terms"


def _require_memory(size: int) -> None:
    """Ask for memory in Python first: where Rust gets none, it ends the process.

    Raises:
        MemoryError: there is too little.
    """
    try:
        mmap.mmap(-1, size).close()
    except OSError as error:
        raise MemoryError from error
