"""Alignments of a question with passages, token by token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.types import TokenVectors, Vectors
from rag.types import Span


@dataclass(frozen=True)
class Alignment:
    """How well each token of a question matches each token of a passage.

    `similarities` are cosines, shape (tokens of the question, tokens of the passage). `spans`, shape (tokens of the
    passage, 2), are half-open spans in the passage's text; those of the title before it are negative. `vectors`,
    shape (tokens of the passage, dim), are the passage's token vectors.
    """

    similarities: Vectors
    spans: NDArray[np.int32]
    vectors: Vectors

    def best_matches(self) -> Vectors:
        """Return, for each token of the question, the cosine of the passage's token that is nearest to it."""
        cosines: Vectors = self.similarities.max(axis=1, initial=-1.0)
        return cosines

    def within(self, span: Span) -> Alignment:
        """Return the alignment with the tokens in a span of the passage's text."""
        start, end = span
        in_span = (self.spans[:, 0] < end) & (self.spans[:, 1] > start)
        return Alignment(self.similarities[:, in_span], self.spans[in_span], self.vectors[in_span])

    def __len__(self) -> int:
        return len(self.spans)


def align(question: TokenVectors, passages: Sequence[TokenVectors]) -> list[Alignment]:
    """Align a question with passages, given the tokens of both without what tells their languages."""
    return [Alignment(question.vectors @ tokens.vectors.T, tokens.spans, tokens.vectors) for tokens in passages]
