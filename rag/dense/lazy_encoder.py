"""The encoder of an archive, opened only if needed: that takes a second, and its preparation a minute."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property

from embeddings.cache import cache_folder
from embeddings.encoder import Encoder, Identity, identity, open_encoder
from embeddings.errors import EncoderError
from embeddings.types import OnStep, Role, TokenVectors, Vectors
from rag.errors import EncoderUnavailable, shortage_said
from rag.text.language import language_of


class LazyEncoder:
    """An `Encoder` that is opened by the first text. Safe to use from several threads.

    Each method raises EncoderUnavailable if the encoder cannot be opened, or its server does not answer any more.

    Args:
        encoder_name: see `embeddings.encoder.open_encoder`, as for `on_step` and `device`.
        encoder: the encoder of that name, if it is open already.
    """

    def __init__(
        self,
        encoder_name: str,
        encoder: Encoder | None = None,
        *,
        on_step: OnStep | None = None,
        device: str | None = None,
    ) -> None:
        self.encoder_name = encoder_name
        self._encoder = encoder
        self._on_step = on_step
        self._device = device
        self._opening = threading.Lock()

    def __call__(self) -> Encoder:
        """Return the encoder itself.

        Raises:
            EncoderUnavailable: it cannot be opened.
        """
        with self._opening:
            if self._encoder is None:
                self._encoder = self._open()
            return self._encoder

    @property
    def is_open(self) -> bool:
        """Whether the encoder is opened."""
        return self._encoder is not None

    @property
    def name(self) -> str:
        """The display name of the encoder, which is opened for it."""
        return self().name

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return self._identity.dim

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a text that are read, not counting prompt and special tokens."""
        return self().max_tokens

    @property
    def fingerprint(self) -> str:
        """A hash of everything that determines a vector."""
        return self._identity.fingerprint

    @property
    def has_tokens(self) -> bool:
        """Whether it gives the vectors of tokens."""
        return self().has_tokens

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim), rows of length 1."""
        with _failures_said():
            return self().encode_passages(texts)

    def encode_query(self, text: str) -> Vectors:
        """Encode a query: shape (dim,), length 1."""
        with _failures_said():
            return self().encode_query(text)

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token."""
        with _failures_said():
            return self().token_vectors(texts, role)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, without prompt and special tokens."""
        return self().count_tokens(texts)

    @cached_property
    def _identity(self) -> Identity:
        recorded = identity(self.encoder_name) if self._encoder is None else None
        return recorded or Identity(self().fingerprint, self().dim)

    def _open(self) -> Encoder:
        # the language model loads meanwhile on another core
        with ThreadPoolExecutor(1) as pool:
            pool.submit(language_of, "")
            try:
                with _failures_said():
                    return open_encoder(self.encoder_name, on_step=self._on_step, device=self._device)
            except OSError as error:
                raise EncoderUnavailable(
                    f"The model cannot be prepared in {cache_folder()} ({error.strerror}): make room there, or "
                    "check the permissions."
                ) from error


@contextmanager
def _failures_said() -> Iterator[None]:
    try:
        with shortage_said():
            yield
    except EncoderError as error:
        raise EncoderUnavailable(str(error)) from error
