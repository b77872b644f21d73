"""The lexical index: the words of an archive, which follows the store and is rebuilt when it cannot be trusted."""

from __future__ import annotations

import logging
import shutil
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from filelock import BaseFileLock, Timeout

from embeddings.errors import IndexDamaged
from rag.lexical.documents import count_words, entries, term_maker
from rag.lexical.manifest import Manifest, check_files, new_folder, read_manifest, was_cut_short, write_manifest
from rag.lexical.snapshot import LexicalSnapshot
from rag.lexical.tantivy_index import WordIndex
from rag.lexical.view import IN_FOLDER, WrittenWords
from rag.storage.distinct_warnings import DistinctWarnings
from rag.storage.store import Store
from rag.types.archive_state import NOTHING_YET, State

log = logging.getLogger(__name__)

# incremented whenever the same articles give different terms
VERSION = 5
MAX_REBUILT_PASSAGES = 1000
"""An archive of at most so many passages is indexed in a second or two: it is indexed from scratch at each change, so
that it answers like one that never had other articles."""
# deleted passages count in the average length of a passage; the index is rebuilt when more than this share is deleted
_MAX_DELETED_SHARE = 0.1
_IN_MEMORY = "in memory"


@dataclass(frozen=True, slots=True)
class _OpenIndex:
    """An open index: what it contains at least, and its words without those outdated in the state `compared_with`.

    That state is None before the index was compared with the archive.
    """

    manifest: Manifest
    words: WordIndex
    snapshot: LexicalSnapshot
    compared_with: State | None


class LexicalIndex:
    """The index of the words of all passages, as a file that follows the store.

    Its manifest names the archive, the rules of analysis and the state of the archive. An index that is damaged, of
    another archive or other rules, or of a state that the archive does not descend from, is filled again from the
    store. So is a small one when anything has changed, and a large one whose archive has doubled or halved, since the
    frequencies of words decide which compounds are split. If its folder is read-only, it is used as it is, or made in
    memory, with a warning. `writing` is the lock, taken without waiting, that lets one process at a time write the
    files: while another process has it, questions see what was written last, without the passages that have changed
    since. Safe to use from several threads.
    """

    def __init__(self, folder: Path, store: Store, writing: BaseFileLock) -> None:
        self._folder = folder
        self._store = store
        self._writing = writing
        self._lock = threading.Lock()
        self._warnings = DistinctWarnings(log)
        self._open_index: _OpenIndex | None = None
        self._unwritable: State | None = None

    @property
    def address(self) -> str:
        """See `rag.lexical.view.LexicalView.address`."""
        return IN_FOLDER

    def as_written(self) -> WrittenWords | None:
        """See `rag.lexical.view.LexicalView.as_written`."""
        manifest = read_manifest(self._folder)
        if manifest is None:
            return None
        check_files(self._folder, manifest)
        words = WordIndex.open(self._folder / manifest.name)
        return WrittenWords(words, manifest.state if manifest.made_from == self._made_from() else None)

    def catch_up(self) -> LexicalSnapshot:
        """Update the index to the store, on disk too unless another process holds the lock, and return it.

        It has no words while there is no index, and another process writes it.
        """
        with self._lock:
            index, state = self._open_index, self._store.changes.state
            if index is not None and was_cut_short(self._folder, index.manifest):
                index = self._open_index = None
            if index is None or index.manifest.state != state or index.manifest.made_from != self._made_from():
                index = self._open_index = self._updated()
            return index.snapshot if index is not None else _no_words()

    def drop(self) -> None:
        """Open the index again before the next question, from the files as they are then."""
        with self._lock:
            self._open_index = None

    def rebuild(self) -> None:
        """Replace the index by one that is made from the store alone; the caller must hold the lock `writing`.

        What is on the disk stays until the new index is complete, for those who ask meanwhile.
        """
        with self._lock:
            self._open_index = self._unwritable = None
            self._open_index = self._updated(afresh=True)

    def _updated(self, *, afresh: bool = False) -> _OpenIndex | None:
        """Open the index, and write what has changed in the archive; `afresh` ignores what is on the disk."""
        index, state = None if afresh else self._opened_from_disk(), self._store.changes.state
        if index is not None and index.compared_with != state:
            with closing(self._store.changes.passages_since(index.manifest.state.revision)) as changes:
                first = next(changes)
            state = first.state
            snapshot = replace(index.snapshot, outdated=np.sort(first.outdated))
            index = replace(index, snapshot=snapshot, compared_with=state)
            if index.manifest.state == state and len(index.words) != first.total:
                index = None
        if (index is not None and index.manifest.state == state) or self._unwritable == state:
            return index
        try:
            # one process writes at a time; while another indexes, it will write the changes
            with self._writing:
                return self._rebuilt() if afresh else self._written_to_disk()
        except Timeout:
            log.debug("Another process is indexing and will write the index of words.")
        except OSError as error:
            self._unwritable = state
            in_memory = index is None or self._store.passages.count() <= MAX_REBUILT_PASSAGES
            log.warning(
                "The index of words cannot be written to %s (%s): until there is room and permission, %s.",
                self._folder,
                str(error).splitlines()[0],
                "it is made in memory, at every start" if in_memory else "new words are found by meaning alone",
            )
            if in_memory:
                return self._filled(WordIndex.create(None), _IN_MEMORY)
        return index

    def _written_to_disk(self) -> _OpenIndex:
        """Write what has changed, or the whole index where that is not enough; the caller holds the lock."""
        # another process may just have done it
        index, state = self._opened_from_disk(), self._store.changes.state
        count = self._store.passages.count()
        if index is None or count > 2 * index.manifest.decided or 2 * count < index.manifest.decided:
            return self._rebuilt()
        try:
            return self._caught_up(index, state, count)
        except IndexDamaged as error:
            log.warning("%s It is rebuilt now.", error)
            return self._rebuilt()

    def _caught_up(self, index: _OpenIndex, state: State, count: int) -> _OpenIndex:
        """Write what has changed.

        Raises:
            IndexDamaged: the index cannot be read.
        """
        words, old = index.words, index.manifest
        if old.state != state and count <= MAX_REBUILT_PASSAGES:
            return self._rebuilt()
        words, manifest, total = self._fill(words, old)
        if len(words) != total:
            log.warning("The index of words did not match the archive and was rebuilt.")
            return self._rebuilt()
        if words.deleted > _MAX_DELETED_SHARE:
            return self._rebuilt()
        if manifest != old:
            # written last: after a crash before this line the same changes are made again, which changes nothing
            manifest = write_manifest(self._folder, manifest)
        return _open_index(manifest, words)

    def _rebuilt(self) -> _OpenIndex:
        folder = new_folder(self._folder)
        try:
            index = self._filled(WordIndex.create(folder), folder.name)
            index = replace(index, manifest=write_manifest(self._folder, index.manifest))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return index

    def _filled(self, words: WordIndex, name: str) -> _OpenIndex:
        """Fill an empty index."""
        words, manifest, total = self._fill(words, Manifest(name, self._made_from(), NOTHING_YET, 0, ()))
        return _open_index(replace(manifest, decided=total), words)

    def _fill(self, words: WordIndex, old: Manifest) -> tuple[WordIndex, Manifest, int]:
        """Write what has changed; return the words, what they are now, and of how many passages they should be."""
        with closing(self._store.changes.passages_since(old.state.revision)) as changes:
            frequencies, languages = count_words(changes)
        with closing(self._store.changes.passages_since(old.state.revision)) as changes:
            first = next(changes)
            if len(first.outdated):
                terms = term_maker(lambda word: words.passages_with_word(word) + frequencies.get(word, 0))
                words = words.write(first.outdated, entries(changes, terms))
        by_frequency = sorted(languages, key=lambda language: (-languages[language], language))
        merged = dict.fromkeys([*old.languages, *by_frequency])
        return words, replace(old, state=first.state, languages=tuple(merged)), first.total

    def _opened_from_disk(self) -> _OpenIndex | None:
        """Return the index on disk, or None if there is none of this archive."""
        try:
            manifest = read_manifest(self._folder)
            if manifest is None or manifest.made_from != self._made_from():
                return None
            if not self._store.changes.descends_from(manifest.state):
                return None
            if self._open_index is not None and self._open_index.manifest == manifest:
                return self._open_index
            check_files(self._folder, manifest)
            if self._open_index is not None and self._open_index.manifest.name == manifest.name:
                words = self._open_index.words.reopened()
            else:
                words = WordIndex.open(self._folder / manifest.name)
            return _open_index(manifest, words)
        except IndexDamaged as error:
            self._warnings.warn(str(error), f"{error} It is rebuilt now.")
            return None

    def _made_from(self) -> str:
        return f"{self._store.facts.archive_id} {VERSION}"


def _open_index(manifest: Manifest, words: WordIndex) -> _OpenIndex:
    terms = term_maker(words.passages_with_word)
    snapshot = LexicalSnapshot(words, terms, manifest.languages, np.empty(0, np.int64))
    return _OpenIndex(manifest, words, snapshot, compared_with=None)


@cache
def _no_words() -> LexicalSnapshot:
    """Return a snapshot of no passages."""
    return _open_index(Manifest(_IN_MEMORY, "", NOTHING_YET, 0, ()), WordIndex.create(None)).snapshot
