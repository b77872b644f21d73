"""Any sentence-transformers model, by folder or hub name, on the processor or on CUDA.

Opening a model turns off the progress bars of transformers in the whole process.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.errors import EncoderError
from embeddings.types import Role, TokenVectors, Vectors
from embeddings.vectors.token_filter import content_tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)


# texts of a batch; a graphics card is idle with fewer
_BATCH_TEXTS, _BATCH_TEXTS_ON_CUDA = 32, 512


class SentenceTransformerEncoder:
    """Runs a sentence-transformers model without compiling it: in its own precision, on CUDA in float16. Thread-safe.

    Args:
        name: a model's folder, or its name on the hub (downloaded by sentence-transformers unless cached).
        device: "cpu", "cuda" or None for the best device available.

    Raises:
        EncoderError: the model cannot be found or opened or has no fast tokenizer, or the device does not exist.
    """

    def __init__(self, name: str, device: str | None = None) -> None:
        if device == "cuda":
            _check_cuda()
        self._model = load_model(name, device)
        if not getattr(self._model.tokenizer, "is_fast", False):
            raise EncoderError(f"The model {name} has no fast tokenizer, which offsets need: choose another model.")
        # a tokenizer fails when two threads use it at once: one is for counting, the model's own for one text at a time
        self._counter = copy.deepcopy(self._model.tokenizer)
        self._counting, self._encoding = threading.Lock(), threading.Lock()
        self._prompts = prompts_of(self._model, name)
        self._name = name
        self._fingerprint = model_fingerprint(self._model, self._prompts)
        self._batch_texts = _BATCH_TEXTS
        if self._model.device.type == "cuda":
            # after the fingerprint, which must be the same for the same weights on any device
            self._model.half()
            self._batch_texts = _BATCH_TEXTS_ON_CUDA

    @property
    def name(self) -> str:
        """The model and the engine that runs it."""
        return f"{Path(self._name).name} (sentence-transformers, {self._model.device.type})"

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a text that are read, not counting prompt and special tokens."""
        return max_text_tokens(self._model, self._prompts)

    @property
    def fingerprint(self) -> str:
        """A hash of everything that determines a vector."""
        return self._fingerprint

    @property
    def has_tokens(self) -> bool:
        """True: each token has a vector."""
        return True

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim), rows of length 1."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return self._encode(texts, "passage")

    def encode_query(self, text: str) -> Vectors:
        """Encode a query: shape (dim,), length 1."""
        vector: Vectors = self._encode([text], "query")[0]
        return vector

    def _encode(self, texts: Sequence[str], role: Role) -> Vectors:
        with self._encoding:
            encoded = self._model.encode(
                list(texts), prompt=self._prompts[role], batch_size=self._batch_texts, show_progress_bar=False
            )
        vectors: Vectors = np.asarray(encoded, np.float32)
        # in float32, since lengths in half precision would be off; a zero vector stays zero
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token."""
        with self._encoding:
            return self._token_vectors(texts, role)

    def _token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        prompt = self._prompts[role]
        # the declared return type covers only the default output
        outputs: Any = self._model.encode(
            list(texts), prompt=prompt, output_value=None, batch_size=self._batch_texts, show_progress_bar=False
        )
        limit = self._model.get_max_seq_length()
        result = []
        for text, output in zip(texts, outputs, strict=True):
            encoding = self._model.tokenizer(
                prompt + text,
                truncation=limit is not None,
                max_length=limit,
                return_offsets_mapping=True,
                return_special_tokens_mask=True,
            )
            rows = np.flatnonzero(np.array(encoding["special_tokens_mask"]) == 0)
            vectors = output["token_embeddings"].float().cpu().numpy()[rows]
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            pooled = output["sentence_embedding"].float().cpu().numpy()
            pooled = pooled / np.linalg.norm(pooled)
            offsets = np.array(encoding["offset_mapping"], np.int32).reshape(-1, 2)[rows]
            result.append(
                content_tokens(vectors=vectors, pooled=pooled, text=text, prompt_length=len(prompt), offsets=offsets)
            )
        return result

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, without prompt and special tokens."""
        if not texts:
            return []
        with self._counting:
            encodings = self._counter(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encodings["input_ids"]]


def _check_cuda() -> None:
    import torch

    if not torch.cuda.is_available():
        raise EncoderError(
            "There is no graphics card here that torch can use by CUDA: omit --device, or install a torch build with "
            "CUDA."
        )


def load_model(name: str, device: str | None = None) -> SentenceTransformer:
    """Open a sentence-transformers model; turns off the progress bars of transformers in this process.

    Raises:
        EncoderError: the model does not exist or cannot be read.
    """
    from huggingface_hub import model_info
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    try:
        if not Path(name).is_dir() and not _is_cached(name):
            # a single request to the hub, since the loader would retry for a minute without a network
            model_info(name, timeout=10)
            return SentenceTransformer(name, device=device)
        return SentenceTransformer(name, device=device, local_files_only=True)
    except Exception as error:  # the library raises a dozen types with this meaning
        raise EncoderError(
            f"The model {name} cannot be opened ({str(error).splitlines()[0][:200]}): "
            "give the folder of a sentence-transformers model, or its exact hub name while online."
        ) from error


def _is_cached(name: str) -> bool:
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(name, "modules.json"), str)


def prompts_of(model: SentenceTransformer, name: str) -> dict[Role, str]:
    """Return the prompts that the model expects before queries and passages: those of its configuration, or E5's."""
    prompts = model.prompts or {}
    query = prompts.get("query") or ""
    passage = prompts.get("passage") or prompts.get("document") or ""
    if not query and not passage:
        if "e5" in name.lower() and "instruct" not in name.lower():
            query, passage = "query: ", "passage: "
        else:
            log.warning(
                "The model %s declares no prompts for questions and passages, so texts are encoded without; "
                "if it needs prompts, add them to its config_sentence_transformers.json.",
                name,
            )
    return {"query": query, "passage": passage}


def max_text_tokens(model: SentenceTransformer, prompts: Mapping[Role, str]) -> int:
    """Return the number of tokens of a text that fit next to the longest prompt and the special tokens."""
    ids = model.tokenizer([prompt + "a" for prompt in prompts.values()])["input_ids"]
    text_ids = model.tokenizer("a", add_special_tokens=False)["input_ids"]
    return int(model.get_max_seq_length() or 512) - max(map(len, ids)) + len(text_ids)


def model_fingerprint(model: SentenceTransformer, prompts: Mapping[Role, str]) -> str:
    """Hash everything that determines a vector: weights, tokenizer, modules, prompts and length limit."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensor.float().cpu().numpy()).data)
    digest.update(model.tokenizer.backend_tokenizer.to_str().encode())
    modules = [(type(module).__name__, getattr(module, "pooling_mode", None)) for module in model]
    digest.update(repr((modules, sorted(prompts.items()), model.get_max_seq_length())).encode())
    return digest.hexdigest()[:16]
