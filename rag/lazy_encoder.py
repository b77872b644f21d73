"""The encoder of an archive, which takes a second to open and a minute to prepare: only if it is needed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from embeddings.cache import cache_folder
from embeddings.encoder import Encoder, open_encoder
from embeddings.errors import EncoderError
from embeddings.types import OnStep
from rag.errors import ArchiveError
from rag.language import language_of


class LazyEncoder:
    """Opens an encoder at the first call and gives it from then on. Safe to use from several threads.

    Args:
        name: see `embeddings.encoder.open_encoder`, as for `on_step` and `device`.
        opened: the encoder of that name, if it is open already.
    """

    def __init__(
        self, name: str, opened: Encoder | None = None, *, on_step: OnStep | None = None, device: str | None = None
    ) -> None:
        self.name = name
        self._encoder = opened
        self._on_step = on_step
        self._device = device
        self._opening = threading.Lock()

    def __call__(self) -> Encoder:
        """Return the encoder.

        Raises:
            ArchiveError: it cannot be opened.
        """
        with self._opening:
            if self._encoder is None:
                self._encoder = self._opened()
            return self._encoder

    def _opened(self) -> Encoder:
        # the model for languages loads meanwhile on another core
        with ThreadPoolExecutor(1) as pool:
            pool.submit(language_of, "")
            try:
                return open_encoder(self.name, on_step=self._on_step, device=self._device)
            except EncoderError as error:
                raise ArchiveError(str(error)) from error
            except OSError as error:
                raise ArchiveError(
                    f"The model cannot be prepared in {cache_folder()} ({error.strerror}): make room there, or "
                    "check the permissions."
                ) from error
