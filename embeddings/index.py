"""The `VectorIndex` seam: nearest ids to a vector, kept in step with a truth that lives elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.errors import DimensionMismatch

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An id and its cosine similarity to the question: higher is nearer, in [-1, 1]; never a distance."""

    id: int
    similarity: float


class VectorIndex(Protocol):
    """Vectors of length 1 by integer id, searched by cosine.

    An index is a view that can be rebuilt: `stamp` is a word of its owner's, written by `flush` together
    with the vectors, by which the owner knows on opening what the index holds. A new index has "".
    """

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def stamp(self) -> str:
        """What the last `flush` was given, or what was read on opening."""

    def __len__(self) -> int: ...

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Add vectors, shape (len(ids), dim); a known id gets the new vector.

        Raises:
            DimensionMismatch: the vectors have another length.
        """

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Remove ids; unknown ones are ignored."""

    def search(self, query: Vectors, k: int) -> list[Neighbor]:
        """Return the min(k, len) nearest of a vector of shape (dim,): best first, ties by id.

        Raises:
            DimensionMismatch: the vector has another length.
        """

    def flush(self, stamp: str) -> None:
        """Write vectors and stamp to disk together: after a crash, both are old or both are new."""


def open_index(url: str, dim: int, *, empty: bool = False) -> VectorIndex:
    """Open an index, or an empty one where there is none yet.

    Args:
        url: `faiss:FOLDER` or `exact:FOLDER`.
        dim: length of the vectors.
        empty: begin anew, whatever is there; the next `flush` replaces it.

    Raises:
        IndexDamaged: something is there but cannot be read; delete it and build it anew.
        DimensionMismatch: it holds vectors of another length.
        ValueError: the url names no known engine.
    """
    engine, _, folder = url.partition(":")
    if engine == "faiss":
        from embeddings.faiss_index import FaissIndex

        return FaissIndex(Path(folder), dim, empty=empty)
    if engine == "exact":
        from embeddings.exact import ExactIndex

        return ExactIndex(Path(folder), dim, empty=empty)
    raise ValueError(f"There is no vector index named {engine!r}: use faiss:FOLDER or exact:FOLDER.")


def checked(ids: Sequence[int] | Ids, vectors: Vectors, dim: int) -> tuple[Ids, Vectors]:
    """Return both as contiguous arrays; of an id given twice, its last vector counts.

    Raises:
        DimensionMismatch: the vectors have another length than `dim`.
        ValueError: there are not as many vectors as ids.
    """
    vectors = np.ascontiguousarray(vectors, np.float32)
    if vectors.shape[1:] != (dim,):
        raise DimensionMismatch(dim, vectors.shape[-1] if vectors.ndim else 0)
    numbers = np.asarray(ids, np.int64)
    if len(numbers) != len(vectors):
        raise ValueError(f"There are {len(numbers)} ids for {len(vectors)} vectors: give one for each.")
    last = {int(number): row for row, number in enumerate(numbers)}
    rows = list(last.values())
    return numbers[rows], np.ascontiguousarray(vectors[rows])


def best_first(ids: Ids, similarities: NDArray[np.float32], k: int) -> list[Neighbor]:
    """Return the k most similar, ties by id; cosine is clipped to [-1, 1] against rounding."""
    order = np.lexsort((ids, -similarities))[:k]
    clipped = np.clip(similarities, -1.0, 1.0)
    return [Neighbor(int(ids[at]), float(clipped[at])) for at in order]
