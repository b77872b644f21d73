"""FAISS: exact search over float16 vectors, and for large archives a search over the nearest groups of them.

Importing this module limits FAISS to a single thread in the whole process.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.errors import DimensionMismatch, IndexDamaged
from embeddings.faiss_library import faiss
from embeddings.file_checksums import FileFacts
from embeddings.indexes.faiss_base import build_ivf, flat_index, group_count, ids_of, is_flat, merge_indexes
from embeddings.indexes.mapped_file import MappedFile
from embeddings.indexes.snapshot import (
    MAX_READ_BYTES,
    Snapshot,
    Write,
    discard_snapshot,
    read_snapshot,
    write_snapshot,
)
from embeddings.indexes.topk import are_among, best_first, validate_vectors
from embeddings.types import Ids, Neighbor, OnStep, Vectors

# a single query gains nothing from FAISS's threads, and their idle spinning takes cores from the encoder
faiss.omp_set_num_threads(1)

# neighbours fetched beyond k, so that ties at the end are broken by id and not by FAISS's order
_EXTRA_NEIGHBORS = 16
# suffixes of the files
_BASE, _CHANGES = ".faiss", ".npz"
# vectors, and share of the base: at most so many changes are stored separately, before both are merged into a new base
_MAX_CHANGES, _MAX_CHANGED_SHARE = 20_000, 0.1
# vectors from which on the base is grouped; an exhaustive search then takes about 10 ms
_MIN_GROUPED_VECTORS = 100_000
# groups are rebuilt when their number should grow by this factor, which is when the base has doubled
_REGROUPING_FACTOR = 2**0.5


@dataclass(frozen=True, slots=True)
class FaissSnapshot:
    """A base, the ids of it that were replaced or removed, and what was added: all of them as at one moment."""

    dim: int
    folder: Path
    base: Any
    mapped: MappedFile | None
    base_size: int
    removed_ids: Ids
    additions: Any
    recall: float

    def __len__(self) -> int:
        return self.base_size - len(self.removed_ids) + int(self.additions.ntotal)

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> list[Neighbor]:
        """Return the nearest neighbours, among the given ids if any: most similar first, ties by id.

        Raises:
            IndexDamaged: a file that is mapped was altered; the index is rebuilt when it is opened next.
        """
        if query.shape != (self.dim,):
            raise DimensionMismatch(self.dim, query.shape[-1] if query.ndim else 0)
        row = np.ascontiguousarray(query[None], np.float32)
        fetch = k + _EXTRA_NEIGHBORS if k > 0 else 0
        self._require_whole()
        # FAISS stores only a pointer to a selector: a variable keeps it alive through the search
        if among is None:
            selector, removed = None, faiss.IDSelectorBatch(self.removed_ids)
            base_selector: Any = faiss.IDSelectorNot(removed) if len(self.removed_ids) else None
        else:
            selector = faiss.IDSelectorBatch(np.ascontiguousarray(among, np.int64))
            base_selector = faiss.IDSelectorBatch(np.setdiff1d(among, self.removed_ids).astype(np.int64))
        # the nearest groups may contain few of the given ids, so all groups are searched for them
        neighbors = [
            _nearest(self.additions, row, fetch, selector),
            _nearest(self.base, row, fetch, base_selector, all_groups=among is not None),
        ]
        ids, similarities = (np.concatenate(arrays) for arrays in zip(*neighbors, strict=True))
        return best_first(ids, similarities, max(k, 0))

    def _require_whole(self) -> None:
        if self.mapped is None:
            return
        try:
            self.mapped.require_whole()
        except IndexDamaged:
            discard_snapshot(self.folder)
            raise


class FaissIndex:
    """Float16 scalar quantisers with inner product: a base, mapped if large, and the changes since it was written.

    A flush writes only the changes until there are many of them, so its cost grows with the changes and not with the
    index. The base is immutable; `_removed_ids` are its ids that were replaced or removed. What was added is copied
    before it changes, if there is a snapshot of it. A large base is grouped by `speed_up`. Thread-safe.
    """

    def __init__(self, folder: Path, dim: int, *, empty: bool = False) -> None:
        self._folder = folder
        self._dim = dim
        self._stamp = ""
        self._lock = threading.Lock()
        self._base: Any = flat_index(dim)
        self._base_facts: FileFacts | None = None
        self._mapped: MappedFile | None = None
        self._base_ids = np.empty(0, np.int64)
        self._removed_ids = np.empty(0, np.int64)
        self._additions: Any = flat_index(dim)
        self._added_ids: set[int] = set()
        self._has_snapshot = False
        self._recall = 1.0
        snapshot = None if empty else read_snapshot(folder)
        if snapshot is None:
            return
        if snapshot.dim != dim:
            raise DimensionMismatch(snapshot.dim, dim)
        self._load(snapshot)

    def _load(self, snapshot: Snapshot) -> None:
        for suffix in snapshot.files:
            path = snapshot.path(suffix)
            try:
                if suffix == _BASE:
                    self._open_base(snapshot)
                else:
                    self._load_changes(path)
            except (RuntimeError, OSError, ValueError, KeyError) as error:
                raise IndexDamaged(f"The index file {path} cannot be read: delete its folder to rebuild it.") from error
        self._stamp, self._recall = snapshot.stamp, snapshot.recall

    def _load_changes(self, path: Path) -> None:
        with np.load(path) as arrays:
            self._removed_ids = arrays["gone"]
            self._add_rows(arrays["ids"], arrays["vectors"])

    def _open_base(self, snapshot: Snapshot) -> None:
        facts, path = snapshot.files[_BASE], str(snapshot.path(_BASE))
        if facts.size > MAX_READ_BYTES:
            self._mapped = MappedFile(self._folder, facts)
            self._base = faiss.read_index(path, faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        else:
            self._mapped = None
            self._base = faiss.read_index(path)
        self._base_facts = facts
        self._base_ids = np.sort(ids_of(self._base))

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return self._dim

    @property
    def stamp(self) -> str:
        """The stamp of the last `flush`, or the one read on opening."""
        return self._stamp

    @property
    def recall(self) -> float:
        """The share of the ten nearest vectors that a search finds, measured when the base was grouped; else 1.0."""
        return self._recall

    def __len__(self) -> int:
        return len(self._base_ids) - len(self._removed_ids) + len(self._added_ids)

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Add vectors, shape (len(ids), dim); an existing id gets the new vector."""
        numbers, rows = validate_vectors(ids, vectors, self._dim)
        with self._lock:
            self._unshare_additions()
            self._remove_rows(numbers)
            self._add_rows(numbers, rows)

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Remove ids; unknown ones are ignored."""
        with self._lock:
            self._unshare_additions()
            self._remove_rows(np.asarray(ids, np.int64))

    def _unshare_additions(self) -> None:
        if self._has_snapshot:
            self._additions, self._has_snapshot = faiss.clone_index(self._additions), False

    def _remove_rows(self, ids: Ids) -> None:
        if len(self._base_ids):
            self._removed_ids = np.union1d(self._removed_ids, ids[are_among(ids, self._base_ids)])
        additions = [number for number in ids.tolist() if number in self._added_ids]
        if additions:
            self._additions.remove_ids(np.array(additions, np.int64))
            self._added_ids.difference_update(additions)

    def _add_rows(self, ids: Ids, vectors: Vectors) -> None:
        if len(ids):
            self._additions.add_with_ids(np.ascontiguousarray(vectors, np.float32), ids)
            self._added_ids.update(ids.tolist())

    def snapshot(self) -> FaissSnapshot:
        """Return the vectors as they are now, whatever other threads change later."""
        with self._lock:
            self._has_snapshot = True
            return FaissSnapshot(
                dim=self._dim,
                folder=self._folder,
                base=self._base,
                mapped=self._mapped,
                base_size=len(self._base_ids),
                removed_ids=self._removed_ids,
                additions=self._additions,
                recall=self._recall,
            )

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> list[Neighbor]:
        """Return the nearest neighbours as they are now; see `FaissSnapshot.search`."""
        return self.snapshot().search(query, k, among)

    def flush(self, stamp: str) -> None:
        """Write vectors and stamp to disk together."""
        with self._lock:
            changes = len(self._removed_ids) + len(self._added_ids)
            # a base stays readable after another process has replaced its file
            lost = self._base_facts is not None and not (self._folder / self._base_facts.name).exists()
            if lost or changes > max(_MAX_CHANGES, _MAX_CHANGED_SHARE * len(self._base_ids)):
                base = merge_indexes(self._base, self._removed_ids, self._additions)
                self._replace_base({_BASE: partial(_write_index, base)}, stamp, self._recall)
                self._removed_ids = np.empty(0, np.int64)
                self._additions, self._added_ids = flat_index(self._dim), set()
            else:
                parts: dict[str, Write | FileFacts] = {_CHANGES: self._write_changes}
                parts |= {_BASE: self._base_facts} if self._base_facts else {}
                write_snapshot(self._folder, self._dim, stamp, parts, self._recall)
            self._stamp = stamp

    def speed_up(self, on_step: OnStep | None = None) -> None:
        """Group the base if it is large and not grouped yet or has grown much since; searches continue meanwhile."""
        with self._lock:
            base = self._base
        if base.ntotal < _MIN_GROUPED_VECTORS or (
            not is_flat(base) and group_count(base.ntotal) < _REGROUPING_FACTOR * base.nlist
        ):
            return
        index, recall = build_ivf(base, on_step)
        with self._lock:
            # unless another thread has replaced the base meanwhile
            if self._base is base:
                self._replace_base(
                    {_BASE: partial(_write_index, index), _CHANGES: self._write_changes}, self._stamp, recall
                )

    def _replace_base(self, parts: Mapping[str, Write | FileFacts], stamp: str, recall: float) -> None:
        snapshot = write_snapshot(self._folder, self._dim, stamp, parts, recall)
        self._open_base(snapshot)
        self._recall = recall

    def _write_changes(self, path: Path) -> None:
        vectors = self._additions.index.reconstruct_n(0, self._additions.ntotal).astype(np.float16)
        np.savez(path, ids=ids_of(self._additions), vectors=vectors, gone=self._removed_ids)


def _write_index(index: Any, path: Path) -> None:
    faiss.write_index(index, str(path))


def _nearest(index: Any, query: Vectors, k: int, selector: Any, *, all_groups: bool = False) -> tuple[Ids, Vectors]:
    k = min(k, index.ntotal)
    if k == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    if is_flat(index):
        parameters = faiss.SearchParameters()
    else:
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = index.nlist if all_groups else index.nprobe
    parameters.sel = selector
    similarities, ids = index.search(query, k, params=parameters)
    # FAISS pads with -1 if there are fewer
    valid = ids[0] >= 0
    return ids[0][valid], similarities[0][valid]
