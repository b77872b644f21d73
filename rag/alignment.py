"""A question and passages, matched token by token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.neutral import LanguageNeutral
from embeddings.types import TokenVectors, Vectors
from rag.candidates import Asked
from rag.types import Span


@dataclass(frozen=True)
class Alignment:
    """How well each token of a question matches each token of a passage.

    `similarities` are cosines without what tells the language, shape (tokens of the question, tokens of the passage).
    `spans`, shape (tokens of the passage, 2), are half-open places in the passage's text; those of the title before
    it are negative. `vectors`, shape (tokens of the passage, dim), are the passage's token vectors as they are.
    """

    similarities: Vectors
    spans: NDArray[np.int32]
    vectors: Vectors

    def best_matches(self) -> Vectors:
        """Return, for each token of the question, the cosine of the passage's token that is nearest to it."""
        found: Vectors = self.similarities.max(axis=1, initial=-1.0)
        return found

    def within(self, span: Span) -> Alignment:
        """Return the alignment with the tokens of one place in the passage's text."""
        start, end = span
        inside = (self.spans[:, 0] < end) & (self.spans[:, 1] > start)
        return Alignment(self.similarities[:, inside], self.spans[inside], self.vectors[inside])

    def __len__(self) -> int:
        return len(self.spans)


class TokenAligner:
    """Aligns one question with passages. `question` holds the places of its tokens, shape (tokens, 2)."""

    def __init__(self, asked: Asked, encoder: Encoder, neutral: LanguageNeutral) -> None:
        read = asked.tokens or encoder.token_vectors([asked.text], "query")[0]
        self._neutral = neutral
        self._tokens = neutral.tokens(read.vectors, "query")
        self.question = read.spans

    def align(self, read: Sequence[TokenVectors]) -> list[Alignment]:
        """Align passages, given their tokens as `rag.passage_tokens.PassageTokens` reads them."""
        if not read:
            return []
        # all passages at once: one matrix product instead of dozens
        all_tokens = self._neutral.tokens(np.concatenate([one.vectors for one in read]), "passage")
        ends = np.cumsum([len(one.vectors) for one in read])[:-1]
        return [
            Alignment(similarities, one.spans, one.vectors)
            for similarities, one in zip(np.split(self._tokens @ all_tokens.T, ends, axis=1), read, strict=True)
        ]
