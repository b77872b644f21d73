"""Rewrites of a quantised graph that leave its results as they are and make it faster.

`centre_zero_points`: on processors with tiles (Intel's AMX), OpenVINO's fully connected layers take twice as long where
the zero point of 8-bit activations is not in the middle of their range. For a layer W x + b and activations around c,
W x + b = W (x - c) + (b + W c): each range is moved to be centred at zero, with the same levels, and W c is added to
the bias. Without tiles, the layers are an eighth slower then, since their instructions want activations without a sign.

`attention_by_exponentials`: OpenVINO's operation for attention selects scores by booleans of shape (rows, 1, tokens,
tokens) and looks for the greatest of each row before it takes exponentials. Scores of a text are between -70 and 70,
whose exponentials and their sums 32 bits can hold; so they are taken as they are, at most 80 to be safe, and their
products with the values are divided by their sum: 32 numbers for a token and head instead of one for each pair of
tokens.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# e^80 times 512 tokens times values of up to 10 is less than 3.4e38. The greatest score of 48 texts of all lengths, and
# of six that repeat a letter, a sign or a word, was 66
_MAX_SCORE = 80.0
# so that the exponential of what is added to is zero; 16-bit floats hold it
_HIDDEN = 1e4
_LEVELS = 256


def centre_zero_points(graph: Any) -> int:
    """Centre the ranges of activations that only fully connected layers with a bias read; return how many there were.

    Args:
        graph: an `openvino.Model` of `nncf.quantize`; it is changed.
    """
    centred = 0
    for quantise in graph.get_ops():
        if quantise.get_type_name() != "FakeQuantize" or quantise.get_attributes()["levels"] != _LEVELS:
            continue
        low, high = (_constant(quantise.input_value(number)) for number in (3, 4))
        layers = [_layer(target.get_node()) for target in quantise.output(0).get_target_inputs()]
        if low is None or high is None or low.size != 1 or None in layers:
            continue
        step = (high.item() - low.item()) / (_LEVELS - 1)
        centre = low.item() + step * _LEVELS / 2
        # of ranges that are centred already, float16 has moved the ends
        if abs(centre) < step / 4:
            continue
        for bias_input, bias, weights in filter(None, layers):
            moved = bias + centre * weights.sum(1, dtype=np.float64)
            bias_input.replace_source_output(_float(moved))
        quantise.input(3).replace_source_output(_float(-step * _LEVELS / 2))
        quantise.input(4).replace_source_output(_float(step * (_LEVELS / 2 - 1)))
        centred += 1
    graph.validate_nodes_and_infer_types()
    return centred


def attention_by_exponentials(graph: Any) -> int:
    """Replace the operations of attention by products and exponentials; return how many there were.

    Args:
        graph: an `openvino.Model` with the input `attention_mask`, (rows, tokens); it is changed.
    """
    from openvino import opset13 as opset

    mask = opset.convert(graph.input("attention_mask").get_node(), "f32")
    hidden = opset.multiply(opset.subtract(mask, _float(1)), _float(_HIDDEN))
    hidden = opset.unsqueeze(hidden, opset.constant(np.array([1, 2])))
    attention = [node for node in graph.get_ops() if node.get_type_name() == "ScaledDotProductAttention"]
    for node in attention:
        query, key, value = (node.input_value(number) for number in range(3))
        width = query.get_partial_shape()[-1].get_length()
        scores = opset.multiply(opset.matmul(query, key, False, True), _float(width**-0.5))
        exponentials = opset.exp(opset.add(opset.clamp(scores, -_MAX_SCORE, _MAX_SCORE), hidden))
        total = opset.reduce_sum(exponentials, opset.constant(np.array([-1])), True)
        result = opset.divide(opset.matmul(exponentials, value, False, False), total)
        for target in node.output(0).get_target_inputs():
            target.replace_source_output(result.output(0))
    graph.validate_nodes_and_infer_types()
    return len(attention)


def _layer(product: Any) -> tuple[Any, NDArray[np.float32], NDArray[np.float32]] | None:
    """Return where the bias of a fully connected layer goes in, the bias, and the weights of shape (outputs, inputs).

    None if the product is of two activations, or has no bias.
    """
    if product.get_type_name() != "MatMul" or not product.get_attributes()["transpose_b"]:
        return None
    weights = _constant(product.input_value(1))
    targets = [target.get_node() for target in product.output(0).get_target_inputs()]
    if weights is None or len(targets) != 1 or targets[0].get_type_name() != "Add":
        return None
    for number in (0, 1):
        bias = _constant(targets[0].input_value(number))
        if bias is not None:
            return targets[0].input(number), bias, weights
    return None


def _constant(output: Any) -> NDArray[np.float32] | None:
    """Return the value of an output that depends on constants alone, however it is compressed; else None."""
    node = output.get_node()
    match node.get_type_name():
        case "Constant":
            return np.asarray(node.data, np.float32)
        case "Convert":
            return _constant(node.input_value(0))
        case "Multiply":
            factors = [_constant(node.input_value(number)) for number in (0, 1)]
            return None if factors[0] is None or factors[1] is None else factors[0] * factors[1]
    return None


def _float(value: object) -> Any:
    from openvino import opset13 as opset

    return opset.constant(np.asarray(value, np.float32)).output(0)
