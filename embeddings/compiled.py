"""Runs the compiled graph: OpenVINO, the tokenizer and NumPy, no torch."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
import json
import math
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.bundled import MODEL_NAME, SHA256, bundled_model
from embeddings.cache import cache_folder, make_once, read_manifest
from embeddings.errors import CompiledGraphUnavailable
from embeddings.openvino_runtime import import_openvino
from embeddings.together import Together
from embeddings.tokenizer import ModelTokenizer
from embeddings.tokens import content_tokens
from embeddings.types import OnStep, Role, TokenVectors, Vectors

# large enough to keep the processor busy, small enough that texts of a batch are of much the same length
BATCH_TOKENS = 1024
# lengths are rounded up to it: for each new shape, OpenVINO prepares itself for some 20 ms
_LENGTH_STEP = 16
GRAPH_VERSION = 4
"""Raised whenever compile.py writes another graph from the same weights."""


def compiled_graph(*, on_step: OnStep | None = None) -> Path:
    """Return the folder of the bundled model's compiled graph, making it first if need be (about a minute).

    Raises:
        CompiledGraphUnavailable: OpenVINO cannot be loaded, or cannot compile the model here.
        EncoderError: the packed weights are missing or unknown.
    """
    folder = _graph_folder()
    if read_manifest(folder) is None:
        model = bundled_model(on_step=on_step)
        make_once(folder, lambda target: _compile(model, target, on_step))
    return folder


def graph_facts() -> dict[str, Any] | None:
    """Return what is known of the compiled graph, if it was made here before; nothing is opened for it."""
    try:
        return read_manifest(_graph_folder())
    except CompiledGraphUnavailable:
        return None


def _graph_folder() -> Path:
    try:
        version = importlib.metadata.version("openvino")
    except importlib.metadata.PackageNotFoundError as error:
        raise CompiledGraphUnavailable("OpenVINO is not installed.") from error
    calibration = importlib.resources.files("embeddings").joinpath("calibration.txt").read_bytes()
    made_from = hashlib.sha256(f"{SHA256} {GRAPH_VERSION} {version}".encode() + calibration).hexdigest()[:12]
    return cache_folder() / "graphs" / f"{MODEL_NAME}-int8-{made_from}"


def _compile(model: Path, target: Path, on_step: OnStep | None) -> dict[str, Any]:
    # -P: a file of the user's that is named like one of ours or Python's is not imported
    command = [sys.executable, "-P", "-m", "embeddings.compile", str(model), str(target)]
    log_file = target / "log"
    with log_file.open("w+", encoding="utf-8") as log:
        try:
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
                try:
                    for line in process.stdout or ():
                        share, _, step = line.strip().partition(" ")
                        if on_step and share.replace(".", "", 1).isdigit():
                            on_step(step, float(share))
                except BaseException:
                    process.kill()
                    raise
            if process.returncode != 0:
                log.seek(0)
                reason = (log.read().strip().splitlines() or ["no reason given"])[-1]
                raise CompiledGraphUnavailable(f"OpenVINO could not compile the model ({reason[:300]}).")
        finally:
            log_file.unlink()
    facts_file = target / "facts.json"
    facts: dict[str, Any] = json.loads(facts_file.read_text(encoding="utf-8"))
    facts_file.unlink()
    return facts


class CompiledEncoder:
    """Runs a folder made by `compiled_graph`. Safe to use from several threads at once.

    Raises:
        CompiledGraphUnavailable: the folder is not whole, or OpenVINO cannot run the graph on this processor.
    """

    def __init__(self, folder: Path) -> None:
        facts = read_manifest(folder)
        if facts is None:
            raise CompiledGraphUnavailable(f"The compiled graph in {folder} is not whole.")
        self._graph = _loaded_graph(folder)
        self._tokenizer = ModelTokenizer(folder)
        self._requests = threading.local()
        self._question = Together(self._questions)
        self._dim: int = facts["dim"]
        self._before: list[int] = facts["before"]
        self._after: list[int] = facts["after"]
        self._room: int = facts["sequence"] - len(self._before) - len(self._after)
        self._max_tokens: int = facts["max_tokens"]
        self._prompts: dict[Role, str] = facts["prompts"]
        self._pad: int = facts["pad"]
        self._fingerprint: str = facts["fingerprint"]

    @property
    def name(self) -> str:
        return f"{MODEL_NAME} (bundled, OpenVINO int8)"

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def max_tokens(self) -> int:
        return self._max_tokens

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: shape (len(texts), dim), rows of length 1."""
        vectors = np.empty((len(texts), self._dim), np.float32)
        prompt = self._prompts["passage"]
        for rows, (pooled, _) in self._run(self._tokenizer.ids([prompt + text for text in texts])):
            vectors[rows] = pooled
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Encode one question: shape (dim,), length 1."""
        return self._question(text).whole

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token; questions of several threads are read together."""
        if role == "query" and len(texts) == 1:
            return [self._question(texts[0])]
        return self._token_vectors(texts, role)

    def _questions(self, texts: Sequence[str]) -> list[TokenVectors]:
        return self._token_vectors(texts, "query")

    def _token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        prompt = self._prompts[role]
        prompted = [prompt + text for text in texts]
        ids = self._tokenizer.ids(prompted)
        offsets = self._tokenizer.offsets(prompted, ids)
        first = len(self._before)
        result: list[TokenVectors | None] = [None] * len(texts)
        for rows, (pooled, states) in self._run(ids):
            for row, whole, state in zip(rows, pooled, states, strict=True):
                tokens = min(len(ids[row]), self._room)
                own = state[first : first + tokens].copy()
                result[row] = content_tokens(own, whole.copy(), texts[row], len(prompt), offsets[row][:tokens])
        return [vectors for vectors in result if vectors is not None]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, prompt and special tokens left out."""
        return [len(ids) for ids in self._tokenizer.ids(texts)]

    def _run(self, texts: list[list[int]]) -> Iterator[tuple[list[int], tuple[NDArray[Any], NDArray[Any]]]]:
        """Run batches of similar length; yield the rows of each and views of both outputs."""
        ids = [[*self._before, *text[: self._room], *self._after] for text in texts]
        request = getattr(self._requests, "request", None)
        if request is None:
            request = self._requests.request = self._graph.create_infer_request()
        for rows in batches([len(row) for row in ids], BATCH_TOKENS):
            longest = _LENGTH_STEP * math.ceil(max(len(ids[row]) for row in rows) / _LENGTH_STEP)
            tokens = np.full((len(rows), longest), self._pad, np.int64)
            mask = np.zeros((len(rows), longest), np.int64)
            for at, row in enumerate(rows):
                tokens[at, : len(ids[row])] = ids[row]
                mask[at, : len(ids[row])] = 1
            request.infer({"input_ids": tokens, "attention_mask": mask})
            yield rows, (request.get_output_tensor(0).data, request.get_output_tensor(1).data)


def _loaded_graph(folder: Path) -> Any:
    ov = import_openvino()
    try:
        core = ov.Core()
        config = {"CACHE_DIR": str(folder.with_name(folder.name + ".blobs")), "PERFORMANCE_HINT": "LATENCY"}
        if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            config["INFERENCE_PRECISION_HINT"] = "bf16"
        return core.compile_model(str(folder / "encoder.xml"), "CPU", config)
    except RuntimeError as error:
        raise CompiledGraphUnavailable(
            f"OpenVINO cannot run the model on this processor ({str(error).splitlines()[0][:200]})."
        ) from error


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Group rows of similar length so that a padded group has at most `budget` tokens (or one row)."""
    group: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if group and lengths[group[0]] * (len(group) + 1) > budget:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
