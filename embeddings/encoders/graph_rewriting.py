"""Rewrites of a quantised graph that leave its results as they are and make it faster.

`centre_zero_points`: OpenVINO's fully connected layers take twice as long where the zero point of 8-bit activations is
not in the middle of their range. For a layer W x + b and activations around c, W x + b = W (x - c) + (b + W c): each
range is moved to be centred at zero, with the same levels, and W c is added to the bias.

`float_mask`: attention adds floats of shape (rows, 1, 1, tokens) to its scores faster than it selects by booleans of
shape (rows, 1, tokens, tokens).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# far below any score, so that its exponential is zero, and within 16-bit floats
_MASKED_SCORE = 1e4
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


def float_mask(graph: Any) -> int:
    """Give attention the input `attention_mask` as floats to add to its scores; return how many layers there are.

    Args:
        graph: an `openvino.Model`; it is changed.
    """
    from openvino import opset13 as opset

    given = opset.convert(graph.input("attention_mask").get_node(), "f32")
    masked = opset.multiply(opset.subtract(given, _float(1).get_node()), _float(_MASKED_SCORE).get_node())
    mask = opset.unsqueeze(masked, opset.constant(np.array([1, 2])))
    attention = [node for node in graph.get_ops() if node.get_type_name() == "ScaledDotProductAttention"]
    for node in attention:
        node.input(3).replace_source_output(mask.output(0))
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
