"""Where the token vectors of passages come from: kept since indexing, or read now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from embeddings.token_codec import TokenCodec, token_codec
from embeddings.types import TokenVectors
from rag.kept_tokens import KeptTokens
from rag.store import Store, input_hash

# so many passages are read whatever their length
_FEWEST = 8


@dataclass(frozen=True)
class Keeping:
    """What tokens are kept with: the codec of the archive's encoder, and the file."""

    codec: TokenCodec
    kept: KeptTokens

    def keep(self, texts: Mapping[bytes, TokenVectors]) -> None:
        """Keep the tokens of texts by their hashes."""
        codes = zip(texts, self.codec.encode(list(texts.values())), strict=True)
        self.kept.put({hashed: code for hashed, code in codes if code is not None})


def keeping(folder: Path, store: Store, fingerprint: str) -> Keeping | None:
    """Return what the tokens of an archive are kept with; None if there is no codec for its encoder."""
    codec = token_codec(fingerprint)
    made_from = f"{store.archive_id} {fingerprint} {codec.name}" if codec else ""
    return Keeping(codec, KeptTokens(folder, made_from)) if codec else None


class PassageTokens:
    """Gives the token vectors of passages: those that were kept, and the others as if they had been, read now.

    Without `keeping`, all are read now, in full precision.
    """

    def __init__(self, encoder: Encoder, store: Store | None = None, keeping: Keeping | None = None) -> None:
        self._encoder = encoder
        self._store = store
        self._keeping = keeping

    def read(self, inputs: Sequence[str]) -> list[TokenVectors]:
        """Return the token vectors of what the encoder reads for passages."""
        return self._completed(inputs, self._kept(inputs))

    def read_first(self, inputs: Sequence[str], budget: int) -> list[TokenVectors]:
        """Return those of the first passages: until so many tokens have to be read now, but eight passages at least."""
        kept = self._kept(inputs)
        missing = [text for text in inputs if text not in kept]
        lengths = dict(zip(missing, self._encoder.count_tokens(missing), strict=True)) if missing else {}
        affordable = int((np.cumsum([lengths.get(text, 0) for text in inputs]) <= budget).sum())
        return self._completed(inputs[: max(_FEWEST, affordable)], kept)

    def _completed(self, inputs: Sequence[str], kept: Mapping[str, TokenVectors]) -> list[TokenVectors]:
        missing = [text for text in dict.fromkeys(inputs) if text not in kept]
        read = self._encoder.token_vectors(missing, "passage") if missing else []
        if self._keeping is not None:
            read = self._keeping.codec.coarse(read)
        found = {**kept, **dict(zip(missing, read, strict=True))}
        return [found[text] for text in inputs]

    def _kept(self, inputs: Sequence[str]) -> dict[str, TokenVectors]:
        if self._store is None or self._keeping is None:
            return {}
        hashes = {text: input_hash(text) for text in inputs}
        codes = self._keeping.kept.get(hashes.values())
        wholes = self._store.vectors(self._encoder.fingerprint, codes)
        texts = [text for text, hashed in hashes.items() if hashed in codes and hashed in wholes]
        of_texts = [hashes[text] for text in texts]
        halves = [wholes[one].astype(np.float32) for one in of_texts]
        read = self._keeping.codec.decode([codes[one] for one in of_texts], halves)
        return dict(zip(texts, read, strict=True))
