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
from embeddings.snapshot import Snapshot, Write, read_snapshot, write_snapshot
from embeddings.types import Ids, Neighbor, Vectors

# one question gains nothing from FAISS's threads, but their idle spinning takes the cores from the encoder
faiss.omp_set_num_threads(1)

# more than k are fetched, so that ties at the end are settled by id and not by FAISS's order
_SPARE = 16
_BASE, _CHANGES = ".faiss", ".npz"
# changes are written beside the base until they are so many, or such a share of it; then both become a new base
_MOST_CHANGES, _MOST_SHARE = 20_000, 0.1
_BLOCK = 50_000


class FaissIndex:
    """Float16 scalar quantisers with inner product: a base that is mapped from its file, and what changed since.

    A flush writes only the changes, until they are many: its cost grows with them and not with all that is there. The
    base never changes; of its ids, `gone` are replaced or removed. Safe to use from several threads.
    """

    def __init__(self, folder: Path, dim: int, *, empty: bool = False) -> None:
        self._folder = folder
        self._dim = dim
        self._stamp = ""
        self._lock = threading.Lock()
        self._base: Any = _quantiser(dim)
        self._base_file: Path | None = None
        self._base_ids = np.empty(0, np.int64)
        self._gone = np.empty(0, np.int64)
        self._changed: Any = _quantiser(dim)
        self._changed_ids: set[int] = set()
        snapshot = None if empty else read_snapshot(folder)
        if snapshot is None:
            return
        if snapshot.dim != dim:
            raise DimensionMismatch(snapshot.dim, dim)
        self._read(snapshot)

    def _read(self, snapshot: Snapshot) -> None:
        for ending, path in snapshot.paths.items():
            try:
                if ending == _BASE:
                    self._map(path)
                else:
                    self._read_changes(path)
            except (RuntimeError, OSError, ValueError, KeyError) as error:
                raise IndexDamaged(f"The index file {path} cannot be read: delete it to build it anew.") from error
        self._stamp = snapshot.stamp

    def _read_changes(self, path: Path) -> None:
        with np.load(path) as arrays:
            self._gone = arrays["gone"]
            self._put(arrays["ids"], arrays["vectors"])

    def _map(self, path: Path) -> None:
        self._base = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        self._base_file = path
        self._base_ids = np.sort(_ids(self._base))

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def stamp(self) -> str:
        return self._stamp

    def __len__(self) -> int:
        return len(self._base_ids) - len(self._gone) + len(self._changed_ids)

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Add vectors, shape (len(ids), dim); a known id gets the new vector."""
        numbers, rows = checked(ids, vectors, self._dim)
        with self._lock:
            self._forget(numbers)
            self._put(numbers, rows)

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Remove ids; unknown ones are ignored."""
        with self._lock:
            self._forget(np.asarray(ids, np.int64))

    def _forget(self, ids: Ids) -> None:
        if len(self._base_ids):
            places = np.minimum(np.searchsorted(self._base_ids, ids), len(self._base_ids) - 1)
            self._gone = np.union1d(self._gone, ids[self._base_ids[places] == ids])
        changed = [number for number in ids.tolist() if number in self._changed_ids]
        if changed:
            self._changed.remove_ids(np.array(changed, np.int64))
            self._changed_ids.difference_update(changed)

    def _put(self, ids: Ids, vectors: Vectors) -> None:
        if len(ids):
            self._changed.add_with_ids(np.ascontiguousarray(vectors, np.float32), ids)
            self._changed_ids.update(ids.tolist())

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[Neighbor]:
        """Return the nearest of those allowed: best first, ties by id."""
        if query.shape != (self._dim,):
            raise DimensionMismatch(self._dim, query.shape[-1] if query.ndim else 0)
        question = np.ascontiguousarray(query[None], np.float32)
        fetch = k + _SPARE if k > 0 else 0
        # FAISS keeps but a pointer to a selector: a name keeps it alive through the search
        chosen = None if allowed is None else faiss.IDSelectorBatch(np.ascontiguousarray(allowed, np.int64))
        with self._lock:
            base, gone = self._base, self._gone
            in_changed = _nearest(self._changed, question, fetch, chosen)
        # the base never changes, so several questions search it at once
        if allowed is None:
            hidden = faiss.IDSelectorBatch(gone)
            shown: Any = faiss.IDSelectorNot(hidden) if len(gone) else None
        else:
            shown = faiss.IDSelectorBatch(np.setdiff1d(allowed, gone).astype(np.int64))
        found = [in_changed, _nearest(base, question, fetch, shown)]
        ids, similarities = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        return best_first(ids, similarities, max(k, 0))

    def flush(self, stamp: str) -> None:
        """Write vectors and stamp to disk together."""
        with self._lock:
            changes = len(self._gone) + len(self._changed_ids)
            # what is mapped stays readable where another process has put a base of its own in its place
            lost = self._base_file is not None and not self._base_file.exists()
            merge = lost or changes > max(_MOST_CHANGES, _MOST_SHARE * len(self._base_ids))
            parts: dict[str, Write | Path] = {_CHANGES: self._write_changes}
            if merge:
                parts = {_BASE: self._write_merged}
            elif self._base_file:
                parts[_BASE] = self._base_file
            snapshot = write_snapshot(self._folder, self._dim, stamp, parts)
            if merge:
                self._map(snapshot.paths[_BASE])
                self._gone = np.empty(0, np.int64)
                self._changed, self._changed_ids = _quantiser(self._dim), set()
            self._stamp = stamp

    def _write_changes(self, path: Path) -> None:
        vectors = self._changed.index.reconstruct_n(0, self._changed.ntotal).astype(np.float16)
        np.savez(path, ids=_ids(self._changed), vectors=vectors, gone=self._gone)

    def _write_merged(self, path: Path) -> None:
        """Write base and changes as one index."""
        merged = _quantiser(self._dim)
        for index in (self._base, self._changed):
            ids = _ids(index)
            for start in range(0, len(ids), _BLOCK):
                block = ids[start : start + _BLOCK]
                kept = ~np.isin(block, self._gone) if index is self._base else np.full(len(block), True)
                vectors = index.index.reconstruct_n(start, len(block))
                merged.add_with_ids(vectors[kept], block[kept])
        faiss.write_index(merged, str(path))


def _quantiser(dim: int) -> Any:
    return faiss.IndexIDMap(faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT))


def _ids(index: Any) -> Ids:
    ids: Ids = faiss.vector_to_array(index.id_map)
    return ids


def _nearest(index: Any, question: Vectors, k: int, among: Any) -> tuple[Ids, Vectors]:
    k = min(k, index.ntotal)
    if k == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    parameters = faiss.SearchParameters()
    parameters.sel = among
    similarities, ids = index.search(question, k, params=parameters if among is not None else None)
    # FAISS fills up with -1 where there are fewer
    found = ids[0] >= 0
    return ids[0][found], similarities[0][found]
