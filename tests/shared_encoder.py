"""The bundled encoder, whose vectors all processes of a test run share in a folder."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.encoder import Encoder
from embeddings.types import Role, TokenVectors, Vectors


class SharingEncoder:
    """Gives what another encoder gives, and encodes no text that another process of this run has encoded."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim)."""
        arrays = self._shared("pooled", texts, lambda new: [(row,) for row in self._encoder.encode_passages(new)])
        return np.stack([pooled for (pooled,) in arrays]) if texts else np.empty((0, self._encoder.dim), np.float32)

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token."""

        def encode(new: Sequence[str]) -> list[tuple[np.ndarray, ...]]:
            return [(each.vectors, each.spans, each.pooled) for each in self._encoder.token_vectors(new, role)]

        return [TokenVectors(*arrays) for arrays in self._shared(role, texts, encode)]

    def _shared(
        self, kind: str, texts: Sequence[str], encode: Callable[[Sequence[str]], list[tuple[np.ndarray, ...]]]
    ) -> list[tuple[np.ndarray, ...]]:
        files = {text: self._folder / f"{kind}-{hashlib.sha256(text.encode()).hexdigest()}.npz" for text in texts}
        new = [text for text, file in files.items() if not file.exists()]
        for text, arrays in zip(new, encode(new) if new else [], strict=True):
            # whole or not at all, though two processes or threads may write it
            partial = files[text].with_suffix(f".{os.getpid()}-{threading.get_ident()}")
            with partial.open("wb") as out:
                np.savez(out, *arrays)
            partial.replace(files[text])
        return [_loaded(files[text]) for text in texts]


def _loaded(file: Path) -> tuple[np.ndarray, ...]:
    with np.load(file) as arrays:
        return tuple(arrays[name] for name in arrays.files)
