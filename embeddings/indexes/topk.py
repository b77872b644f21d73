"""Checks and ordering shared by all indexes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import DimensionMismatch
from embeddings.types import Ids, Neighbor, Vectors


def validate_vectors(ids: Sequence[int] | Ids, vectors: Vectors, dim: int) -> tuple[Ids, Vectors]:
    """Return ids and vectors as contiguous arrays; if an id occurs twice, its last vector counts.

    Raises:
        DimensionMismatch: the vectors do not have `dim` dimensions.
        ValueError: the numbers of ids and vectors differ.
    """
    vectors = np.ascontiguousarray(vectors, np.float32)
    if vectors.shape[1:] != (dim,):
        raise DimensionMismatch(dim, vectors.shape[-1] if vectors.ndim else 0)
    numbers = np.asarray(ids, np.int64)
    if len(numbers) != len(vectors):
        raise ValueError(f"There are {len(numbers)} ids for {len(vectors)} vectors: give each vector an id.")
    last = {int(number): row for row, number in enumerate(numbers)}
    rows = list(last.values())
    return numbers[rows], np.ascontiguousarray(vectors[rows])


def are_among(ids: Ids, ascending: Ids) -> NDArray[np.bool_]:
    """Return which of a few ids are among many in ascending order; `numpy.isin` would sort all of them."""
    if not len(ascending):
        return np.zeros(len(ids), np.bool_)
    positions = np.minimum(np.searchsorted(ascending, ids), len(ascending) - 1)
    flags: NDArray[np.bool_] = ascending[positions] == ids
    return flags


def best_first(ids: Ids, similarities: NDArray[np.float32], k: int) -> list[Neighbor]:
    """Return the k most similar ids, ties by id; cosines are clipped to [-1, 1] against rounding errors."""
    order = np.lexsort((ids, -similarities))[:k]
    clipped = np.clip(similarities, -1.0, 1.0)
    return [Neighbor(int(ids[row]), float(clipped[row])) for row in order]
