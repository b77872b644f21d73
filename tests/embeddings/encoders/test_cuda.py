"""The bundled model on a graphics card."""

from __future__ import annotations

import numpy as np
import pytest
from paths import ARTICLES, Run

from embeddings.encoder import Encoder, open_encoder
from embeddings.errors import EncoderError
from embeddings.testing import EncoderContract

TEXTS = ["Der Tunnel ist 57 Kilometer lang.", "Le tunnel mesure 57 kilomètres.", "収穫は少なかった。"]


@pytest.mark.cuda
class TestCuda(EncoderContract):
    """A graphics card keeps the contract."""

    @pytest.fixture(autouse=True)
    def _give(self) -> None:
        self._encoder = open_encoder(device="cuda")

    def encoder(self) -> Encoder:
        return self._encoder


@pytest.mark.cuda
def test_vectors_are_those_of_the_processor(encoder: Encoder) -> None:
    """In float16 on the card and in 8 bits on the processor, the same weights give nearly the same vectors."""
    card = open_encoder(device="cuda")
    assert card.fingerprint == encoder.fingerprint
    cosines = (card.encode_passages(TEXTS) * encoder.encode_passages(TEXTS)).sum(1)
    assert cosines.min() > 0.99
    assert np.linalg.norm(card.encode_passages(TEXTS), axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
def test_without_a_card_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where torch finds no card, `device="cuda"` is refused with the way out."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(EncoderError, match="omit --device"):
        open_encoder(device="cuda")


@pytest.mark.slow
def test_the_command_line_says_it_too(fundstelle: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`index --device cuda` without a card ends with that sentence and no trace."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    done = fundstelle("index", ARTICLES, "--device", "cuda")
    assert done.returncode == 2
    assert "omit --device" in done.stderr
    assert "Traceback" not in done.stderr
