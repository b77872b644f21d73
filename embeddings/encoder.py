"""The `Encoder` interface: what every text encoder offers, and how to open an encoder by name."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

# imported here, in the thread that lives on: once the thread that imported it has ended, using it can crash the process
import kitoken  # noqa: F401

from embeddings.encoders.bundled import bundled_model
from embeddings.errors import CompiledGraphUnavailable, EncoderError
from embeddings.types import OnStep, Role, TokenVectors, Vectors

if TYPE_CHECKING:
    from embeddings.encoders.self_test import Verdict

log = logging.getLogger(__name__)

BUNDLED = "bundled"


class Encoder(Protocol):
    """A text encoder whose query and passage vectors are comparable by cosine.

    Callers pass raw text; the encoder adds prompts ("query: ", "passage: ") itself, since E5 fails silently
    without them. Texts longer than `max_tokens` are truncated at the end. Several threads may use it at once.
    """

    @property
    def name(self) -> str:
        """The display name of this encoder, with the engine that runs it."""

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a text that are read in any role, not counting prompt and special tokens."""

    @property
    def fingerprint(self) -> str:
        """A hash of weights, tokenizer, pooling and prompts: equal if and only if vectors are comparable."""

    @property
    def has_tokens(self) -> bool:
        """Whether `token_vectors` has those of tokens; else it has no token, and the vector of the whole text alone."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim), rows of length 1, in the order of the texts."""

    def encode_query(self, text: str) -> Vectors:
        """Encode a query: shape (dim,), length 1."""

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token, for late interaction (ColBERT; Khattab and Zaharia, 2020)."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, without prompt and special tokens and without truncation."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies the vectors of an encoder in an archive: its fingerprint and their dimension."""

    fingerprint: str
    dim: int


def identity(name: str) -> Identity | None:
    """Return the identity of the encoder of this name if it is known without opening it, else None."""
    if name != BUNDLED:
        return None
    from embeddings.encoders.openvino_encoder import graph_facts

    facts = graph_facts()
    return Identity(facts["fingerprint"], facts["dim"]) if facts else None


def self_test(name: str) -> Verdict | None:
    """Return the verdict of the encoder's self-test on this processor, or None if it has no test or has not run it."""
    if name != BUNDLED:
        return None
    from embeddings.encoders.openvino_encoder import graph_verdict

    return graph_verdict()


def open_encoder(name: str = BUNDLED, *, on_step: OnStep | None = None, device: str | None = None) -> Encoder:
    """Open an encoder: `bundled`, the folder or hub name of a sentence-transformers model, or the address of a server.

    A server answers as OpenAI's `/v1/embeddings` does, or is one of text-embeddings-inference; texts are sent there.

    The bundled encoder is unpacked and compiled once, which takes about a minute. If OpenVINO cannot run, a
    warning is logged and sentence-transformers runs the same weights.

    Args:
        name: "bundled", the folder or hub name of a sentence-transformers model, or `http://HOST:PORT/v1#MODEL`.
        on_step: called with the progress of unpacking and compiling.
        device: "cuda" for a graphics card, on which sentence-transformers runs in float16, "cpu", or None: the
            processor for `bundled`, the best device available for other models.

    Raises:
        EncoderError: the model cannot be found or opened, the server does not answer, or the device does not exist.
    """
    if name.startswith(("http://", "https://")):
        from embeddings.encoders.http_encoder import HttpEncoder

        if device:
            raise EncoderError("The device is for a model on this computer: leave it out with the address of a server.")
        return HttpEncoder(name)
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
