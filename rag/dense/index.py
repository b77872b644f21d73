"""The vector index as a view of the store: it catches up by itself, and is rebuilt when it cannot be trusted."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import numpy as np
from filelock import BaseFileLock, Timeout

from embeddings.errors import DimensionMismatch, IndexDamaged
from embeddings.index import VectorIndex, open_index
from embeddings.types import Ids, Neighbor, OnStep, Vectors
from embeddings.vectors.language_neutral import LanguageNeutral, language_neutral
from rag.storage.change_feed import NOTHING_YET, State
from rag.storage.store import Store
from rag.storage.vectors import EncoderRecord

log = logging.getLogger(__name__)


class DenseView:
    """The vectors of all passages, without what only tells their language, searched by cosine.

    Its stamp names the archive, the encoder, the map to neutral vectors and the state that it holds. One that is
    damaged, or of another archive or encoder, or of a state that the archive has not come from, is filled again from
    the store. `writing` is the lock, taken without
    waiting, that lets one process at a time write the files. Safe to use from several threads.
    """

    def __init__(self, folder: Path, store: Store, writing: BaseFileLock) -> None:
        self._writing = writing
        self._folder = folder
        self._store = store
        self._lock = threading.Lock()
        self._index: VectorIndex | None = None
        self._made_from = ""
        self._neutral = LanguageNeutral({}, {})
        self._state = NOTHING_YET

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[Neighbor]:
        """Return the keys of the nearest passages of the store as it is now, best first; of those allowed, if given.

        `query` is a neutral vector, as `rag.search.candidates` makes it.
        """
        index = self.catch_up()
        return index.search(query, k, allowed) if index is not None else []

    @property
    def recall(self) -> float | None:
        """See `embeddings.index.VectorIndex.recall`; None while the archive has no vectors."""
        index = self.catch_up()
        return index.recall if index is not None else None

    def speed_up(self, on_step: OnStep | None = None) -> None:
        """See `embeddings.index.VectorIndex.speed_up`; for whoever holds the lock."""
        index = self.catch_up()
        if index is not None:
            index.speed_up(on_step)

    def catch_up(self) -> VectorIndex | None:
        """Bring the index to the store's revision, on disk too; None while the archive has no vectors."""
        with self._lock:
            encoder = self._store.vectors.encoder
            if encoder is None:
                return None
            neutral = language_neutral(encoder.fingerprint)
            made_from = f"{self._store.facts.archive_id} {encoder.fingerprint} {neutral.name}"
            opened = self._index is None or made_from != self._made_from
            if self._index is None or opened:
                self._neutral, self._made_from = neutral, made_from
                self._index = self._open(encoder)
            behind = self._state != self._store.changes.state
            if behind:
                if not self._store.changes.descends_from(self._state):
                    self._index = self._fresh(encoder)
                self._apply(self._index, encoder)
            if (opened or behind) and len(self._index) != self._store.passages.count():
                log.warning("The vector index did not match the archive and was built anew.")
                self._index = self._fresh(encoder)
                self._apply(self._index, encoder)
            return self._index

    def _open(self, encoder: EncoderRecord) -> VectorIndex:
        try:
            index = open_index(f"faiss:{self._folder}", encoder.dim)
        except IndexDamaged as error:
            log.warning("%s It is built anew now.", error)
            return self._fresh(encoder)
        except DimensionMismatch:
            return self._fresh(encoder)
        made_from, _, written = index.stamp.rpartition(" ")
        try:
            state = State.parse(written)
        except ValueError:
            # an empty index has no stamp
            return self._fresh(encoder)
        if made_from != self._made_from or not self._store.changes.descends_from(state):
            return self._fresh(encoder)
        self._state = state
        return index

    def _fresh(self, encoder: EncoderRecord) -> VectorIndex:
        self._state = NOTHING_YET
        return open_index(f"faiss:{self._folder}", encoder.dim, empty=True)

    def _apply(self, index: VectorIndex, encoder: EncoderRecord) -> None:
        state = self._state
        for changes in self._store.changes.vectors_since(self._state.revision, encoder):
            state = changes.state
            if len(changes.removed):
                index.remove(changes.removed)
            if len(changes.added):
                index.add(changes.added, self._neutral.project_texts(changes.vectors.astype(np.float32), "passage"))
        self._state = state
        try:
            # one process writes at a time; while another indexes, it will write what this one has only in memory
            with self._writing:
                index.flush(f"{self._made_from} {state}")
        except Timeout:
            log.debug("Another process is indexing and will write the vector index.")
        except (OSError, RuntimeError) as error:
            # faiss raises RuntimeError when a write fails
            log.warning(
                "The vector index cannot be written to %s (%s): questions are answered, but what it lacks is added "
                "anew at every start until there is room and permission.",
                self._folder,
                str(error).splitlines()[0],
            )
