"""Runs the compiled graph: OpenVINO, the tokenizer and NumPy, no torch."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.cache import cache_folder, folder_manifest, make_once
from embeddings.encoders.batching import MicroBatcher
from embeddings.encoders.bundled import MODEL_NAME, SHA256, bundled_model
from embeddings.encoders.graph import CompiledGraph, precisions
from embeddings.encoders.openvino_runtime import openvino_failures_said
from embeddings.encoders.padding import batches, padded_length
from embeddings.encoders.processor import this_processor
from embeddings.encoders.reference import read_reference
from embeddings.encoders.self_test import Verdict, choose_precision, load_or_test, pad_batch, read_verdict
from embeddings.encoders.tokenizer import ModelTokenizer
from embeddings.errors import CompiledGraphUnavailable
from embeddings.types import OnStep, Role, TokenVectors, Vectors
from embeddings.vectors.token_filter import content_tokens

GRAPH_VERSION = 6
"""Raise it whenever export.py writes a different graph from the same weights."""


def compiled_graph(*, on_step: OnStep | None = None) -> Path:
    """Return the folder of the bundled model's compiled graph, which is made if it is missing (about a minute).

    Raises:
        CompiledGraphUnavailable: OpenVINO cannot be loaded, or cannot compile the model here.
        EncoderError: the packed weights are missing or unknown.
    """
    folder = _graph_folder()
    if folder_manifest(folder) is None:
        model = bundled_model(on_step=on_step)
        make_once(folder, lambda target: _compile(model, target, on_step))
    return folder


def graph_facts() -> dict[str, Any] | None:
    """Return the facts of the compiled graph if it has been made, without opening it; else None."""
    try:
        return folder_manifest(_graph_folder())
    except CompiledGraphUnavailable:
        return None


def graph_verdict() -> Verdict | None:
    """Return the self-test's verdict on this processor if it has run, without opening the graph; else None."""
    try:
        return read_verdict(_graph_folder())
    except CompiledGraphUnavailable:
        return None


def _graph_folder() -> Path:
    try:
        version = importlib.metadata.version("openvino")
    except importlib.metadata.PackageNotFoundError as error:
        raise CompiledGraphUnavailable("OpenVINO is not installed.") from error
    calibration = importlib.resources.files("embeddings.encoders").joinpath("calibration.txt").read_bytes()
    # processors with and without tiles get different graphs: see `embeddings.encoders.graph_rewriting`
    made_from = f"{SHA256} {GRAPH_VERSION} {version} {this_processor().has_tiles}"
    source = hashlib.sha256(made_from.encode() + calibration).hexdigest()[:12]
    return cache_folder() / "graphs" / f"{MODEL_NAME}-int8-{source}"


def _compile(model: Path, target: Path, on_step: OnStep | None) -> dict[str, Any]:
    # -P: a file in the working folder that is named like a module of ours or of Python's is not imported
    command = [sys.executable, "-P", "-m", "embeddings.encoders.export", str(model), str(target)]
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
                with openvino_failures_said("OpenVINO could not compile the model ({reason})."):
                    raise RuntimeError(reason)
        finally:
            log_file.unlink()
    facts_file = target / "facts.json"
    facts: dict[str, Any] = json.loads(facts_file.read_text(encoding="utf-8"))
    facts_file.unlink()
    return facts


class CompiledEncoder:
    """Runs the graph in a folder made by `compiled_graph`. Thread-safe; concurrent queries are micro-batched.

    Raises:
        CompiledGraphUnavailable: the folder is incomplete, or OpenVINO cannot run the graph on this processor, or
            computes wrongly on it.
    """

    def __init__(self, folder: Path) -> None:
        facts = folder_manifest(folder)
        if facts is None:
            raise CompiledGraphUnavailable(f"The compiled graph in {folder} is incomplete.")
        self._graph, verdict = _tested_graph(folder)
        self._lengths = verdict.lengths
        self._tokenizer = ModelTokenizer(folder)
        self._batched_query = MicroBatcher(self._encode_queries)
        self._dim: int = facts["dim"]
        self._prefix: list[int] = facts["before"]
        self._suffix: list[int] = facts["after"]
        self._text_tokens: int = facts["sequence"] - len(self._prefix) - len(self._suffix)
        self._max_tokens: int = facts["max_tokens"]
        self._prompts: dict[Role, str] = facts["prompts"]
        self._pad_id: int = facts["pad"]
        self._fingerprint: str = facts["fingerprint"]

    @property
    def name(self) -> str:
        """The model and the engine that runs it."""
        return f"{MODEL_NAME} (bundled, OpenVINO int8)"

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return self._dim

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a text that are read, not counting prompt and special tokens."""
        return self._max_tokens

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
        vectors = np.empty((len(texts), self._dim), np.float32)
        prompt = self._prompts["passage"]
        for rows, (pooled, _) in self._run(self._tokenizer.ids([prompt + text for text in texts])):
            vectors[rows] = pooled
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Encode a query: shape (dim,), length 1."""
        return self._batched_query(text).pooled

    def token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        """Encode texts token by token; concurrent queries are micro-batched."""
        if role == "query" and len(texts) == 1:
            return [self._batched_query(texts[0])]
        return self._token_vectors(texts, role)

    def _encode_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        return self._token_vectors(texts, "query")

    def _token_vectors(self, texts: Sequence[str], role: Role) -> list[TokenVectors]:
        prompt = self._prompts[role]
        prompted = [prompt + text for text in texts]
        ids = self._tokenizer.ids(prompted)
        offsets = self._tokenizer.offsets(prompted, ids)
        start = len(self._prefix)
        result: list[TokenVectors | None] = [None] * len(texts)
        for rows, (pooled, states) in self._run(ids):
            for row, text_vector, state in zip(rows, pooled, states, strict=True):
                tokens = min(len(ids[row]), self._text_tokens)
                result[row] = content_tokens(
                    vectors=state[start : start + tokens],
                    pooled=text_vector.copy(),
                    text=texts[row],
                    prompt_length=len(prompt),
                    offsets=offsets[row][:tokens],
                )
        return [vectors for vectors in result if vectors is not None]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, without prompt and special tokens."""
        return [len(ids) for ids in self._tokenizer.ids(texts)]

    def _run(self, texts: list[list[int]]) -> Iterator[tuple[list[int], tuple[Vectors, Vectors]]]:
        """Run batches of similar length; yield the rows of each and views of both outputs."""
        ids = [[*self._prefix, *text[: self._text_tokens], *self._suffix] for text in texts]
        lengths = [padded_length(len(row), self._lengths) for row in ids]
        groups = list(batches(lengths))
        padded = (pad_batch([ids[row] for row in rows], lengths[rows[0]], self._pad_id) for rows in groups)
        yield from zip(groups, self._graph.run(padded), strict=True)


def _tested_graph(folder: Path) -> tuple[CompiledGraph, Verdict]:
    """Return the graph in a precision that is correct on this processor, running the self-test if it has not run."""
    load = cache(partial(CompiledGraph, folder))
    with openvino_failures_said():
        verdict = load_or_test(
            folder, lambda: choose_precision(precisions(), load, read_reference(folder), this_processor())
        )
    if verdict.precision is None:
        raise CompiledGraphUnavailable(verdict.sentence)
    return load(verdict.precision), verdict
