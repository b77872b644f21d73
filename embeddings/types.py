"""The values that encoders and indexes exchange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
HalfVectors = NDArray[np.float16]
Ids = NDArray[np.int64]
Role = Literal["query", "passage"]
OnStep = Callable[[str, float], None]
"""Called with the name of the current step and the completed share, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The last hidden states of one text, without prompt and special tokens.

    `vectors` has shape (tokens, dim) and rows of length 1; `spans` has shape (tokens, 2) and contains, for each row,
    the half-open range of code points of the text that the token covers. `pooled` is the vector of the whole text,
    shape (dim,), as the encoder's other methods return it: the same forward pass yields both.
    """

    vectors: Vectors
    spans: NDArray[np.int32]
    pooled: Vectors

    def select(self, mask: NDArray[np.bool_]) -> TokenVectors:
        """Return the same text with only the tokens where `mask`, shape (tokens,), is true."""
        return TokenVectors(self.vectors[mask], self.spans[mask], self.pooled)


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An id and its cosine similarity to the query: higher is nearer, in [-1, 1]; never a distance."""

    id: int
    similarity: float
