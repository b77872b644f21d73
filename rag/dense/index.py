"""The dense index: the vectors of an archive, which follows the store and is rebuilt when it cannot be trusted."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from filelock import BaseFileLock, FileLock, Timeout

from embeddings.errors import DimensionMismatch, IndexDamaged
from embeddings.index import VectorIndex, VectorSnapshot, open_index
from embeddings.permissions import make_folder
from embeddings.types import Ids, Neighbor, OnStep, Vectors
from embeddings.vectors.language_neutral import LanguageNeutral, language_neutral
from rag.dense.location import EMBEDDED
from rag.errors import ArchiveReplica, VectorsUnavailable, index_failures_said, unavailability_said
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord
from rag.types.archive_state import NOTHING_YET, State

log = logging.getLogger(__name__)

# the lock of the process that writes to a server
_WRITING = "writing.lock"


@dataclass(frozen=True, slots=True)
class IndexSource:
    """What the vectors of an index were made from: archive, encoder (`fingerprint`) and language-neutral projection."""

    archive_id: str
    fingerprint: str
    projection: str


@dataclass(frozen=True, slots=True)
class IndexStamp:
    """What an index on disk contains: its source, and the archive's state."""

    source: IndexSource
    state: State

    def __str__(self) -> str:
        source = self.source
        return f"{source.archive_id} {source.fingerprint} {source.projection} {self.state}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the stamp that `str` wrote.

        Raises:
            ValueError: this is not a stamp.
        """
        archive_id, fingerprint, projection, state = text.split(" ")
        return cls(IndexSource(archive_id, fingerprint, projection), State.parse(state))


class DenseIndex:
    """The vectors of all passages, without what only tells their language, searched by cosine.

    Its stamp names the archive, the encoder, the projection and the state of the archive. An index that is damaged, of
    another archive or encoder, or of a state that the archive does not descend from, is filled again from the store.
    `writing` is the lock, taken without waiting, that lets one process at a time write the files. Vectors at another
    `address` are for all processes of the archive: whoever finds that something is missing there writes it, one after
    the other, and meanwhile the others search what is there. Safe to use from several threads.
    """

    def __init__(self, folder: Path, store: Store, writing: BaseFileLock, address: str = EMBEDDED) -> None:
        self._writing = writing
        self.address = address
        self._is_shared = address != EMBEDDED
        self._folder = folder
        self._store = store
        self._lock = threading.Lock()
        self._index: VectorIndex | None = None
        self._source: IndexSource | None = None
        self._neutral = LanguageNeutral({}, {})
        self._state = NOTHING_YET

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[Neighbor]:
        """Return the keys of the nearest passages of the store as it is now, best first.

        Args:
            query: a neutral vector, as `rag.search.candidates` makes it.
            allowed: the only keys that are searched; None for all.

        Raises:
            VectorsUnavailable: the server that has the vectors does not answer, or refuses.
        """
        index = self.catch_up()
        with index_failures_said():
            return index.search(query, k, allowed) if index is not None else []

    @property
    def recall(self) -> float | None:
        """See `embeddings.index.VectorIndex.recall`; None while the archive has no vectors."""
        index = self.catch_up()
        return index.recall if index is not None else None

    def speed_up(self, on_step: OnStep | None = None) -> None:
        """See `embeddings.index.VectorIndex.speed_up`; the caller must hold the lock `writing`."""
        self.catch_up()
        index = self._index
        if index is not None:
            index.speed_up(on_step)

    def catch_up(self) -> VectorSnapshot | None:
        """Update the index to the store, on disk too, and return what it has then; None without any vectors.

        Other threads that catch up later do not change what is returned.
        """
        with self._lock:
            return self._caught_up()

    def rebuild(self) -> None:
        """Replace the index by one that is made from the store alone; the caller must hold the lock `writing`.

        What is on the disk stays until the new index is complete, for those who ask meanwhile.
        """
        with self._lock:
            self._index = None
            self._caught_up(afresh=True)

    def _caught_up(self, *, afresh: bool = False) -> VectorSnapshot | None:
        """See `catch_up`; `afresh` ignores what is on the disk or the server."""
        encoder = self._store.vectors.encoder
        if encoder is None:
            return None
        neutral = language_neutral(encoder.fingerprint)
        source = IndexSource(self._store.facts.archive_id, encoder.fingerprint, neutral.name)
        with index_failures_said(self._forget):
            reopened = self._index is None or source != self._source
            if self._index is None or reopened:
                self._neutral, self._source = neutral, source
                self._index = self._open(encoder, source, afresh=afresh)
            changed = reopened or self._state != self._store.changes.state
            if changed and self._is_shared:
                self._update_shared(encoder, source, afresh=afresh)
            elif changed:
                self._update(self._index, encoder, source)
        return self._index.snapshot()

    def open_as_it_is(self, dim: int) -> VectorIndex:
        """Open the index without making good what it lacks.

        Raises:
            IndexDamaged: it cannot be read.
            VectorsUnavailable: the server that has the vectors does not answer, or refuses.
            DimensionMismatch: it has vectors of another dimension.
        """
        with unavailability_said():
            return open_index(self._url, dim, owner=self._store.facts.archive_id)

    def check(self) -> None:
        """Check whether the server answers that has the vectors, or is to have them.

        Raises:
            VectorsUnavailable: it does not, or refuses.
        """
        encoder = self._store.vectors.encoder
        try:
            self.open_as_it_is(encoder.dim if encoder else 1)
        except (IndexDamaged, DimensionMismatch):
            log.debug("The vector index is made again with the next indexing.")

    @property
    def _url(self) -> str:
        return self.address if self._is_shared else f"{EMBEDDED}:{self._folder}"

    def _forget(self) -> None:
        """Open an index again with the next question."""
        self._index = None

    def _update_shared(self, encoder: EncoderRecord, source: IndexSource, *, afresh: bool) -> None:
        """Write what is missing on the server, unless another process is doing so, or is to do so."""
        try:
            # a database that follows another one is behind it: who changes that one writes
            self._store.database.check_writable()
            make_folder(self._folder)
            turn = FileLock(self._folder / _WRITING).acquire(timeout=-1 if afresh else 0)
        except ArchiveReplica:
            self._index = self._open(encoder, source, afresh=False)
        except Timeout:
            log.debug("Another process is writing to the vector index.")
        except OSError as error:
            log.debug("The vector index is searched as it is: %s.", error)
        else:
            with turn:
                # another process may just have written it
                self._index = self._open(encoder, source, afresh=afresh)
                self._update(self._index, encoder, source)
            return
        if self._index is not None and not self._index.stamp:
            raise VectorsUnavailable(
                f"The vectors are being written to {self.address} by another program, or this one may not write them: "
                "ask again when that is done."
            )

    def _update(self, index: VectorIndex, encoder: EncoderRecord, source: IndexSource) -> None:
        """Apply what has changed in the store; the index is made again where that does not lead to the same."""
        if self._state != self._store.changes.state:
            if not self._store.changes.descends_from(self._state):
                index = self._index = self._fresh(encoder)
            self._apply(index, encoder, source)
        if len(index) != self._store.passages.count():
            log.warning("The vector index did not match the archive and was rebuilt.")
            self._index = self._fresh(encoder)
            self._apply(self._index, encoder, source)

    def drop(self) -> None:
        """Open the index again before the next question, from the files as they are then."""
        with self._lock:
            self._index = None

    def _open(self, encoder: EncoderRecord, source: IndexSource, *, afresh: bool) -> VectorIndex:
        if afresh:
            return self._fresh(encoder)
        try:
            index = self.open_as_it_is(encoder.dim)
        except IndexDamaged as error:
            log.warning("%s It is rebuilt now.", error)
            return self._fresh(encoder)
        except DimensionMismatch:
            return self._fresh(encoder)
        try:
            stamp = IndexStamp.parse(index.stamp)
        except ValueError:
            # an empty index has no stamp
            return self._fresh(encoder)
        if stamp.source != source or not self._store.changes.descends_from(stamp.state):
            return self._fresh(encoder)
        self._state = stamp.state
        return index

    def _fresh(self, encoder: EncoderRecord) -> VectorIndex:
        self._state = NOTHING_YET
        return open_index(self._url, encoder.dim, empty=True, owner=self._store.facts.archive_id)

    def _apply(self, index: VectorIndex, encoder: EncoderRecord, source: IndexSource) -> None:
        state = self._state
        for changes in self._store.changes.vectors_since(self._state.revision, encoder):
            state = changes.state
            if len(changes.removed):
                index.remove(changes.removed)
            if len(changes.added):
                index.add(changes.added, self._neutral.project_texts(changes.vectors.astype(np.float32), "passage"))
        self._state = state
        if self._is_shared:
            index.flush(str(IndexStamp(source, state)))
            return
        try:
            # one process writes at a time; while another indexes, it will write what this one has only in memory
            with self._writing:
                index.flush(str(IndexStamp(source, state)))
        except Timeout:
            log.debug("Another process is indexing and will write the vector index.")
        except (OSError, RuntimeError) as error:
            # faiss raises RuntimeError when a write fails
            log.warning(
                "The vector index cannot be written to %s (%s): questions are answered, but what it lacks is added "
                "again at every start until there is room and permission.",
                self._folder,
                str(error).splitlines()[0],
            )
