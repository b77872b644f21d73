"""The compiled graph, loaded by OpenVINO."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.openvino_runtime import import_openvino, openvino_failures_said
from embeddings.encoders.processor import this_processor
from embeddings.types import Vectors

GRAPH = "encoder.xml"
Batch = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The ids and the mask of a batch, both of shape (rows, tokens)."""

# streams of one thread each; where there are more cores, of several, since each stream has memory of its own
_MAX_STREAMS = 4
# layers in 8 bits are the same in both
_F32, _BF16 = "f32", "bf16"


def precisions() -> tuple[str, ...]:
    """Return the precisions that this processor can run a graph in, the most exact first.

    Raises:
        CompiledGraphUnavailable: OpenVINO cannot be loaded.
    """
    capabilities = import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return (_F32, _BF16) if "BF16" in capabilities else (_F32,)


class CompiledGraph:
    """The graph in a folder written by `embeddings.encoders.export`, run in one of `precisions`. Thread-safe.

    Raises:
        CompiledGraphUnavailable: OpenVINO cannot load or run it on this processor.
        MemoryError: there is not enough memory for it.
    """

    def __init__(self, folder: Path, precision: str) -> None:
        self.precision = precision
        self._requests = threading.local()
        cores = this_processor().cores
        self._streams = min(cores, _MAX_STREAMS)
        config = {
            "CACHE_DIR": str(folder.with_name(folder.name + ".blobs")),
            "NUM_STREAMS": self._streams,
            "INFERENCE_NUM_THREADS": cores,
            "INFERENCE_PRECISION_HINT": precision,
        }
        ov = import_openvino()
        with openvino_failures_said():
            self._compiled = ov.Core().compile_model(str(folder / GRAPH), "CPU", config)

    def __call__(self, tokens: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        """Run a batch of shape (rows, tokens); return the pooled vectors and the token vectors.

        Both are views that the next run of the same thread overwrites.
        """
        return next(self.run([(tokens, mask)]))

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Vectors, Vectors]]:
        """Run batches at the same time, and yield the vectors of each as a call returns them, in order.

        Both are views, to be used before the next ones are asked for. One batch more is under way than there are
        streams, so that no stream waits for whoever uses the vectors.
        """
        idle: list[Any] = self._requests.__dict__.setdefault("idle", [])
        running: deque[Any] = deque()
        try:
            for tokens, mask in batches:
                if len(running) > self._streams:
                    yield _outputs(running[0])
                    idle.append(running.popleft())
                with openvino_failures_said():
                    request = idle.pop() if idle else self._compiled.create_infer_request()
                    request.start_async({"input_ids": tokens, "attention_mask": mask})
                running.append(request)
            while running:
                yield _outputs(running[0])
                idle.append(running.popleft())
        finally:
            for request in running:
                # nobody gets the vectors of these any more, so that it does not matter if they fail like the first
                with suppress(RuntimeError):
                    request.wait()
                idle.append(request)


def _outputs(request: Any) -> tuple[Vectors, Vectors]:
    """Return the vectors of a request, once it is done."""
    with openvino_failures_said():
        request.wait()
    return request.get_output_tensor(0).data, request.get_output_tensor(1).data
