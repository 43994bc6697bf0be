"""Kraken's PP-OCRv6 networks as graphs: batch normalisation and parallel branches are folded into their convolutions.

Source: `kraken.lib.ppocr` (Apache-2.0), after PaddleOCR's PPLCNetV4 and LightSVTR.
"""

from typing import Any

import numpy as np

from htrkit.networks.graph import (
    Node,
    NoGraph,
    Steps,
    convolved,
    inside,
    masked,
    operations,
    per_channel,
    real,
    shortened,
    size_of,
    whole,
)
from htrkit.networks.runtime import openvino
from htrkit.networks.taken import Weights, affine, linear, numbers

Folded = tuple[Weights, Weights]
"""The weights and the bias of a convolution."""


def line_graph(network: Any) -> Any:  # noqa: ANN401 - kraken's and OpenVINO's
    """Give a network that reads lines, as `vgsl_graph.line_graph` does; raises NoGraph for a variant not known."""
    body = network.nn
    if type(body.neck).__name__ != "LightSVTRNeck" or not hasattr(body.backbone.conv1, "stem1"):
        raise NoGraph(f"its variant `{body.variant}` is not known to htrkit")
    ops = operations()
    pixels = ops.parameter([-1, 3, network.input[2], -1], np.float32, name="pixels")
    widths = ops.parameter([-1], np.int64, name="widths")
    lines = _Lines(pixels, widths)
    lines.stem(body.backbone.conv1)
    for name in ("blocks2", "blocks3", "blocks4", "blocks5", "blocks6"):
        for block in getattr(body.backbone, name):
            lines.block(block)
    lines.pool()
    logits = linear(_neck(body.neck, lines.node, lines.lengths), body.head.fc)
    return openvino().Model([logits, lines.lengths], [pixels, widths], "lines")


class _Lines:
    """Lines on their way through the backbone; nothing but zeros beyond each one's end."""

    def __init__(self, pixels: Node, widths: Node) -> None:
        self.node = pixels
        self.lengths = widths

    def stem(self, stem: Any) -> None:  # noqa: ANN401
        ops = operations()
        self._convolve(stem.stem1.conv, stem.stem1.bn, halved=True)
        whole_lines = self.node
        # Even kernels: one row and one column of nothing, to the right and below.
        other = _branch(stem.stem2b, self._masked(_branch(stem.stem2a, whole_lines)))
        # Values behind ReLU are never below zero, so that zeros are as good as nothing at the edge.
        pooled = ops.max_pool(whole_lines, [1, 1], [1, 1], [0, 0], [1, 1], [2, 2]).output(0)
        self.node = self._masked(ops.concat([pooled, other], 1))
        self._convolve(stem.stem3.conv, stem.stem3.bn, halved=True)
        self._convolve(stem.stem4.conv, stem.stem4.bn, halved=False)

    def block(self, block: Any) -> None:  # noqa: ANN401
        ops = operations()
        mixer = block.token_mixer
        if block.use_rep_dw:
            folded, strides = _reparameterised(mixer.rep_dw), (1, 1)
        else:
            folded, strides = _folded(mixer.dw_conv.conv, mixer.dw_conv.bn), mixer.dw_conv.conv.stride
        size = folded[0].shape[2]
        steps = Steps(strides, ((size - 1) // 2,) * 2, groups=folded[0].shape[0])
        mixed = convolved(self.node, *folded, steps)
        mixed = self._masked(mixed)
        if hasattr(mixer, "se"):
            mixed = _excited(mixed, mixer.se, self.lengths)
        channels = block.channel_mixer
        wide = ops.gelu(convolved(mixed, *_folded(channels.expand.conv, channels.expand.bn)), "erf")
        made = convolved(wide, *_folded(channels.compress.conv, channels.compress.bn))
        self.node = self._masked(ops.add(mixed, made) if block.has_residual else made)

    def pool(self) -> None:
        ops = operations()
        height = self.node.get_output_partial_shape(0)[2].get_length()
        self.node = ops.avg_pool(self.node, [height, 2], [0, 0], [0, 0], [height, 2], False)
        self.lengths = shortened(self.lengths, 2, 2, 0)

    def _convolve(self, conv: Any, norm: Any, *, halved: bool) -> None:  # noqa: ANN401
        weights, bias = _folded(conv, norm)
        self.node = operations().relu(convolved(self.node, weights, bias, Steps(conv.stride, conv.padding)))
        if halved:
            self.lengths = shortened(self.lengths, conv.kernel_size[1], conv.stride[1], conv.padding[1])
        self.node = self._masked(self.node)

    def _masked(self, node: Node) -> Node:
        return masked(node, self.lengths)


def _branch(part: Any, node: Node) -> Node:  # noqa: ANN401
    ops = operations()
    weights, bias = _folded(part.conv, part.bn)
    sides = [1, 1], [0, 0], [1, 1], [1, 1]
    return ops.relu(ops.add(ops.convolution(node, real(weights), *sides), per_channel(bias)))


def _excited(node: Node, layer: Any, lengths: Node) -> Node:  # noqa: ANN401
    """Weigh channels by what they hold over the line's own columns (squeeze and excitation)."""
    ops = operations()
    height = node.get_output_partial_shape(0)[2].get_length()
    area = ops.unsqueeze(ops.multiply(ops.convert(lengths, "f32"), real(float(height))), whole([1, 2, 3]))
    mean = ops.divide(ops.reduce_sum(node, whole([2, 3]), keep_dims=True), area)
    hidden = ops.relu(convolved(mean, numbers(layer.conv1.weight), numbers(layer.conv1.bias)))
    gate = convolved(hidden, numbers(layer.conv2.weight), numbers(layer.conv2.bias))
    return ops.multiply(node, ops.hard_sigmoid(gate, real(1 / 6), real(0.5)))


def _neck(neck: Any, node: Node, lengths: Node) -> Node:  # noqa: ANN401
    """Give (lines, frames, features)."""
    ops = operations()
    skipped = ops.swish(convolved(node, *_folded(neck.skip_conv.conv, neck.skip_conv.norm)))
    reduced = ops.swish(convolved(node, *_folded(neck.conv_reduce.conv, neck.conv_reduce.norm)))
    reduced = masked(reduced, lengths)
    local, norm, _ = neck.local_conv
    weights, bias = _folded(local, norm)
    near = convolved(reduced, weights, bias, Steps(padding=local.padding, groups=local.groups))
    mixed = _sequence(masked(ops.add(reduced, ops.swish(near)), lengths))
    outside = ops.logical_not(inside(lengths, size_of(mixed, 1), axes=(1, 2)))
    for block in neck.svtr_block:
        mixed = _attention_block(mixed, block, outside)
    return ops.add(_normalised(mixed, neck.norm), _sequence(skipped))


def _sequence(node: Node) -> Node:
    """(lines, features, 1, frames) to (lines, frames, features)."""
    ops = operations()
    return ops.squeeze(ops.transpose(node, whole([0, 2, 3, 1])), whole([1]))


def _attention_block(node: Node, block: Any, outside: Node) -> Node:  # noqa: ANN401
    ops = operations()
    node = ops.add(node, _attended(_normalised(node, block.norm1), block.mixer, outside))
    hidden = ops.swish(linear(_normalised(node, block.norm2), block.mlp.fc1))
    return ops.add(node, linear(hidden, block.mlp.fc2))


def _attended(node: Node, mixer: Any, outside: Node) -> Node:  # noqa: ANN401
    ops = operations()
    heads, features = mixer.num_heads, mixer.head_dim
    split = ops.reshape(linear(node, mixer.qkv), whole([0, 0, 3, heads, features]), special_zero=True)
    # Asked, keys and values come first, then lines, heads, frames and features.
    asked, keys, values = (
        ops.gather(ops.transpose(split, whole([2, 0, 3, 1, 4])), whole(index), whole(0)) for index in range(3)
    )
    seen = ops.matmul(ops.multiply(asked, real(mixer.scale)), keys, transpose_a=False, transpose_b=True)
    # float32's least number would become infinite in bfloat16, and a line's own frames are never all outside.
    hidden = ops.select(outside, real(-1e30), seen)
    read = ops.matmul(ops.softmax(hidden, 3), values, transpose_a=False, transpose_b=False)
    together = ops.reshape(ops.transpose(read, whole([0, 2, 1, 3])), whole([0, 0, heads * features]), special_zero=True)
    return linear(together, mixer.proj)


def _normalised(node: Node, norm: Any) -> Node:  # noqa: ANN401
    ops = operations()
    made = ops.mvn(node, whole([2]), True, norm.eps, "inside_sqrt")
    return ops.add(ops.multiply(made, real(numbers(norm.weight))), real(numbers(norm.bias)))


def _folded(conv: Any, norm: Any) -> Folded:  # noqa: ANN401
    """Fold batch normalisation into the convolution before it."""
    scale, shift = affine(norm)
    return numbers(conv.weight) * scale.reshape(-1, 1, 1, 1), shift


def _reparameterised(layer: Any) -> Folded:  # noqa: ANN401
    """Fold the three branches of a depthwise convolution (its own, one of a single pixel, none) into one."""
    weights, bias = _folded(layer.conv.conv, layer.conv.bn)
    middle = weights.shape[2] // 2
    weights[:, 0, middle, middle] += numbers(layer.conv1.weight)[:, 0, 0, 0] + 1
    scale, shift = affine(layer.bn)
    return weights * scale.reshape(-1, 1, 1, 1), bias * scale + shift
