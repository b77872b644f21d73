"""FAISS: exact search over float16 vectors, 26 ms a question for a million of them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from embeddings.errors import DimensionMismatch, IndexDamaged
from embeddings.ranking import best_first, checked
from embeddings.snapshot import read_snapshot, write_snapshot
from embeddings.types import Ids, Neighbor, Vectors

# one question gains nothing from FAISS's threads, but their idle spinning takes the cores from the encoder
faiss.omp_set_num_threads(1)

# more than k are fetched, so that ties at the end are settled by id and not by FAISS's order
_SPARE = 16


class FaissIndex:
    """A float16 scalar quantiser with inner product, in an IndexIDMap2. Safe to use from several threads."""

    def __init__(self, folder: Path, dim: int, *, empty: bool = False) -> None:
        self._folder = folder
        self._dim = dim
        self._stamp = ""
        self._lock = threading.Lock()
        snapshot = None if empty else read_snapshot(folder)
        if snapshot is None:
            quantiser = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
            self._index: Any = faiss.IndexIDMap2(quantiser)
            return
        if snapshot.dim != dim:
            raise DimensionMismatch(snapshot.dim, dim)
        try:
            self._index = faiss.read_index(str(snapshot.path))
        except RuntimeError as error:
            raise IndexDamaged(f"The index file {snapshot.path} cannot be read: delete it to build it anew.") from error
        self._stamp = snapshot.stamp

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def stamp(self) -> str:
        return self._stamp

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Add vectors, shape (len(ids), dim); a known id gets the new vector."""
        numbers, rows = checked(ids, vectors, self._dim)
        with self._lock:
            self._index.remove_ids(numbers)
            self._index.add_with_ids(rows, numbers)

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Remove ids; unknown ones are ignored."""
        with self._lock:
            self._index.remove_ids(np.asarray(ids, np.int64))

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[Neighbor]:
        """Return the nearest of those allowed: best first, ties by id."""
        if query.shape != (self._dim,):
            raise DimensionMismatch(self._dim, query.shape[-1] if query.ndim else 0)
        parameters = None
        if allowed is not None:
            # FAISS keeps but a pointer to the selector: its name here keeps it alive through the search
            selector = faiss.IDSelectorBatch(np.ascontiguousarray(allowed, np.int64))
            parameters = faiss.SearchParameters()
            parameters.sel = selector
        with self._lock:
            fetch = min(k + _SPARE, len(self)) if k > 0 else 0
            if fetch == 0:
                return []
            question = np.ascontiguousarray(query[None], np.float32)
            similarities, ids = self._index.search(question, fetch, params=parameters)
        # FAISS fills up with -1 where fewer are allowed than were asked for
        found = ids[0] >= 0
        return best_first(ids[0][found], similarities[0][found], k)

    def flush(self, stamp: str) -> None:
        """Write vectors and stamp to disk together."""
        with self._lock:
            write_snapshot(
                self._folder, self._dim, stamp, ".faiss", lambda path: faiss.write_index(self._index, str(path))
            )
            self._stamp = stamp
