"""Runs on the computers of a Ray cluster: files are read and articles split in tasks, passages encoded in actors."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import NamedTuple

import numpy as np

from embeddings.types import HalfVectors
from rag.config import Config
from rag.dense.lazy_encoder import LazyEncoder
from rag.dense.token_vectors import encode_words, token_coding
from rag.errors import LoadError
from rag.indexing.splitting import split
from rag.loading.isolation.pool import Workers
from rag.loading.reader import Part, Piece, articles_in, is_harmless
from rag.types import Article, Passage


class PieceContent(NamedTuple):
    """What is in a piece of a file, and the passages of each article in it."""

    parts: list[Part] | LoadError
    passages: dict[str, tuple[Passage, ...]]


class EncodedTexts(NamedTuple):
    """The vectors of texts, shape (texts, dim), and the bytes that are cached of their tokens, where there are some."""

    vectors: HalfVectors
    codes: list[bytes | None]


def read_and_split(pieces: Sequence[Piece], encoder_name: str, config: Config) -> list[PieceContent]:
    """Read pieces of files, and split their articles.

    Args:
        encoder_name: the encoder whose tokens passages are measured in.
    """
    encoder = _encoder(encoder_name)
    contents = []
    for _, parts in _workers().map(articles_in, pieces, is_harmless):
        passages = {}
        for part in () if isinstance(parts, LoadError) else parts:
            if isinstance(part, Article):
                # who stores the article splits it again, and reports why that is impossible
                with suppress(Exception):
                    passages[part.id] = split(part, encoder.count_tokens, config)
        contents.append(PieceContent(parts, passages))
    return contents


class EncodingActor:
    """Encodes texts on a computer of the cluster.

    Args:
        encoder_name, device: see `embeddings.encoder.open_encoder`.
        with_tokens: whether what is cached of tokens is wanted.
    """

    def __init__(self, encoder_name: str, device: str | None, *, with_tokens: bool) -> None:
        self._encoder = LazyEncoder(encoder_name, device=device)
        self._coding = token_coding(self._encoder.fingerprint) if with_tokens else None

    def fingerprint(self) -> str:
        """Return the fingerprint of the encoder, which is opened for it."""
        return self._encoder().fingerprint

    def encode(self, texts: Sequence[str]) -> EncodedTexts:
        """Encode texts as passages."""
        if self._coding is None:
            return EncodedTexts(self._encoder.encode_passages(texts).astype(np.float16), [])
        words = encode_words(self._encoder, texts)
        vectors = np.stack([text.pooled for text in words]).astype(np.float16)
        return EncodedTexts(vectors, self._coding.encode(words))


# a process of the cluster does many tasks
@cache
def _encoder(encoder_name: str) -> LazyEncoder:
    return LazyEncoder(encoder_name)


@cache
def _workers() -> Workers:
    return Workers(processes=1)
