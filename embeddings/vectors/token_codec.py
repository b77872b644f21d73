"""Token vectors in 38 bytes each instead of 1,536, so that they can be stored for every passage.

Half of the variance of token vectors is which text they belong to, and the vector of that text is stored anyway. So a
token is stored as its residual to that vector: in principal directions, product-quantised (Jégou et al., 2011), a byte
for every eight directions. Two more bytes encode the token's span in the text. benchmarks/fit_tokens.py made the table
and says for which model.
"""

from __future__ import annotations

import hashlib
import importlib.resources
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.types import TokenVectors, Vectors

TABLE = "tokens.npz"
# bytes of a token's span: its gap to the token before, and its length
_SPAN_BYTES = 2
_MAX_BYTE = 255


@dataclass(frozen=True)
class TokenCodec:
    """Encodes the token vectors of an encoder as bytes and decodes them.

    Vectors are rotated by `directions`, shape (dim, dim), orthonormal: decoded vectors are in these coordinates, where
    cosines are the same. There, a token is predicted as `share` times the text's vector plus `offset`, shape (dim,).
    The residuals of its first parts * width coordinates are quantised: each part becomes the nearest of its 256
    `words`, shape (parts, 256, width).
    """

    share: float
    offset: Vectors
    directions: Vectors
    words: Vectors

    @cached_property
    def name(self) -> str:
        """A hash of the table: codes of a codec with the same name can be decoded."""
        digest = hashlib.sha256(str(self.share).encode())
        for array in (self.offset, self.directions, self.words):
            digest.update(array.tobytes())
        return digest.hexdigest()[:8]

    def rotate(self, text: TokenVectors) -> TokenVectors:
        """Return a text in the coordinates of decoded texts."""
        return TokenVectors(text.vectors @ self.directions, text.spans, text.pooled @ self.directions)

    def encode(self, texts: Sequence[TokenVectors]) -> list[bytes | None]:
        """Return the bytes of each text; None for one with tokens longer or farther apart than 255 code points."""
        if not texts:
            return []
        coded = self._coded
        residuals = np.concatenate([text.vectors for text in texts]) @ self.directions[:, :coded]
        lengths = [len(text.vectors) for text in texts]
        residuals -= np.repeat(self._predict([text.pooled for text in texts])[:, :coded], lengths, axis=0)
        codes = self._quantiser.compute_codes(np.ascontiguousarray(residuals, np.float32))
        encoded = []
        for text, text_codes in zip(texts, np.split(codes, np.cumsum(lengths)[:-1]), strict=True):
            steps = _steps(text.spans)
            fit = steps.min(initial=0) >= 0 and steps.max(initial=0) <= _MAX_BYTE
            encoded.append(np.hstack([text_codes, steps.astype(np.uint8)]).tobytes() if fit else None)
        return encoded

    def decode(self, codes: Sequence[bytes], pooled: Sequence[Vectors] | Vectors) -> list[TokenVectors]:
        """Return the encoded texts, rotated, with nearly the same vectors.

        Args:
            codes: the bytes of each text.
            pooled: the vectors of the texts, not rotated.
        """
        if not codes:
            return []
        rotated = np.stack(list(pooled)) @ self.directions
        # text by text: the arrays of a single text stay in the processor's cache
        return [self._decode(*row) for row in zip(codes, rotated, self._predict(pooled), strict=True)]

    def _decode(self, code: bytes, pooled: Vectors, prediction: Vectors) -> TokenVectors:
        parts, words, width = self.words.shape
        coded = self._coded
        rows = np.frombuffer(code, np.uint8).reshape(-1, parts + _SPAN_BYTES)
        numbers = rows[:, :parts] + np.arange(0, parts * words, words, dtype=np.int32)
        vectors = np.empty((len(rows), len(prediction)), np.float32)
        vectors[:] = prediction
        vectors[:, :coded] += self.words.reshape(-1, width).take(numbers, axis=0).reshape(-1, coded)
        vectors /= np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
        return TokenVectors(vectors, _spans(rows[:, parts:]), pooled)

    def round_trip(self, texts: Sequence[TokenVectors]) -> list[TokenVectors]:
        """Return texts, rotated, as decoded from their bytes; texts that cannot be encoded keep their vectors."""
        encoded = list(zip(self.encode(texts), texts, strict=True))
        codes = [code for code, _ in encoded if code is not None]
        decoded = iter(self.decode(codes, [text.pooled for code, text in encoded if code is not None]))
        return [self.rotate(text) if code is None else next(decoded) for code, text in encoded]

    @property
    def _coded(self) -> int:
        return int(self.words.shape[0] * self.words.shape[2])

    def _predict(self, pooled: Sequence[Vectors] | Vectors) -> Vectors:
        """Return the rotated vectors that the tokens of texts have on average, shape (texts, dim)."""
        predictions: Vectors = self.offset + np.float32(self.share) * (np.stack(list(pooled)) @ self.directions)
        return predictions

    @cached_property
    def _quantiser(self) -> Any:
        from embeddings.faiss_library import faiss

        parts, words, width = self.words.shape
        quantiser = faiss.ProductQuantizer(parts * width, parts, words.bit_length() - 1)
        faiss.copy_array_to_vector(np.ascontiguousarray(self.words, np.float32).ravel(), quantiser.centroids)
        return quantiser


def _steps(spans: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the gap of each token to the end of the token before, and its length, shape (tokens, 2)."""
    ends = np.concatenate([[0], spans[:-1, 1]]) if len(spans) else spans[:, 1]
    return np.stack([spans[:, 0] - ends, spans[:, 1] - spans[:, 0]], axis=1).astype(np.int32)


def _spans(steps: NDArray[np.uint8]) -> NDArray[np.int32]:
    ends = np.cumsum(steps.astype(np.int32).sum(axis=1), dtype=np.int32)
    return np.stack([ends - steps[:, 1], ends], axis=1).astype(np.int32)


@cache
def token_codec(fingerprint: str) -> TokenCodec | None:
    """Return the codec for the encoder with this fingerprint, or None if there is no table for it."""
    with importlib.resources.files("embeddings.vectors").joinpath(TABLE).open("rb") as file, np.load(file) as table:
        if str(table["fingerprint"]) != fingerprint:
            return None
        offset, directions, words = (table[name].astype(np.float32) for name in ("offset", "directions", "words"))
        return TokenCodec(float(table["share"]), offset, directions, words)
