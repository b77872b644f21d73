"""Where the token vectors of passages come from: kept since indexing, or read now."""

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
from rag.dense.token_cache import KeptTokens
from rag.storage.store import Store
from rag.storage.vectors import input_hash
from rag.text.encoder_input import encoder_input, places_of
from rag.types import Article, Passage

Passages = Sequence[tuple[Article, Passage]]

# so many passages are read whatever their length
_FEWEST = 8


def read_words(encoder: Encoder, texts: Sequence[str]) -> list[TokenVectors]:
    """Return the token vectors of what the encoder reads for passages, without punctuation."""
    read = encoder.token_vectors(texts, "passage")
    return [drop_punctuation(text, one) for text, one in zip(texts, read, strict=True)]


@dataclass(frozen=True)
class Keeping:
    """What tokens are kept with: the map and the codec of the archive's encoder, and the file."""

    neutral: LanguageNeutral
    codec: TokenCodec
    kept: KeptTokens

    def keep(self, texts: Mapping[bytes, TokenVectors], *, anew: bool = False) -> None:
        """Keep the tokens of texts by their hashes; known ones stay, unless they are made `anew`."""
        codes = zip(texts, self.encoded(list(texts.values())), strict=True)
        self.kept.put({hashed: code for hashed, code in codes if code is not None}, anew=anew)

    def encoded(self, texts: Sequence[TokenVectors]) -> list[bytes | None]:
        """Return the bytes of each text; None for one that cannot be kept."""
        return self.codec.encode(self._read(texts))

    def coarse(self, texts: Sequence[TokenVectors]) -> list[TokenVectors]:
        """Return texts, without what tells their language, as they would come back if they had been kept."""
        return self.codec.round_trip(self._read(texts))

    def get(self, wholes: Mapping[bytes, HalfVectors]) -> dict[bytes, TokenVectors]:
        """Return those of the texts that are kept, by their hashes, given the vectors of the whole texts."""
        codes = self.kept.get(wholes)
        if not codes:
            return {}
        neutral = self.neutral.project_texts(np.stack([wholes[one] for one in codes]).astype(np.float32), "passage")
        return dict(zip(codes, self.codec.decode(list(codes.values()), neutral), strict=True))

    def _read(self, texts: Sequence[TokenVectors]) -> list[TokenVectors]:
        # the vector of the whole text is kept in half precision, and has to be the same on both ways
        halves = [replace(one, pooled=one.pooled.astype(np.float16).astype(np.float32)) for one in texts]
        return self.neutral.project(halves, "passage")


class TokenKeeper:
    """Gives what the tokens of an archive are kept with, for the encoder that it has at the moment."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._lock = threading.Lock()
        self._of: dict[str, Keeping] = {}

    def of(self, fingerprint: str) -> Keeping | None:
        """Return what is kept for the encoder with this fingerprint; None if there is no codec for it."""
        codec = token_codec(fingerprint)
        if codec is None:
            return None
        with self._lock:
            neutral = language_neutral(fingerprint)
            made_from = f"{self._store.facts.archive_id} {fingerprint} {neutral.name} {codec.name}"
            if made_from not in self._of:
                self._of[made_from] = Keeping(neutral, codec, KeptTokens(self._folder, made_from))
            return self._of[made_from]

    def close(self) -> None:
        """Close the file."""
        for keeping in self._of.values():
            keeping.kept.close()


class PassageTokens:
    """Gives the token vectors of passages: those that were kept, and the others as if they had been, read now.

    They are those of the passage with its title, as the encoder reads it, without punctuation and what tells the
    language; `spans` are places in the passage's text, and those of the title are negative. They are in the coordinates
    of the codec: compare them with a question from `rotated` alone. Without `keeping`, all are read now, in full
    precision.
    """

    def __init__(self, encoder: Encoder, store: Store | None = None, keeping: Keeping | None = None) -> None:
        self._encoder = encoder
        self._neutral = language_neutral(encoder.fingerprint)
        self._store = store
        self._keeping = keeping

    def rotated(self, question: TokenVectors) -> TokenVectors:
        """Return a question in the coordinates of the passages."""
        return self._keeping.codec.rotate(question) if self._keeping else question

    def read(self, passages: Passages) -> list[TokenVectors]:
        """Return the token vectors of passages."""
        inputs = _inputs(passages)
        return self._completed(passages, inputs, self._kept(inputs))

    def read_first(self, passages: Passages, budget: int) -> list[TokenVectors]:
        """Return those of the first passages.

        They are all of them where tokens are kept: an answer must not depend on whether some were lost. Else they are
        as many as have so many tokens together, but eight at least.
        """
        if self._keeping:
            return self.read(passages)
        inputs = _inputs(passages)
        first = max(_FEWEST, int((np.cumsum(self._encoder.count_tokens(inputs)) <= budget).sum()))
        return self._completed(passages[:first], inputs[:first], {})

    def _completed(
        self, passages: Passages, inputs: Sequence[str], kept: Mapping[str, TokenVectors]
    ) -> list[TokenVectors]:
        missing = [text for text in dict.fromkeys(inputs) if text not in kept]
        read = self._read_now(missing) if missing else []
        found = {**kept, **dict(zip(missing, read, strict=True))}
        return [
            replace(found[text], spans=_in_passage(found[text].spans, len(text), passage.text))
            for (_, passage), text in zip(passages, inputs, strict=True)
        ]

    def _read_now(self, inputs: Sequence[str]) -> list[TokenVectors]:
        read = read_words(self._encoder, inputs)
        return self._keeping.coarse(read) if self._keeping else self._neutral.project(read, "passage")

    def _kept(self, inputs: Sequence[str]) -> dict[str, TokenVectors]:
        if self._store is None or self._keeping is None:
            return {}
        hashes = {text: input_hash(text) for text in inputs}
        kept = self._keeping.get(self._store.vectors.get(self._encoder.fingerprint, hashes.values()))
        return {text: kept[hashed] for text, hashed in hashes.items() if hashed in kept}


def _in_passage(spans: NDArray[np.int32], length: int, passage: str) -> NDArray[np.int32]:
    """Return places in what the encoder read, of so many characters, as places in the passage at its end."""
    places = places_of(passage)
    found = spans - (length - len(places))
    if len(places) == len(passage):
        return found
    inside = found[:, 1] > 0
    first, last = np.maximum(found[inside, 0], 0), found[inside, 1] - 1
    found[inside] = np.stack([places[first], places[last] + 1], axis=1)
    return found


def _inputs(passages: Passages) -> list[str]:
    return [encoder_input(article, passage) for article, passage in passages]
