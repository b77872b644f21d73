"""FAISS: exact search over float16 vectors, and for large archives a search over the nearest groups of them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from embeddings.errors import DimensionMismatch, IndexDamaged
from embeddings.indexes.faiss_base import flat, grouped, groups_for, ids_of, is_flat, merged
from embeddings.indexes.snapshot import Snapshot, Write, read_snapshot, write_snapshot
from embeddings.indexes.topk import best_first, checked
from embeddings.types import Ids, Neighbor, OnStep, Vectors

# one question gains nothing from FAISS's threads, but their idle spinning takes the cores from the encoder
faiss.omp_set_num_threads(1)

# more than k are fetched, so that ties at the end are settled by id and not by FAISS's order
_SPARE = 16
_BASE, _CHANGES = ".faiss", ".npz"
# changes are written beside the base until they are so many, or such a share of it; then both become a new base
_MOST_CHANGES, _MOST_SHARE = 20_000, 0.1
# from so many vectors on, the base is grouped: looking at all of them takes about 10 ms then
_GROUPED_FROM = 100_000
# groups are made anew when there should be so many times as many, which is when the base has doubled
_GROWN = 2**0.5


class FaissIndex:
    """Float16 scalar quantisers with inner product: a base that is mapped from its file, and what changed since.

    A flush writes only the changes, until they are many: its cost grows with them and not with all that is there. The
    base never changes; of its ids, `gone` are replaced or removed. A large base is grouped by `speed_up`. Safe to use
    from several threads.
    """

    def __init__(self, folder: Path, dim: int, *, empty: bool = False) -> None:
        self._folder = folder
        self._dim = dim
        self._stamp = ""
        self._lock = threading.Lock()
        self._base: Any = flat(dim)
        self._base_file: Path | None = None
        self._base_ids = np.empty(0, np.int64)
        self._gone = np.empty(0, np.int64)
        self._changed: Any = flat(dim)
        self._changed_ids: set[int] = set()
        self._recall = 1.0
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
        self._stamp, self._recall = snapshot.stamp, snapshot.recall

    def _read_changes(self, path: Path) -> None:
        with np.load(path) as arrays:
            self._gone = arrays["gone"]
            self._put(arrays["ids"], arrays["vectors"])

    def _map(self, path: Path) -> None:
        self._base = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        self._base_file = path
        self._base_ids = np.sort(ids_of(self._base))

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def stamp(self) -> str:
        return self._stamp

    @property
    def recall(self) -> float:
        """The share of the ten nearest vectors that a search finds, as measured when the base was grouped; else 1."""
        return self._recall

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
        # few of those allowed may be in the nearest groups, so that all are looked at
        found = [in_changed, _nearest(base, question, fetch, shown, everywhere=allowed is not None)]
        ids, similarities = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        return best_first(ids, similarities, max(k, 0))

    def flush(self, stamp: str) -> None:
        """Write vectors and stamp to disk together."""
        with self._lock:
            changes = len(self._gone) + len(self._changed_ids)
            # what is mapped stays readable where another process has put a base of its own in its place
            lost = self._base_file is not None and not self._base_file.exists()
            if lost or changes > max(_MOST_CHANGES, _MOST_SHARE * len(self._base_ids)):
                base = merged(self._base, self._gone, self._changed)
                self._put_base({_BASE: partial(_write, base)}, stamp, self._recall)
                self._gone = np.empty(0, np.int64)
                self._changed, self._changed_ids = flat(self._dim), set()
            else:
                parts: dict[str, Write | Path] = {_CHANGES: self._write_changes}
                parts |= {_BASE: self._base_file} if self._base_file else {}
                write_snapshot(self._folder, self._dim, stamp, parts, self._recall)
            self._stamp = stamp

    def speed_up(self, on_step: OnStep | None = None) -> None:
        """Group the base, if it is large and not grouped yet or has grown much since; searches go on meanwhile."""
        with self._lock:
            base = self._base
        if base.ntotal < _GROUPED_FROM or (not is_flat(base) and groups_for(base.ntotal) < _GROWN * base.nlist):
            return
        index, recall = grouped(base, on_step)
        with self._lock:
            # unless another thread has made a new base meanwhile
            if self._base is base:
                self._put_base({_BASE: partial(_write, index), _CHANGES: self._write_changes}, self._stamp, recall)

    def _put_base(self, parts: Mapping[str, Write | Path], stamp: str, recall: float) -> None:
        snapshot = write_snapshot(self._folder, self._dim, stamp, parts, recall)
        self._map(snapshot.paths[_BASE])
        self._recall = recall

    def _write_changes(self, path: Path) -> None:
        vectors = self._changed.index.reconstruct_n(0, self._changed.ntotal).astype(np.float16)
        np.savez(path, ids=ids_of(self._changed), vectors=vectors, gone=self._gone)


def _write(index: Any, path: Path) -> None:
    faiss.write_index(index, str(path))


def _nearest(index: Any, question: Vectors, k: int, among: Any, *, everywhere: bool = False) -> tuple[Ids, Vectors]:
    k = min(k, index.ntotal)
    if k == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    if is_flat(index):
        parameters = faiss.SearchParameters()
    else:
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = index.nlist if everywhere else index.nprobe
    parameters.sel = among
    similarities, ids = index.search(question, k, params=parameters)
    # FAISS fills up with -1 where there are fewer
    found = ids[0] >= 0
    return ids[0][found], similarities[0][found]
