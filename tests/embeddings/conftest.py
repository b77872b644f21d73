"""The bundled encoder itself, without a memory of what it has read."""

from __future__ import annotations

import pytest

from embeddings.encoder import Encoder, open_encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled encoder, prepared once."""
    return open_encoder()
