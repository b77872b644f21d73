"""The words of an archive on a server, which follow the store and are written again when they cannot be trusted."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from embeddings.errors import IndexDamaged
from embeddings.indexes.milvus_address import MilvusAddress
from embeddings.indexes.milvus_connection import has_sparse_vectors
from embeddings.indexes.milvus_sparse import SparseRows, new_rows, open_rows
from embeddings.permissions import make_folder
from rag.errors import ArchiveBusy, ArchiveReplica, VectorsUnavailable, index_failures_said, unavailability_said
from rag.lexical.documents import Terms, count_words, deciding_words, entries, term_maker
from rag.lexical.index import MAX_REBUILT_PASSAGES, VERSION
from rag.lexical.milvus_words import MilvusWords
from rag.lexical.shared_snapshot import SharedSnapshot
from rag.lexical.view import WrittenWords
from rag.lexical.vocabulary import Vocabulary, VocabularyFull
from rag.lexical.word_rows import LAYOUT, HashedEntry, Lengths, WordFacts, bucket_row
from rag.lexical.word_writer import WordWriter
from rag.lexical.words import Entry, Ids
from rag.storage.store import Store
from rag.types.archive_state import NOTHING_YET, State

log = logging.getLogger(__name__)

_ENGINE = "milvus:"
# the lock of the process that writes to the server, and what computers that share an archive call it
_WRITING, _PART = "writing.lock", "words of "
# the words are written again when the average length of a passage differs by this share from that of the scores
_MAX_DRIFT = 0.01


@dataclass(frozen=True, slots=True)
class _OpenWords:
    """The words on the server as they were opened."""

    facts: WordFacts
    snapshot: SharedSnapshot


def can_have_words(address: str) -> bool:
    """Whether the server of an address can have words, too.

    Raises:
        VectorsUnavailable: it does not answer, or refuses.
    """
    with unavailability_said():
        return has_sparse_vectors(MilvusAddress.parse(address.removeprefix(_ENGINE)))


class SharedLexicalIndex:
    """The words of all passages on a server, for all processes of the archive and all computers that have it.

    The facts noted there name the archive, the rules of analysis and the state of the archive. Words that are of other
    rules, or of a state that the archive does not descend from, or that were written in part, are written again from
    the store, to a collection that takes the place of the other one when it is complete. So are those of a small
    archive when anything has changed, those of an archive that has doubled or halved, and those whose average length
    has changed by more than a hundredth. Whoever finds that something is missing writes it, one after the other, and
    meanwhile the others search what is there. Safe to use from several threads.
    """

    def __init__(self, folder: Path, store: Store, address: str) -> None:
        self.address = address
        vectors = MilvusAddress.parse(address.removeprefix(_ENGINE))
        self._collection = replace(vectors, name=f"{vectors.name}_words")
        self._folder = folder
        self._store = store
        self._lock = threading.Lock()
        self._open_words: _OpenWords | None = None

    def catch_up(self) -> SharedSnapshot:
        """See `rag.lexical.view.LexicalView.catch_up`."""
        with self._lock, index_failures_said(self._forget):
            current = self._open_words
            if current is None or current.facts.state != self._store.changes.state:
                current = self._open_words = self._updated()
            return current.snapshot

    def drop(self) -> None:
        """See `rag.lexical.view.LexicalView.drop`."""
        with self._lock:
            self._open_words = None

    def rebuild(self) -> None:
        """See `rag.lexical.view.LexicalView.rebuild`."""
        with self._lock, index_failures_said(self._forget), self._turn(seconds=-1):
            self._open_words = self._rebuilt()

    def as_written(self) -> WrittenWords | None:
        """See `rag.lexical.view.LexicalView.as_written`."""
        with unavailability_said():
            rows = open_rows(self._collection, self._store.facts.archive_id, _version())
            if rows is None:
                return None
            facts = _facts_of(rows)
            return WrittenWords(MilvusWords(rows, facts), facts.state if facts.is_complete else None)

    def check(self) -> None:
        """Check whether the server answers, and may have the words.

        Raises:
            VectorsUnavailable: it does not, or refuses.
        """
        try:
            self.as_written()
        except IndexDamaged:
            log.debug("The words are written again with the next indexing.")

    def _forget(self) -> None:
        """Open the words again with the next question."""
        self._open_words = None

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        """Let no other program write the words.

        Raises:
            Timeout, ArchiveBusy: another one does.
            ArchiveReplica: the database follows another one: who changes that one writes the words.
            OSError: the folder cannot be written.
        """
        self._store.database.check_writable()
        make_folder(self._folder)
        with FileLock(self._folder / _WRITING).acquire(timeout=seconds), self._store.database.indexing(_PART):
            yield

    def _updated(self) -> _OpenWords:
        """Write what has changed in the archive, unless another program is doing so, and open the words."""
        with ExitStack() as turn:
            try:
                turn.enter_context(self._turn(seconds=0))
            except (Timeout, ArchiveBusy, ArchiveReplica):
                log.debug("Another program is writing the words, or is to write them.")
            except OSError as error:
                log.debug("The words are searched as they are: %s.", error)
            else:
                return self._update()
        readable = self._readable()
        if readable is None:
            raise VectorsUnavailable(
                f"The words are being written to {self.address} by another program, or this one may not write them: "
                "ask again when that is done."
            )
        return self._as_it_is(*readable)

    def _readable(self) -> tuple[SparseRows, WordFacts] | None:
        """Return what was written of this archive; None if there is nothing that can be used."""
        rows = open_rows(self._collection, self._store.facts.archive_id, _version())
        facts = _facts_of(rows) if rows else None
        return (rows, facts) if rows and facts and self._store.changes.descends_from(facts.state) else None

    def _as_it_is(self, rows: SparseRows, facts: WordFacts) -> _OpenWords:
        """Return words of an earlier state without the passages that have changed since."""
        with closing(self._store.changes.passages_since(facts.state.revision)) as changes:
            first = next(changes)
        return _open_words(rows, facts, np.sort(first.outdated))

    def _update(self) -> _OpenWords:
        """Write what has changed, or all words where that is not enough; the caller has the turn."""
        complete = self._complete()
        if complete is None:
            return self._rebuilt()
        rows, facts = complete
        if facts.state == self._store.changes.state:
            return _open_words(rows, facts)
        count = self._store.passages.count()
        if count <= MAX_REBUILT_PASSAGES or count > 2 * facts.decided or 2 * count < facts.decided:
            return self._rebuilt()
        try:
            with self._store.database.snapshot():
                caught_up = self._caught_up(rows, facts)
        except VocabularyFull:
            return self._rebuilt()
        if caught_up.lengths.average(caught_up.passages).differs(facts.averages, _MAX_DRIFT):
            return self._rebuilt()
        rows.note(caught_up.to_json())
        return _open_words(rows, caught_up)

    def _complete(self) -> tuple[SparseRows, WordFacts] | None:
        """Return what was written of this archive, if all that is noted of it is there."""
        try:
            readable = self._readable()
        except IndexDamaged as error:
            log.warning("%s They are written again.", error)
            return None
        if readable is None:
            return None
        rows, facts = readable
        is_current = facts.state == self._store.changes.state
        expected = self._store.passages.count() if is_current else facts.passages
        if facts.is_complete and rows.count() == facts.passages == expected:
            return readable
        log.warning("The words on the server did not match the archive, and are written again.")
        return None

    def _caught_up(self, rows: SparseRows, facts: WordFacts) -> WordFacts:
        """Write what has changed, and return the facts that are to be noted then.

        Raises:
            VocabularyFull: there are too many new terms.
        """
        words = MilvusWords(rows, facts)
        frequencies, languages = self._frequencies(facts.state)
        terms = term_maker(lambda word: words.passages_with_word(word) + frequencies[word])
        writer = WordWriter(rows, words.vocabulary, facts.averages, facts.passages, facts.lengths)
        # whoever comes next if this program is ended sees that something is missing
        rows.note(replace(facts, is_complete=False).to_json())
        with closing(self._store.changes.passages_since(facts.state.revision)) as changes:
            first = next(changes)
            writer.remove(first.outdated)
            for batch in changes:
                words.prepare(words=deciding_words(batch))
                writer.add(entries([batch], terms))
        writer.finish()
        return replace(
            facts,
            state=first.state,
            languages=_by_frequency(languages, facts.languages),
            passages=writer.passages,
            lengths=writer.lengths,
        )

    def _rebuilt(self) -> _OpenWords:
        """Write all words to a new collection, which then takes the place of the other one."""
        with self._store.database.snapshot():
            frequencies, languages = self._frequencies(NOTHING_YET)
            terms = term_maker(lambda word: frequencies[word])
            counts: Counter[int] = Counter()
            lengths, passages = Lengths(0, 0), 0
            for entry in map(HashedEntry.from_entry, self._entries(terms)):
                counts.update(entry.all)
                lengths += entry.lengths
                passages += 1
            vocabulary = Vocabulary.of_counts(counts)
            facts = WordFacts(
                owner=self._store.facts.archive_id,
                version=_version(),
                state=self._store.changes.state,
                decided=passages,
                languages=_by_frequency(languages),
                passages=passages,
                lengths=lengths,
                averages=lengths.average(passages),
                buckets=vocabulary.size,
            )
            rows = new_rows(self._collection)
            rows.write(HashedEntry.from_entry(entry).row(vocabulary, facts.averages) for entry in self._entries(terms))
        rows.write(bucket_row(number, bucket) for number, bucket in vocabulary.changes())
        rows.settle()
        rows.note(facts.to_json())
        # a small archive is written anew so often that questions would be interrupted
        rows.publish(keep_last=passages <= MAX_REBUILT_PASSAGES)
        return _open_words(rows, facts)

    def _frequencies(self, state: State) -> tuple[Counter[str], Counter[str]]:
        """Return how many passages added since a state have each word, and are in each language."""
        with closing(self._store.changes.passages_since(state.revision)) as changes:
            return count_words(changes)

    def _entries(self, terms: Terms) -> Iterator[Entry]:
        """Yield all passages."""
        with closing(self._store.changes.passages_since(NOTHING_YET.revision)) as changes:
            yield from entries(changes, terms)


def _version() -> tuple[int, int]:
    return VERSION, LAYOUT


def _facts_of(rows: SparseRows) -> WordFacts:
    """Return what is noted of words.

    Raises:
        IndexDamaged: it is nothing that was noted of words.
    """
    try:
        return WordFacts.from_json(rows.noted())
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged(f"The words on the server cannot be read ({error}).") from error


def _open_words(rows: SparseRows, facts: WordFacts, outdated: Ids | None = None) -> _OpenWords:
    words = MilvusWords(rows, facts)
    outdated = np.empty(0, np.int64) if outdated is None else outdated
    terms = term_maker(words.passages_with_word)
    return _OpenWords(facts, SharedSnapshot(words, terms, facts.languages, outdated, server=words))


def _by_frequency(languages: Counter[str], earlier: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return languages, those of before first, then the most frequent."""
    by_frequency = sorted(languages, key=lambda language: (-languages[language], language))
    return tuple(dict.fromkeys([*earlier, *by_frequency]))
