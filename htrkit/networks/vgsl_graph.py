"""Kraken's VGSL networks as graphs: those that find lines, and those that read them."""

from typing import Any

import numpy as np
from kraken.lib.vgsl import layers

from htrkit.networks.graph import (
    Node,
    NoGraph,
    Steps,
    convolved,
    group_normalised,
    masked,
    operations,
    shortened,
    whole,
)
from htrkit.networks.recurrent import MemoryWeights, read_ragged, read_sequences
from htrkit.networks.runtime import openvino
from htrkit.networks.taken import linear, numbers

ACTIVATIONS = {"LINEAR": None, "SIGMOID": None, "RELU": "relu", "TANH": "tanh"}
"""Kraken's words for what follows a convolution; sigmoids are left to whoever reads the logits, as kraken does."""
CHANNELS_LAST = [0, 2, 3, 1]
CHANNELS_FIRST = [0, 3, 1, 2]


def map_graph(network: Any) -> Any:  # noqa: ANN401 - kraken's and OpenVINO's
    """Give a network that finds lines: pixels of shape (1, channels, height, width) to logits (1, classes, …, …).

    Raises NoGraph for layers that are not known.
    """
    _, channels, height, _ = network.input
    pixels = operations().parameter([1, channels, height or -1, -1], np.float32, name="pixels")
    picture = _Picture(pixels)
    for layer in network.nn:
        picture.through(layer)
    return openvino().Model([picture.channels_first()], [pixels], "map")


def line_graph(network: Any) -> Any:  # noqa: ANN401 - as above
    """Give a network that reads lines: `pixels` (lines, channels, height, width) and their `widths`, int64 (lines,).

    Its outputs are logits of shape (lines, frames, classes) and the frames of each line. What stands beyond a line's
    end is never seen: each line is read as if it were alone. Raises NoGraph as above.
    """
    _, channels, height, _ = network.input
    ops = operations()
    pixels = ops.parameter([-1, channels, height or -1, -1], np.float32, name="pixels")
    widths = ops.parameter([-1], np.int64, name="widths")
    lines = _Lines(pixels, widths)
    for layer in network.nn:
        lines.through(layer)
    return openvino().Model([lines.sequence(), lines.lengths], [pixels, widths], "lines")


class _Picture:
    """A page on its way through a network, with four axes or, behind the convolutions, (height, width, channels)."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._flat = False

    def channels_first(self) -> Node:
        ops = operations()
        if not self._flat:
            return self._node
        return ops.transpose(ops.unsqueeze(self._node, whole([0])), whole(CHANNELS_FIRST))

    def through(self, layer: Any) -> None:  # noqa: ANN401
        match layer:
            case layers.ActConv2D():
                self._node, self._flat = _convolution(self.channels_first(), layer), False
            case layers.GroupNorm():
                self._node, self._flat = _group_norm(self.channels_first(), layer), False
            case layers.TransposedSummarizingRNN() if not layer.summarize:
                self._node, self._flat = self._memory(layer), True
            case layers.MaxPool():
                self._node, self._flat = _pooling(self.channels_first(), layer), False
            case layers.Dropout() | layers.Identity():
                pass
            case _:
                raise NoGraph(f"its layer {type(layer).__name__} is not known to htrkit")

    def _memory(self, layer: Any) -> Node:  # noqa: ANN401
        ops = operations()
        rows = self._node
        if not self._flat:
            rows = ops.squeeze(ops.transpose(rows, whole(CHANNELS_LAST)), whole([0]))
        directions = _directions(layer)
        if layer.transpose:
            # (width, height, …): columns are read from top to bottom.
            rows = ops.transpose(rows, whole([1, 0, 2]))
        read = read_sequences(rows, directions)
        if layer.transpose:
            read = ops.transpose(read, whole([1, 0, 2, 3]))
        return ops.reshape(read, whole([0, 0, sum(one.units for one in directions)]), special_zero=True)


class _Lines:
    """Lines on their way through a network: pictures, and behind the reshaping sequences (lines, steps, features)."""

    def __init__(self, pixels: Node, widths: Node) -> None:
        self._node = pixels
        self._sequences = False
        self.lengths = widths

    def sequence(self) -> Node:
        ops = operations()
        if self._sequences:
            return self._node
        if self._node.get_output_partial_shape(0)[2] != openvino().Dimension(1):
            raise NoGraph("its lines keep a height before they are read along")
        # (lines, channels, 1, steps) to (lines, steps, channels)
        return ops.transpose(ops.squeeze(self._node, whole([2])), whole([0, 2, 1]))

    def through(self, layer: Any) -> None:  # noqa: ANN401
        match layer:
            case layers.ActConv2D() if not self._sequences:
                self._node = _convolution(self._node, layer)
                self.lengths = _shortened(self.lengths, layer, layer.padding[1], layer.dilation[1])
                self._node = masked(self._node, self.lengths)
            case layers.MaxPool() if not self._sequences:
                self._node = _pooling(self._node, layer)
                self.lengths = _shortened(self.lengths, layer, 0, 1)
                self._node = masked(self._node, self.lengths)
            case layers.Reshape() if not self._sequences:
                self._node, self._sequences = _folded(self._node, layer), True
            case layers.TransposedSummarizingRNN() if not layer.transpose and not layer.summarize:
                self._node = read_ragged(self.sequence(), _directions(layer), self.lengths)
                self._sequences = True
            case layers.LinSoftmax() if not layer.augmentation:
                self._node = linear(self.sequence(), layer.lin)
                self._sequences = True
            case layers.Dropout() | layers.Identity():
                pass
            case _:
                raise NoGraph(f"its layer {type(layer).__name__} is not known to htrkit")


def _convolution(node: Node, layer: Any) -> Node:  # noqa: ANN401
    if layer.transposed or layer.nl_name not in ACTIVATIONS:
        raise NoGraph("its convolutions are of a kind that is not known to htrkit")
    weights, bias = numbers(layer.co.weight), numbers(layer.co.bias)
    made = convolved(node, weights, bias, Steps(layer.stride, layer.padding, layer.dilation))
    name = ACTIVATIONS[layer.nl_name]
    return made if name is None else getattr(operations(), name)(made)


def _group_norm(node: Node, layer: Any) -> Node:  # noqa: ANN401
    norm = layer.layer
    return group_normalised(node, norm.num_groups, numbers(norm.weight), numbers(norm.bias), least=norm.eps)


def _pooling(node: Node, layer: Any) -> Node:  # noqa: ANN401
    return operations().max_pool(node, list(layer.stride), [1, 1], [0, 0], [0, 0], list(layer.kernel_size)).output(0)


def _folded(node: Node, layer: Any) -> Node:  # noqa: ANN401
    """Fold the height of lines into their channels, as every network for lines does: (lines, steps, features)."""
    ops = operations()
    _, channels, height, _ = node.get_output_partial_shape(0)
    known = (layer.src_dim, layer.part_a, layer.high, layer.low) == (2, 1, 2, 1)
    if not known or height.is_dynamic or layer.part_b not in {-1, height.get_length()}:
        raise NoGraph("it folds lines in a way that is not known to htrkit")
    # A feature is a row's channel: kraken puts rows above channels.
    rows = ops.transpose(node, whole([0, 3, 2, 1]))
    return ops.reshape(rows, whole([0, 0, height.get_length() * channels.get_length()]), special_zero=True)


def _shortened(lengths: Node, layer: Any, padding: int, dilation: int) -> Node:  # noqa: ANN401
    return shortened(lengths, layer.kernel_size[1], layer.stride[1], padding, dilation)


def _directions(layer: Any) -> tuple[MemoryWeights, ...]:  # noqa: ANN401
    if layer.legacy is not None:
        raise NoGraph("it was made by a program before Kraken")
    state = {name: numbers(value) for name, value in layer.layer.state_dict().items()}
    return tuple(MemoryWeights.of_torch(state, name) for name in ("l0", "l0_reverse")[: 1 + layer.bidi])
