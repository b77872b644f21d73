"""Exact search in NumPy: the reference that every other index is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from pathlib import Path

import numpy as np

from embeddings.errors import DimensionMismatch, IndexDamaged
from embeddings.indexes.snapshot import read_snapshot, write_snapshot
from embeddings.indexes.topk import best_first, validate_vectors
from embeddings.types import Ids, Neighbor, OnStep, Vectors

_FILE = ".npz"


class ExactIndex:
    """Float32 vectors in memory, searched exhaustively; for small archives and for tests."""

    def __init__(self, folder: Path, dim: int, *, empty: bool = False) -> None:
        self._folder = folder
        self._dim = dim
        self._stamp = ""
        self._vectors: dict[int, Vectors] = {}
        snapshot = None if empty else read_snapshot(folder)
        if snapshot is None:
            return
        if snapshot.dim != dim:
            raise DimensionMismatch(snapshot.dim, dim)
        try:
            with np.load(snapshot.path(_FILE)) as arrays:
                self.add(arrays["ids"], arrays["vectors"])
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamaged(
                f"The index file {snapshot.path(_FILE)} cannot be read ({error}): delete its folder to rebuild it."
            ) from error
        self._stamp = snapshot.stamp

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return self._dim

    @property
    def stamp(self) -> str:
        """The stamp of the last `flush`, or the one read on opening."""
        return self._stamp

    def __len__(self) -> int:
        return len(self._vectors)

    def snapshot(self) -> ExactIndex:
        """Return the vectors as they are now."""
        frozen = copy(self)
        frozen._vectors = self._vectors.copy()
        return frozen

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Add vectors, shape (len(ids), dim); an existing id gets the new vector."""
        numbers, rows = validate_vectors(ids, vectors, self._dim)
        self._vectors.update(zip(numbers.tolist(), rows, strict=True))

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Remove ids; unknown ones are ignored."""
        for number in np.asarray(ids, np.int64).tolist():
            self._vectors.pop(number, None)

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> list[Neighbor]:
        """Return the nearest neighbours, among the given ids if any: most similar first, ties by id."""
        if query.shape != (self._dim,):
            raise DimensionMismatch(self._dim, query.shape[-1] if query.ndim else 0)
        ids, vectors = self._arrays()
        if among is not None:
            searched = np.isin(ids, among)
            ids, vectors = ids[searched], vectors[searched]
        # not a matrix product, which rounds equal vectors differently depending on their row
        return best_first(ids, np.einsum("ij,j->i", vectors, query.astype(np.float32)), max(k, 0))

    @property
    def recall(self) -> float:
        """1.0: the search is exhaustive."""
        return 1.0

    def speed_up(self, on_step: OnStep | None = None) -> None:
        """Do nothing: the search stays exhaustive."""

    def flush(self, stamp: str) -> None:
        """Write vectors and stamp to disk together."""
        ids, vectors = self._arrays()

        def write(path: Path) -> None:
            np.savez(path, ids=ids, vectors=vectors)

        write_snapshot(self._folder, self._dim, stamp, {_FILE: write})
        self._stamp = stamp

    def _arrays(self) -> tuple[Ids, Vectors]:
        ids = np.fromiter(self._vectors, np.int64, len(self._vectors))
        rows = np.array(list(self._vectors.values()), np.float32).reshape(-1, self._dim)
        return ids, rows
