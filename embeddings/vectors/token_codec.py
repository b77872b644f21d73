"""Token vectors in 38 bytes each instead of 1,536, so that they can be kept for every passage.

Half of what token vectors differ in is which text they stand in, and the vector of the whole text is kept anyway. So a
token is kept as its residual to that vector: in its principal directions, product-quantised (Jégou et al., 2011), one
byte for every eight directions. Two more bytes say where in the text the token stands. benchmarks/fit_tokens.py made
the table, and says for which model.
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
_PLACE = 2
_BYTE = 255


@dataclass(frozen=True)
class TokenCodec:
    """Turns the token vectors of one encoder into bytes and back.

    Vectors are turned by `directions`, shape (dim, dim), orthonormal: what comes back is in these coordinates, and has
    the same cosines to what is turned likewise. There, a token is about `share` times the text's vector plus `offset`,
    shape (dim,). What its first parts * width coordinates differ by from that is kept: each part becomes the nearest
    of the 256 `words` for it, shape (parts, 256, width).
    """

    share: float
    offset: Vectors
    directions: Vectors
    words: Vectors

    @cached_property
    def name(self) -> str:
        """Names the table: what was encoded by one of the same name can be decoded."""
        digest = hashlib.sha256(str(self.share).encode())
        for array in (self.offset, self.directions, self.words):
            digest.update(array.tobytes())
        return digest.hexdigest()[:8]

    def rotate(self, text: TokenVectors) -> TokenVectors:
        """Return a text in the coordinates of those that come back."""
        return TokenVectors(text.vectors @ self.directions, text.spans, text.pooled @ self.directions)

    def encode(self, texts: Sequence[TokenVectors]) -> list[bytes | None]:
        """Return the bytes of each text; None for one with tokens longer or farther apart than 255 code points."""
        if not texts:
            return []
        coded = self._coded
        vectors = np.concatenate([one.vectors for one in texts]) @ self.directions[:, :coded]
        lengths = [len(one.vectors) for one in texts]
        vectors -= np.repeat(self._bases([one.pooled for one in texts])[:, :coded], lengths, axis=0)
        codes = self._quantiser.compute_codes(np.ascontiguousarray(vectors, np.float32))
        found = []
        for one, of_text in zip(texts, np.split(codes, np.cumsum(lengths)[:-1]), strict=True):
            places = _places(one.spans)
            fit = places.min(initial=0) >= 0 and places.max(initial=0) <= _BYTE
            found.append(np.hstack([of_text, places.astype(np.uint8)]).tobytes() if fit else None)
        return found

    def decode(self, kept: Sequence[bytes], wholes: Sequence[Vectors] | Vectors) -> list[TokenVectors]:
        """Return what was encoded, turned, with vectors that are nearly the same.

        `wholes` are the vectors of the texts, not turned.
        """
        if not kept:
            return []
        turned = np.stack(list(wholes)) @ self.directions
        # text by text: arrays of one stay in the processor's cache
        return [self._decoded(*one) for one in zip(kept, turned, self._bases(wholes), strict=True)]

    def _decoded(self, kept: bytes, whole: Vectors, base: Vectors) -> TokenVectors:
        parts, words, width = self.words.shape
        coded = self._coded
        rows = np.frombuffer(kept, np.uint8).reshape(-1, parts + _PLACE)
        numbers = rows[:, :parts] + np.arange(0, parts * words, words, dtype=np.int32)
        vectors = np.empty((len(rows), len(base)), np.float32)
        vectors[:] = base
        vectors[:, :coded] += self.words.reshape(-1, width).take(numbers, axis=0).reshape(-1, coded)
        vectors /= np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
        return TokenVectors(vectors, _spans(rows[:, parts:]), whole)

    def round_trip(self, texts: Sequence[TokenVectors]) -> list[TokenVectors]:
        """Return texts, turned, as they come back from their bytes; those that have none are as they were."""
        codes = self.encode(texts)
        there = [(code, one.pooled) for code, one in zip(codes, texts, strict=True) if code is not None]
        back = iter(self.decode([code for code, _ in there], [whole for _, whole in there]))
        return [self.rotate(one) if code is None else next(back) for code, one in zip(codes, texts, strict=True)]

    @property
    def _coded(self) -> int:
        return int(self.words.shape[0] * self.words.shape[2])

    def _bases(self, wholes: Sequence[Vectors] | Vectors) -> Vectors:
        bases: Vectors = self.offset + np.float32(self.share) * (np.stack(list(wholes)) @ self.directions)
        return bases

    @cached_property
    def _quantiser(self) -> Any:
        import faiss

        parts, words, width = self.words.shape
        quantiser = faiss.ProductQuantizer(parts * width, parts, words.bit_length() - 1)
        faiss.copy_array_to_vector(np.ascontiguousarray(self.words, np.float32).ravel(), quantiser.centroids)
        return quantiser


def _places(spans: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return how far each token begins after the end of the one before, and how long it is."""
    ends = np.concatenate([[0], spans[:-1, 1]]) if len(spans) else spans[:, 1]
    return np.stack([spans[:, 0] - ends, spans[:, 1] - spans[:, 0]], axis=1).astype(np.int32)


def _spans(places: NDArray[np.uint8]) -> NDArray[np.int32]:
    ends = np.cumsum(places.astype(np.int32).sum(axis=1), dtype=np.int32)
    return np.stack([ends - places[:, 1], ends], axis=1).astype(np.int32)


@cache
def token_codec(fingerprint: str) -> TokenCodec | None:
    """Return the codec for the encoder with this fingerprint, or None if none was made for it."""
    with importlib.resources.files("embeddings.vectors").joinpath(TABLE).open("rb") as file, np.load(file) as table:
        if str(table["fingerprint"]) != fingerprint:
            return None
        offset, directions, words = (table[name].astype(np.float32) for name in ("offset", "directions", "words"))
        return TokenCodec(float(table["share"]), offset, directions, words)
