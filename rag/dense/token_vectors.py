"""Token vectors of passages: cached since indexing, or encoded now."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.types import HalfVectors, TokenVectors
from embeddings.vectors.language_neutral import LanguageNeutral, language_neutral
from embeddings.vectors.token_codec import TokenCodec, token_codec
from embeddings.vectors.token_filter import drop_punctuation
from rag.dense.shared_tokens import SharedTokens
from rag.dense.token_cache import TokenCache
from rag.storage.sqlite_database import SqliteDatabase
from rag.storage.store import Store
from rag.storage.vectors import input_hash
from rag.text.encoder_input import encoder_input, legible_offsets
from rag.types import Article, Passage

Passages = Sequence[tuple[Article, Passage]]

# the budget notwithstanding, at least this many passages are encoded
_MIN_PASSAGES = 8


def encode_words(encoder: Encoder, texts: Sequence[str]) -> list[TokenVectors]:
    """Return the token vectors of texts, encoded as passages, without punctuation."""
    tokens = encoder.token_vectors(texts, "passage")
    return [drop_punctuation(text, of_text) for text, of_text in zip(texts, tokens, strict=True)]


@dataclass(frozen=True)
class TokenCoding:
    """What makes the bytes that are cached of token vectors: the projection and the codec of one encoder."""

    neutral: LanguageNeutral
    codec: TokenCodec

    def encode(self, texts: Sequence[TokenVectors]) -> list[bytes | None]:
        """Return the bytes of each text; None for one that cannot be encoded."""
        return self.codec.encode(self._projected(texts))

    def round_trip(self, texts: Sequence[TokenVectors]) -> list[TokenVectors]:
        """Return texts, without what tells their language, as they would come back from the cache."""
        return self.codec.round_trip(self._projected(texts))

    def _projected(self, texts: Sequence[TokenVectors]) -> list[TokenVectors]:
        # the vector of the whole text is stored in half precision, and has to be the same on both ways
        halves = [replace(text, pooled=text.pooled.astype(np.float16).astype(np.float32)) for text in texts]
        return self.neutral.project(halves, "passage")


def token_coding(fingerprint: str) -> TokenCoding | None:
    """Return how tokens of the encoder with this fingerprint are cached; None if there is no codec for it."""
    codec = token_codec(fingerprint)
    return TokenCoding(language_neutral(fingerprint), codec) if codec else None


@dataclass(frozen=True)
class TokenStore(TokenCoding):
    """The token cache of an archive with the projection and the codec of one encoder."""

    cache: TokenCache | SharedTokens

    def put(self, texts: Mapping[bytes, TokenVectors], *, overwrite: bool = False) -> None:
        """Cache the tokens of texts by the hash of the text; unless `overwrite`, cached ones stay."""
        codes = zip(texts, self.encode(list(texts.values())), strict=True)
        self.cache.put({key: code for key, code in codes if code is not None}, overwrite=overwrite)

    def get(self, pooled: Mapping[bytes, HalfVectors]) -> dict[bytes, TokenVectors]:
        """Return the cached texts by their hashes, given the vectors of the whole texts."""
        codes = self.cache.get(pooled)
        if not codes:
            return {}
        vectors = np.stack([pooled[key] for key in codes]).astype(np.float32)
        neutral = self.neutral.project_texts(vectors, "passage")
        return dict(zip(codes, self.codec.decode(list(codes.values()), neutral), strict=True))


class TokenStores:
    """The token stores of an archive, one for each encoder. Safe to use from several threads."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._lock = threading.Lock()
        self._stores: dict[str, TokenStore] = {}

    def for_encoder(self, fingerprint: str) -> TokenStore | None:
        """Return the token store for the encoder with this fingerprint; None if there is no codec for it."""
        coding = token_coding(fingerprint)
        if coding is None:
            return None
        neutral, codec = coding.neutral, coding.codec
        with self._lock:
            made_from = f"{self._store.facts.archive_id} {fingerprint} {neutral.name} {codec.name}"
            if made_from not in self._stores:
                database = self._store.database
                has_own_file = isinstance(database, SqliteDatabase)
                cache = TokenCache(self._folder, made_from) if has_own_file else SharedTokens(database, made_from)
                self._stores[made_from] = TokenStore(neutral, codec, cache)
            return self._stores[made_from]

    def delete(self) -> None:
        """Delete the file; the next indexing makes a new one."""
        for store in self._stores.values():
            store.cache.delete()

    def close(self) -> None:
        """Close the file."""
        for store in self._stores.values():
            store.cache.close()


class PassageTokens:
    """The token vectors of passages: cached ones, and the others encoded now, as if they had been cached.

    They are those of the passage with its title, as the encoder reads it, without punctuation and what tells the
    language; `spans` are offsets into the passage's text, and those of the title are negative. They are in the
    coordinates of the codec: compare them only with a question from `rotated`. Without a token store all are encoded
    now, in full precision.
    """

    def __init__(self, encoder: Encoder, store: Store | None = None, token_store: TokenStore | None = None) -> None:
        self._encoder = encoder
        self._neutral = language_neutral(encoder.fingerprint)
        self._store = store
        self._token_store = token_store

    def rotated(self, question: TokenVectors) -> TokenVectors:
        """Return a question in the coordinates of the passages."""
        return self._token_store.codec.rotate(question) if self._token_store else question

    def get(self, passages: Passages) -> list[TokenVectors]:
        """Return the token vectors of passages."""
        inputs = _inputs(passages)
        return self._completed(passages, inputs, self._cached(inputs))

    def get_first(self, passages: Passages, budget: int) -> list[TokenVectors]:
        """Return the token vectors of the first passages.

        With a token store these are all passages, since an answer must not depend on whether some were lost from the
        cache; else as many as have at most `budget` tokens together, but eight at least.
        """
        if self._token_store:
            return self.get(passages)
        inputs = _inputs(passages)
        count = max(_MIN_PASSAGES, int((np.cumsum(self._encoder.count_tokens(inputs)) <= budget).sum()))
        return self._completed(passages[:count], inputs[:count], {})

    def _completed(
        self, passages: Passages, inputs: Sequence[str], cached: Mapping[str, TokenVectors]
    ) -> list[TokenVectors]:
        missing = [text for text in dict.fromkeys(inputs) if text not in cached]
        encoded = self._encode(missing) if missing else []
        tokens = {**cached, **dict(zip(missing, encoded, strict=True))}
        return [
            replace(tokens[text], spans=_in_passage(tokens[text].spans, len(text), passage.text))
            for (_, passage), text in zip(passages, inputs, strict=True)
        ]

    def _encode(self, inputs: Sequence[str]) -> list[TokenVectors]:
        tokens = encode_words(self._encoder, inputs)
        return self._token_store.round_trip(tokens) if self._token_store else self._neutral.project(tokens, "passage")

    def _cached(self, inputs: Sequence[str]) -> dict[str, TokenVectors]:
        if self._store is None or self._token_store is None:
            return {}
        keys = {text: input_hash(text) for text in inputs}
        cached = self._token_store.get(self._store.vectors.get(self._encoder.fingerprint, keys.values()))
        return {text: cached[key] for text, key in keys.items() if key in cached}


def _in_passage(spans: NDArray[np.int32], length: int, passage: str) -> NDArray[np.int32]:
    """Return spans in what the encoder read, of `length` characters, as spans in the passage at its end."""
    offsets = legible_offsets(passage)
    shifted = spans - (length - len(offsets))
    if len(offsets) == len(passage):
        return shifted
    in_text = shifted[:, 1] > 0
    first, last = np.maximum(shifted[in_text, 0], 0), shifted[in_text, 1] - 1
    shifted[in_text] = np.stack([offsets[first], offsets[last] + 1], axis=1)
    return shifted


def _inputs(passages: Passages) -> list[str]:
    return [encoder_input(article, passage) for article, passage in passages]
