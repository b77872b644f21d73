"""Rewrites of the graph: the same results, in a form that processors run faster."""

import numpy as np
import pytest

from embeddings.encoders.graph_rewriting import attention_by_exponentials, centre_zero_points
from embeddings.encoders.openvino_runtime import import_openvino

ov = import_openvino()
from openvino import opset13 as opset  # noqa: E402

INPUTS, OUTPUTS, ROWS, TOKENS = 24, 16, 3, 10


def layer(low: float, high: float, *, bias: bool = True) -> tuple[object, np.ndarray, np.ndarray]:
    """Return a graph of a quantised layer as NNCF makes it, its weights and its bias."""
    random = np.random.default_rng(5)
    levels, scale = random.integers(-127, 128, (OUTPUTS, INPUTS)).astype(np.int8), np.float32(0.01)
    weights = opset.multiply(opset.convert(opset.constant(levels), "f32"), opset.constant(np.full((OUTPUTS, 1), scale)))
    added = random.standard_normal((1, OUTPUTS)).astype(np.float32)
    given = opset.parameter([-1, INPUTS], np.float32, name="given")
    ends = [opset.constant(np.float32(end)) for end in (low, high, low, high)]
    product = opset.matmul(opset.fake_quantize(given, *ends, 256), weights, False, True)
    result = opset.add(product, opset.constant(added)) if bias else product
    return ov.Model([result], [given], "layer"), levels * scale, added if bias else np.zeros_like(added)


def quantised(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return values on 256 levels from low to high: the definition of FakeQuantize in OpenVINO's specification."""
    step = (high - low) / 255
    return np.round((np.clip(values, low, high) - low) / step) * step + low


@pytest.mark.parametrize(("low", "high"), [(-0.14, 2.9), (-1.0, 1.1), (-3.0, 0.5)])
def test_a_layer_with_a_centred_zero_point_has_the_results_of_the_arithmetic(low: float, high: float) -> None:
    """W q + b, by NumPy in 64 bits, before and after the range is centred; the ends of the range are symmetric then."""
    graph, weights, bias = layer(low, high)
    given = np.random.default_rng(6).uniform(low * 1.2, high * 1.2, (ROWS, INPUTS)).astype(np.float32)
    expected = quantised(given.astype(np.float64), low, high) @ weights.T + bias

    assert centre_zero_points(graph) == 1
    assert centre_zero_points(graph) == 0

    [quantise] = [node for node in graph.get_ops() if node.get_type_name() == "FakeQuantize"]
    lowest, highest = (quantise.input_value(number).get_node().data.item() for number in (3, 4))
    assert lowest * 127 == pytest.approx(-highest * 128)
    # a value half-way between two levels may be rounded to either
    step = (high - low) / 255 * np.abs(weights).max()
    assert np.abs(_run(graph, given=given) - expected).max() < 1.01 * step


@pytest.mark.parametrize("kind", ["no bias", "centred"])
def test_what_cannot_be_centred_or_is_stays_as_it_is(kind: str) -> None:
    """A layer without a bias has nowhere to put the difference; a range of -128 to 127 steps is centred."""
    graph = layer(-1, 2, bias=False)[0] if kind == "no bias" else layer(-1.28, 1.27)[0]
    assert centre_zero_points(graph) == 0


def attention() -> object:
    """Return a graph of the operation for attention with a mask of booleans, as it is exported."""
    parts = [opset.parameter([-1, 2, -1, 8], np.float32, name=name) for name in ("query", "key", "value")]
    given = opset.parameter([-1, -1], np.int64, name="attention_mask")
    booleans = opset.unsqueeze(opset.convert(given, "boolean"), opset.constant(np.array([1, 2])))
    graph = ov.Model([opset.scaled_dot_product_attention(*parts, booleans, causal=False)], [*parts, given], "attention")
    graph.input(3).get_tensor().set_names({"attention_mask"})
    return graph


@pytest.mark.parametrize(("size", "greatest"), [(1, 10), (3, 75), (30, np.inf)])
def test_attention_by_exponentials_is_the_softmax_of_the_scores(size: float, greatest: float) -> None:
    """Of the tokens that are not masked, by NumPy in 64 bits; of scores of thousands, a mean of the values."""
    random = np.random.default_rng(7)
    query, key, value = (random.standard_normal((2, 2, TOKENS, 8)).astype(np.float32) for _ in range(3))
    query, key = query * size, key * size
    mask = np.ones((2, TOKENS), np.int64)
    mask[1, 4:] = 0
    graph = attention()

    assert attention_by_exponentials(graph) == 1

    result = _run(graph, query=query, key=key, value=value, attention_mask=mask)
    for row, tokens in enumerate((TOKENS, 4)):
        values = value[row, :, :tokens]
        scores = query[row].astype(np.float64) @ key[row, :, :tokens].transpose(0, 2, 1) / np.sqrt(8)
        assert np.abs(scores).max() < greatest
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        expected = weights / weights.sum(-1, keepdims=True) @ values
        if greatest < np.inf:
            assert np.abs(result[row] - expected).max() < 1e-5
        assert (result[row] <= values.max(1, keepdims=True) + 1e-5).all()
        assert (result[row] >= values.min(1, keepdims=True) - 1e-5).all()


def _run(graph: object, **inputs: np.ndarray) -> np.ndarray:
    compiled = ov.Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for node, name in zip(compiled.inputs, inputs, strict=True):
        assert name in node.get_names() or node.get_node().get_friendly_name() == name
    return compiled(list(inputs.values()))[0]
