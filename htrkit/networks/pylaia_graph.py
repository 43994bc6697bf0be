"""PyLaia's networks as graphs: each line of a batch is read as if it were alone, at its own width.

Source: `htrkit.engines.pylaia_network`, which is the reference.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from htrkit.networks.gated import GateWeights, read_ragged_gated
from htrkit.networks.graph import (
    WIDTH_AXIS,
    Node,
    NoGraph,
    Steps,
    convolved,
    masked,
    operations,
    real,
    shortened,
    size_of,
    whole,
)
from htrkit.networks.recurrent import MemoryWeights, read_ragged
from htrkit.networks.runtime import openvino
from htrkit.networks.taken import affine, linear, numbers

SIMPLE = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus"}
"""Activations without a number of their own, and OpenVINO's names of them."""
DIRECTIONS = ("", "_reverse")
HEIGHT_AXIS = 2


def line_graph(network: Any) -> Any:  # noqa: ANN401 - a module of torch's, and OpenVINO's model
    """Give a `PylaiaNetwork` as a graph: `pixels` (lines, channels, height, width) and `widths`, int64 (lines,).

    Its outputs are scores before the softmax, shape (lines, frames, symbols), and the frames of each line. Raises
    NoGraph for a height that comes out otherwise than the plan says.
    """
    plan, ops = network.plan, operations()
    pixels = ops.parameter([-1, plan.channels, plan.height if plan.fixed_height else -1, -1], np.float32, name="pixels")
    widths = ops.parameter([-1], np.int64, name="widths")
    node, lengths = pixels, widths
    for block in network.conv:
        node, lengths = _block(node, block, lengths)
    read = _columns(node, plan)
    state = {name: numbers(value) for name, value in network.rnn.state_dict().items()}
    for layer in range(plan.rnn_layers):
        read = _remembered(read, plan.rnn, state, layer, lengths)
    return openvino().Model([linear(read, network.linear), lengths], [pixels, widths], "lines")


def _block(node: Node, block: Any, lengths: Node) -> tuple[Node, Node]:  # noqa: ANN401
    """Convolve, normalise, activate and pool; nothing but zeros beyond each line's end."""
    ops, conv = operations(), block.conv
    weights = numbers(conv.weight)
    bias = np.zeros(len(weights), dtype=np.float32) if conv.bias is None else numbers(conv.bias)
    if block.batchnorm is not None:
        scale, shift = affine(block.batchnorm)
        weights = weights * scale.reshape(-1, 1, 1, 1)
        bias = bias * scale + shift
    node = _activated(convolved(node, weights, bias, Steps(conv.stride, conv.padding, conv.dilation)), block.activation)
    lengths = shortened(lengths, conv.kernel_size[1], conv.stride[1], conv.padding[1], conv.dilation[1])
    if block.pool is not None:
        size = list(block.pooled)
        node = ops.max_pool(node, size, [1, 1], [0, 0], [0, 0], size).output(0)
        lengths = shortened(lengths, size[1], size[1], 0)
    return masked(node, lengths), lengths


def _activated(node: Node, layer: Any) -> Node:  # noqa: ANN401
    ops, name = operations(), type(layer).__name__
    if name in SIMPLE:
        return getattr(ops, SIMPLE[name])(node)
    match name:
        case "LeakyReLU":
            return ops.prelu(node, real([layer.negative_slope]))
        case "PReLU":
            return ops.prelu(node, real(numbers(layer.weight)))
        case "ELU":
            return ops.elu(node, layer.alpha)
        case _:
            raise NoGraph(f"its activation {name} is not known to htrkit")


def _columns(node: Node, plan: Any) -> Node:  # noqa: ANN401
    """Give one vector a column: (lines, columns, features times rows)."""
    ops = operations()
    features = node.get_output_partial_shape(0)[1].get_length() * plan.rows
    if plan.fixed_height:
        rows = node.get_output_partial_shape(0)[HEIGHT_AXIS]
        if rows.is_dynamic or rows.get_length() != plan.rows:
            raise NoGraph(f"its lines come out with another height than {plan.rows}")
    else:
        size = ops.concat([whole([plan.rows]), size_of(node, WIDTH_AXIS)], 0)
        if plan.sequencer == "avgpool":
            node = ops.adaptive_avg_pool(node, size)
        else:
            node = ops.adaptive_max_pool(node, size, "i32").output(0)
    # (lines, columns, channels, rows): a feature is a channel's row.
    return ops.reshape(ops.transpose(node, whole([0, 3, 1, 2])), whole([0, 0, features]), special_zero=True)


def _remembered(node: Node, kind: str, state: dict[str, NDArray[np.float32]], layer: int, lengths: Node) -> Node:
    names = [f"l{layer}{way}" for way in DIRECTIONS]
    if kind == "GRU":
        return read_ragged_gated(node, tuple(GateWeights.of_torch(state, name) for name in names), lengths)
    return read_ragged(node, tuple(MemoryWeights.of_torch(state, name) for name in names), lengths)
