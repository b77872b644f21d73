"""The `Encoder` seam: what every text encoder offers, and how one is opened by name."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from embeddings.encoders.bundled import bundled_model
from embeddings.errors import CompiledGraphUnavailable
from embeddings.types import OnStep, Role, TokenVectors, Vectors

if TYPE_CHECKING:
    from embeddings.encoders.self_test import Verdict

log = logging.getLogger(__name__)

BUNDLED = "bundled"


class Encoder(Protocol):
    """A text encoder whose query and passage vectors are comparable by cosine.

    Callers pass raw text; prompts ("query: ", "passage: ") are the encoder's own affair, since E5 without
    them fails silently. Texts longer than `max_tokens` are cut at the end.
    """

    @property
    def name(self) -> str:
        """What a person calls this encoder, with the engine that runs it."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text are read whatever its role, prompt and special tokens not counted."""

    @property
    def fingerprint(self) -> str:
        """Names the weights, tokenizer, pooling and prompts: equal if and only if vectors are comparable."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim), rows of length 1, in the order of the texts."""

    def encode_query(self, text: str) -> Vectors:
        """Encode one question: shape (dim,), length 1."""

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token, for late interaction (ColBERT; Khattab and Zaharia, 2020)."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, prompt and special tokens left out, nothing cut off."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What an archive knows the vectors of an encoder by: its fingerprint, and their length."""

    fingerprint: str
    dim: int


def identity(name: str) -> Identity | None:
    """Return what the encoder of this name would say of itself, where that is known without opening it."""
    if name != BUNDLED:
        return None
    from embeddings.encoders.openvino_encoder import graph_facts

    facts = graph_facts()
    return Identity(facts["fingerprint"], facts["dim"]) if facts else None


def self_test(name: str) -> Verdict | None:
    """Return what was found of the encoder of this name on this processor, where it is known and there is a test."""
    if name != BUNDLED:
        return None
    from embeddings.encoders.openvino_encoder import graph_verdict

    return graph_verdict()


def open_encoder(name: str = BUNDLED, *, on_step: OnStep | None = None, device: str | None = None) -> Encoder:
    """Open an encoder: `bundled`, or the folder or hub name of a sentence-transformers model.

    The bundled encoder is unpacked and compiled once, which takes about a minute; `on_step` hears how far
    it is. Where OpenVINO cannot run, a warning says so and sentence-transformers runs the same weights.

    Args:
        device: "cuda" for a graphics card, on which sentence-transformers runs in float16, "cpu", or None: the
            processor for `bundled`, the best one there is for other models.

    Raises:
        EncoderError: the model cannot be found or opened, or there is no such device.
    """
    if name != BUNDLED or device == "cuda":
        from embeddings.encoders.sentence_transformer import SentenceTransformerEncoder

        return SentenceTransformerEncoder(str(bundled_model(on_step=on_step)) if name == BUNDLED else name, device)
    try:
        from embeddings.encoders.openvino_encoder import CompiledEncoder, compiled_graph

        return CompiledEncoder(compiled_graph(on_step=on_step))
    except CompiledGraphUnavailable as error:
        log.warning(
            "%s The bundled model runs on sentence-transformers instead: same results, several times slower.",
            error,
        )
        from embeddings.encoders.sentence_transformer import SentenceTransformerEncoder

        return SentenceTransformerEncoder(str(bundled_model(on_step=on_step)))
