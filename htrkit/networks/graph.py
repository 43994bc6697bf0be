"""The pieces that graphs of networks are built from, in OpenVINO's operations.

Values are float32 unless said otherwise. Pictures have the shape (lines or pages, channels, height, width). Graphs are
laid out for OpenVINO's CPU plugin: what stands between two convolutions keeps four axes and is made of convolutions,
reductions and arithmetic, since everything else makes it turn the whole map around in memory and back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from htrkit.networks.runtime import openvino

Node = Any
"""An operation of OpenVINO's graph, which has no types that say more."""
WIDTH_AXIS = 3


class NoGraph(Exception):
    """The network cannot be written in these operations; says why, to follow on a network's name."""


def operations() -> Any:  # noqa: ANN401 - as above
    """Give the set of operations that all graphs are written in."""
    return openvino().opset13


def real(values: ArrayLike) -> Node:
    """Give a constant of float32."""
    return operations().constant(np.array(values, dtype=np.float32, order="C"))


def whole(values: ArrayLike) -> Node:
    """Give a constant of int64: axes, shapes, orders."""
    return operations().constant(np.array(values, dtype=np.int64, order="C"))


def per_channel(values: ArrayLike) -> Node:
    """Give a constant with one value a channel of a picture."""
    return real(np.asarray(values, dtype=np.float32).reshape(1, -1, 1, 1))


def size_of(node: Node, axis: int) -> Node:
    """Give the length of one axis, int64 of shape (1,)."""
    ops = operations()
    return ops.gather(ops.shape_of(node), whole([axis]), whole(0))


@dataclass(frozen=True, slots=True)
class Steps:
    """How a convolution goes over a picture; pairs are (height, width)."""

    strides: Sequence[int] = (1, 1)
    padding: Sequence[int] = (0, 0)
    """Rows above and below, columns left and right, of zeros."""
    dilation: Sequence[int] = (1, 1)
    groups: int = 1


ONE_BY_ONE = Steps()


def convolved(
    node: Node, weights: NDArray[np.float32], bias: NDArray[np.float32] | None = None, steps: Steps = ONE_BY_ONE
) -> Node:
    """Convolve a picture; `weights` has the shape (features, channels / groups, height, width)."""
    ops = operations()
    sides = list(steps.padding), list(steps.padding), list(steps.dilation)
    if steps.groups == 1:
        made = ops.convolution(node, real(weights), list(steps.strides), *sides)
    else:
        shape = (steps.groups, weights.shape[0] // steps.groups, *weights.shape[1:])
        made = ops.group_convolution(node, real(weights.reshape(shape)), list(steps.strides), *sides)
    return made if bias is None else ops.add(made, per_channel(bias))


def group_normalised(
    node: Node, groups: int, weights: NDArray[np.float32], bias: NDArray[np.float32], *, least: float
) -> Node:
    """Normalise groups of channels over a whole picture (Wu and He 2018); `least` is added to the variance.

    Means of channels become means of groups by a convolution with weights that average.
    """
    ops = operations()
    channels = len(weights)
    together = np.kron(np.eye(groups), np.full((channels // groups,) * 2, groups / channels))
    averaging = together.reshape(channels, channels, 1, 1).astype(np.float32)

    def mean(values: Node) -> Node:
        return convolved(ops.reduce_mean(values, whole([2, 3]), keep_dims=True), averaging)

    middle = mean(node)
    variance = ops.subtract(mean(ops.multiply(node, node)), ops.multiply(middle, middle))
    scale = ops.divide(per_channel(weights), ops.sqrt(ops.add(variance, real(least))))
    return ops.add(ops.multiply(node, scale), ops.subtract(per_channel(bias), ops.multiply(middle, scale)))


def masked(node: Node, lengths: Node) -> Node:
    """Make zeros of the columns beyond each line's end; `lengths` is int64 of shape (lines,)."""
    ops = operations()
    return ops.multiply(node, ops.convert(inside(lengths, size_of(node, WIDTH_AXIS), axes=(1, 2)), "f32"))


def inside(lengths: Node, columns: Node, *, axes: Sequence[int]) -> Node:
    """Tell which columns lie within each line: booleans of shape (lines, columns), with `axes` of length 1 put in."""
    ops = operations()
    stop = ops.squeeze(columns, whole([0]))
    places = ops.range(whole(0), stop, whole(1), "i64")
    within = ops.less(ops.unsqueeze(places, whole([0])), ops.unsqueeze(lengths, whole([1])))
    return ops.unsqueeze(within, whole(list(axes)))


def shortened(lengths: Node, kernel: int, stride: int, padding: int, dilation: int = 1) -> Node:
    """Give the lengths of lines behind a convolution or a pooling."""
    ops = operations()
    lost = 2 * padding - dilation * (kernel - 1) - 1
    steps = ops.floor(ops.divide(ops.convert(ops.add(lengths, whole(lost)), "f32"), real(stride)))
    return ops.maximum(ops.add(ops.convert(steps, "i64"), whole(1)), whole(1))
