"""The `VectorIndex` seam: nearest ids to a vector, kept in step with a truth that lives elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from embeddings.types import Ids, Neighbor, OnStep, Vectors


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

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> list[Neighbor]:
        """Return the min(k, len) nearest of a vector of shape (dim,): best first, ties by id.

        Args:
            allowed: only these ids may be found, in any order, unknown ones are ignored; None: all, empty: none.

        Raises:
            DimensionMismatch: the vector has another length.
        """

    @property
    def recall(self) -> float:
        """The share of the ten nearest vectors that a search finds, as it was measured; 1 where it looks at all."""

    def speed_up(self, on_step: OnStep | None = None) -> None:
        """Do what takes long and makes searches of many vectors fast, if there is something to do.

        Searches go on meanwhile. Call it after `flush`; where it is interrupted, nothing has changed.
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
        from embeddings.indexes.faiss_index import FaissIndex

        return FaissIndex(Path(folder), dim, empty=empty)
    if engine == "exact":
        from embeddings.indexes.exact import ExactIndex

        return ExactIndex(Path(folder), dim, empty=empty)
    raise ValueError(f"There is no vector index named {engine!r}: use faiss:FOLDER or exact:FOLDER.")
