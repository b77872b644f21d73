"""A question and passages, read token by token with the encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.neutral import LanguageNeutral
from embeddings.types import Vectors
from rag.candidates import Asked
from rag.encoder_input import encoder_input
from rag.types import Article, Passage, Span


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
        self._encoder = encoder
        self._neutral = neutral
        self._tokens = neutral.tokens(read.vectors, "query")
        self.question = read.spans

    def align(self, passages: Sequence[tuple[Article, Passage]]) -> list[Alignment]:
        """Read passages with their titles."""
        if not passages:
            return []
        texts = [encoder_input(article, passage) for article, passage in passages]
        read = self._encoder.token_vectors(texts, "passage")
        # all passages at once: one matrix product instead of dozens
        all_tokens = self._neutral.tokens(np.concatenate([one.vectors for one in read]), "passage")
        ends = np.cumsum([len(one.vectors) for one in read])[:-1]
        return [
            Alignment(similarities, one.spans - (len(text) - len(passage.text)), one.vectors)
            for similarities, one, text, (_, passage) in zip(
                np.split(self._tokens @ all_tokens.T, ends, axis=1), read, texts, passages, strict=True
            )
        ]
