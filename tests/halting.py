"""An encoder that halts, so that indexing is under way for as long as a test wants and costs nothing meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from waiting import PATIENCE

from embeddings.encoder import Encoder
from embeddings.types import Role, TokenVectors, Vectors

COUNT = 300
"""Articles that are more than an encoder gets at once."""


class HaltingEncoder:
    """Gives what another encoder gives; passages have to wait until `go_on` is set."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.go_on = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim)."""
        assert self.go_on.wait(PATIENCE)
        return self._encoder.encode_passages(texts)

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token; questions need not wait."""
        assert role == "query" or self.go_on.wait(PATIENCE)
        return self._encoder.token_vectors(texts, role)


def write_many(folder: Path) -> Path:
    """Make a folder of many short articles."""
    folder.mkdir()
    for number in range(COUNT):
        text = f"Die Besichtigung Nummer {number} der Schleuse {number * 7} fand im Jahr {1900 + number % 100} statt."
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder
