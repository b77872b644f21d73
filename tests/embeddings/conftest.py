"""These tests are about the bundled encoder itself: what it has read before is not remembered."""

from __future__ import annotations

import pytest

from embeddings.encoder import Encoder


@pytest.fixture(scope="session")
def encoder(bundled_encoder: Encoder) -> Encoder:
    """The bundled encoder."""
    return bundled_encoder
