"""An encoder with a cache: each text is encoded once in a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Encoder
from embeddings.types import Role, TokenVectors, Vectors

# of 384 numbers of two bytes each, about 1.5 GB; then the oldest are forgotten
_MAX_CACHED_TOKENS = 2_000_000


class CachingEncoder:
    """Gives what another encoder gives, and reads each text once, so that many questions take little time.

    Token vectors of passages are kept in half precision, up to a bound of memory; those of questions as they are, so
    that near ties come out as they do for a person who asks.
    """

    def __init__(self, encoder: Encoder, most_tokens: int = _MAX_CACHED_TOKENS) -> None:
        self._encoder = encoder
        self._tokens: dict[tuple[Role, str], TokenVectors] = {}
        self._cached_tokens = 0
        self._max_tokens = most_tokens
        self._passages: dict[str, Vectors] = {}
        self._counts: dict[str, int] = {}

    @property
    def name(self) -> str:
        """That of the encoder that reads."""
        return self._encoder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text are read."""
        return self._encoder.max_tokens

    @property
    def fingerprint(self) -> str:
        """That of the encoder that reads: vectors are comparable."""
        return self._encoder.fingerprint

    @property
    def has_tokens(self) -> bool:
        """As of the encoder that reads."""
        return self._encoder.has_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._counts]
        self._counts |= zip(new, self._encoder.count_tokens(new), strict=True)
        return [self._counts[text] for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._passages]
        self._passages |= zip(new, self._encoder.encode_passages(new), strict=True)
        return np.stack([self._passages[text] for text in texts]) if texts else np.empty((0, self.dim), np.float32)

    def encode_query(self, text: str) -> Vectors:
        """Encode one question: shape (dim,)."""
        return self.token_vectors([text], "query")[0].pooled

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token."""
        new = [text for text in dict.fromkeys(texts) if (role, text) not in self._tokens]
        vectors_of = {text: self._tokens[role, text] for text in texts if (role, text) in self._tokens}
        for text, encoded in zip(new, self._encoder.token_vectors(new, role) if new else [], strict=True):
            # the same precision whether a text was read now or before
            vectors_of[text] = encoded
            if role == "passage":
                vectors_of[text] = TokenVectors(encoded.vectors.astype(np.float16), encoded.spans, encoded.pooled)
            self._cache(role, text, vectors_of[text])
        in_order = [vectors_of[text] for text in texts]
        return [TokenVectors(vectors.vectors.astype(np.float32), vectors.spans, vectors.pooled) for vectors in in_order]

    def _cache(self, role: Role, text: str, vectors: TokenVectors) -> None:
        self._tokens[role, text] = vectors
        self._cached_tokens += len(vectors.vectors)
        while self._cached_tokens > self._max_tokens and len(self._tokens) > 1:
            oldest = next(iter(self._tokens))
            self._cached_tokens -= len(self._tokens.pop(oldest).vectors)
