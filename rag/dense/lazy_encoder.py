"""The encoder of an archive, which takes a second to open and a minute to prepare: only if it is needed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from embeddings.cache import cache_folder
from embeddings.encoder import Encoder, Identity, identity, open_encoder
from embeddings.errors import EncoderError
from embeddings.types import OnStep, Role, TokenVectors, Vectors
from rag.errors import ArchiveError
from rag.text.language import language_of


class LazyEncoder:
    """An `Encoder` that is opened when it has to read something. Safe to use from several threads.

    Whatever has to open it raises an ArchiveError where that fails.

    Args:
        named: see `embeddings.encoder.open_encoder`, as for `on_step` and `device`.
        opened: the encoder of that name, if it is open already.
    """

    def __init__(
        self, named: str, opened: Encoder | None = None, *, on_step: OnStep | None = None, device: str | None = None
    ) -> None:
        self.named = named
        self._encoder = opened
        self._on_step = on_step
        self._device = device
        self._opening = threading.Lock()

    def __call__(self) -> Encoder:
        """Return the encoder itself.

        Raises:
            ArchiveError: it cannot be opened.
        """
        with self._opening:
            if self._encoder is None:
                self._encoder = self._opened()
            return self._encoder

    @property
    def name(self) -> str:
        return self().name

    @property
    def dim(self) -> int:
        return self._identity.dim

    @property
    def max_tokens(self) -> int:
        return self().max_tokens

    @property
    def fingerprint(self) -> str:
        return self._identity.fingerprint

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self().encode_passages(texts)

    def encode_query(self, text: str) -> Vectors:
        return self().encode_query(text)

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        return self().token_vectors(texts, role)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self().count_tokens(texts)

    @cached_property
    def _identity(self) -> Identity:
        known = identity(self.named) if self._encoder is None else None
        return known or Identity(self().fingerprint, self().dim)

    def _opened(self) -> Encoder:
        # the model for languages loads meanwhile on another core
        with ThreadPoolExecutor(1) as pool:
            pool.submit(language_of, "")
            try:
                return open_encoder(self.named, on_step=self._on_step, device=self._device)
            except EncoderError as error:
                raise ArchiveError(str(error)) from error
            except OSError as error:
                raise ArchiveError(
                    f"The model cannot be prepared in {cache_folder()} ({error.strerror}): make room there, or "
                    "check the permissions."
                ) from error
