"""The machine's int8 peak, as OpenVINO reaches it: what an encoder in 8 bits can be measured against."""

from __future__ import annotations

from typing import Any

import numpy as np

from embeddings.encoders.openvino_runtime import import_openvino

_ROWS, _WIDTH, _LAYERS, _ROUNDS = 1024, 1536, 8, 20


def int8_peak() -> float:
    """Return operations a second (a product and a sum are two) of large matrix products with int8 operands.

    A chain of quantised products of 1,024 × 1,536 with 1,536 × 1,536 runs on all cores; only the products are counted,
    by OpenVINO's own counters, and of several rounds the fastest.
    """
    ov = import_openvino()
    core = ov.Core()
    request = core.compile_model(_chain(ov), "CPU", {"PERF_COUNT": True, "PERFORMANCE_HINT": "LATENCY"})
    request = request.create_infer_request()
    rows = np.random.default_rng(0).normal(size=(_ROWS, _WIDTH)).astype(np.float32)
    fastest = min(_seconds_of_products(request, rows) for _ in range(_ROUNDS))
    return 2 * _ROWS * _WIDTH**2 * _LAYERS / fastest


def _seconds_of_products(request: Any, rows: Any) -> float:
    request.infer({0: rows})
    counters = [node for node in request.profiling_info if node.node_type == "FullyConnected"]
    in_8_bits = [counter.real_time.total_seconds() for counter in counters if counter.exec_type.lower().endswith("i8")]
    if len(in_8_bits) != _LAYERS:
        raise RuntimeError("OpenVINO runs these products in other than 8 bits here: there is no peak to compare with.")
    return sum(in_8_bits)


def _chain(ov: Any) -> Any:
    from openvino import opset13 as ops

    random = np.random.default_rng(1)
    inputs = node = ops.parameter([_ROWS, _WIDTH], np.float32)
    for _ in range(_LAYERS):
        low, high = np.float32(-4), np.float32(4)
        node = ops.fake_quantize(node, low, high, low, high, 256)
        weights = random.integers(-127, 128, (_WIDTH, _WIDTH)).astype(np.int8)
        scaled = ops.multiply(ops.convert(ops.constant(weights), np.float32), np.full((_WIDTH, 1), 1e-3, np.float32))
        node = ops.matmul(node, scaled, False, True)
    return ov.Model([node], [inputs])
