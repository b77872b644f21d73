"""The `VectorIndex` interface: the ids nearest to a vector, in sync with a source of truth stored elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from embeddings.types import Ids, Neighbor, OnStep, Vectors


class VectorSnapshot(Protocol):
    """Vectors of length 1 by integer id, searched by cosine, as they are at a moment."""

    def __len__(self) -> int: ...

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> list[Neighbor]:
        """Return the min(k, len) nearest neighbours of a vector of shape (dim,): most similar first, ties by id.

        Args:
            among: the ids to search, in any order; unknown ids are ignored; None: all, empty: none.

        Raises:
            DimensionMismatch: the vector has another dimension.
        """

    @property
    def recall(self) -> float:
        """The measured share of the ten nearest vectors that a search finds; 1.0 for exhaustive search."""


class VectorIndex(VectorSnapshot, Protocol):
    """Vectors that can be changed and are stored in files.

    An index can always be rebuilt: `stamp` is a string of its owner's, written by `flush` together with the
    vectors, from which the owner knows on opening what the index contains. A new index has "".
    """

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""

    @property
    def stamp(self) -> str:
        """The stamp of the last `flush`, or the one read on opening."""

    def snapshot(self) -> VectorSnapshot:
        """Return the vectors as they are now, whatever other threads change later."""

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Add vectors, shape (len(ids), dim); an existing id gets the new vector.

        Raises:
            DimensionMismatch: the vectors have another dimension.
        """

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Remove ids; unknown ones are ignored."""

    def speed_up(self, on_step: OnStep | None = None) -> None:
        """Reorganise a large index for fast search, if that is due; it may take minutes.

        Searches continue meanwhile. Call it after `flush`; if interrupted, nothing has changed.
        """

    def flush(self, stamp: str) -> None:
        """Write vectors and stamp to disk together: after a crash, both are old or both are new."""


def open_index(url: str, dim: int, *, empty: bool = False, owner: str = "") -> VectorIndex:
    """Open an index, or create an empty one if there is none.

    Args:
        url: `faiss:FOLDER`, `exact:FOLDER`, `milvus:http://HOST:19530/NAME` or `milvus:FILE.db`.
        dim: the number of dimensions of the vectors.
        empty: start empty and ignore what is there; the next `flush` replaces it.
        owner: on a server, whose vectors these are; those of another are refused.

    Raises:
        IndexUnavailable: the server does not answer, refuses, or has something else under this name.
        IndexDamaged: the files cannot be read; delete them and rebuild the index.
        DimensionMismatch: the index has vectors of another dimension.
        ValueError: the url names an unknown engine.
    """
    engine, _, folder = url.partition(":")
    if engine == "faiss":
        from embeddings.indexes.faiss_index import FaissIndex

        return FaissIndex(Path(folder), dim, empty=empty)
    if engine == "exact":
        from embeddings.indexes.exact import ExactIndex

        return ExactIndex(Path(folder), dim, empty=empty)
    if engine == "milvus":
        from embeddings.indexes.milvus_address import MilvusAddress
        from embeddings.indexes.milvus_index import MilvusIndex

        return MilvusIndex(MilvusAddress.parse(folder), dim, empty=empty, owner=owner)
    raise ValueError(f"There is no vector index named {engine!r}: use faiss:FOLDER, exact:FOLDER or milvus:ADDRESS.")
