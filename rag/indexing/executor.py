"""Where files are read, articles split and passages encoded: in this process, or on the computers of a cluster."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from operator import attrgetter
from typing import Protocol

import numpy as np

from embeddings.encoder import Encoder
from embeddings.types import HalfVectors
from rag.config import Config
from rag.dense.token_vectors import TokenStore, encode_words
from rag.errors import LoadError
from rag.indexing.splitting import split
from rag.loading.isolation.pool import Workers
from rag.loading.reader import Part, Piece, articles_in, is_harmless
from rag.types import Article, Passage

Reading = Generator[tuple[Piece, list[Part] | LoadError]]
"""Pieces of files with what is in them; closed early, what is being read is given up."""


class Executor(Protocol):
    """What reads, splits and encodes for whoever stores what comes of it; close it at the end."""

    @property
    def batch_texts(self) -> int:
        """The number of texts to encode together: enough for full batches, few enough to lose by an interruption."""

    @property
    def few_texts(self) -> int:
        """The number of texts to encode where the encoder would have nothing to do."""

    def prepare(self) -> None:
        """Begin to open what will encode, since a text is about to be read that may have to be."""

    def read(self, pieces: Iterable[Piece]) -> Reading:
        """Yield each piece of a file with what is in it, in order; some pieces are read ahead."""

    def split(self, article: Article) -> tuple[Passage, ...]:
        """Split an article into passages."""

    def encode(self, inputs: Mapping[bytes, str], *, overwrite: bool = False) -> HalfVectors:
        """Encode texts by their hashes, shape (len(inputs), dim); cache their tokens, now or until `finish` returns."""

    def finish(self) -> None:
        """Wait until the tokens of what was encoded are cached."""

    def close(self) -> None:
        """Wait for what is being cached, and end what was started."""


class LocalExecutor:
    """Reads in worker processes, splits and encodes in this one, and caches tokens in a thread of its own.

    Args:
        token_store: where the token vectors of the encoded texts are cached; None if they are not.
    """

    batch_texts = 256
    few_texts = 64

    def __init__(self, encoder: Encoder, config: Config, token_store: TokenStore | None) -> None:
        self._encoder = encoder
        self._config = config
        self._token_store = token_store
        self._thread = ThreadPoolExecutor(1)
        self._in_progress: Future[None] | None = None

    def prepare(self) -> None:
        """Open the encoder on another core, since its first use takes a second."""
        pool = ThreadPoolExecutor(1)
        # its name is enough to open a lazy encoder, and its tokenizer may be for one thread at a time. If opening
        # fails, it fails again when the encoder is needed, and is reported then
        pool.submit(attrgetter("name"), self._encoder)
        pool.shutdown(wait=False)

    def read(self, pieces: Iterable[Piece]) -> Reading:
        """Yield each piece of a file with what is in it, in order; some pieces are read ahead."""
        with Workers() as workers:
            yield from workers.map(articles_in, pieces, is_harmless)

    def split(self, article: Article) -> tuple[Passage, ...]:
        """Split an article into passages."""
        return split(article, self._encoder.count_tokens, self._config)

    def encode(self, inputs: Mapping[bytes, str], *, overwrite: bool = False) -> HalfVectors:
        """Encode texts by their hashes; their tokens are cached while the next ones are encoded."""
        texts = list(inputs.values())
        if self._token_store is None:
            return self._encoder.encode_passages(texts).astype(np.float16)
        token_vectors = encode_words(self._encoder, texts)
        # token vectors are large: those of one batch wait, at most
        self.finish()
        tokens = dict(zip(inputs, token_vectors, strict=True))
        self._in_progress = self._thread.submit(self._token_store.put, tokens, overwrite=overwrite)
        return np.stack([text.pooled for text in token_vectors]).astype(np.float16)

    def finish(self) -> None:
        """Wait until the tokens of what was encoded are cached."""
        if self._in_progress:
            self._in_progress.result()
            self._in_progress = None

    def close(self) -> None:
        """Wait for what is being cached."""
        self._thread.shutdown(cancel_futures=True)
