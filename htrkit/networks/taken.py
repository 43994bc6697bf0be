"""What graphs take out of modules of torch's: numbers, normalisation as a scale and a shift, linear layers."""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from htrkit.networks.graph import Node, operations, real

Weights = NDArray[np.float32]


def numbers(tensor: Any) -> Weights:  # noqa: ANN401 - torch's, as all below
    """Give a tensor's values."""
    return cast("Weights", tensor.detach().float().cpu().numpy())


def affine(norm: Any) -> tuple[Weights, Weights]:  # noqa: ANN401
    """Give a batch normalisation as what it multiplies each channel by, and what it adds then."""
    scale = numbers(norm.weight) / np.sqrt(numbers(norm.running_var) + norm.eps)
    return scale, numbers(norm.bias) - numbers(norm.running_mean) * scale


def linear(node: Node, layer: Any) -> Node:  # noqa: ANN401
    """Take the last axis of a node through a linear layer."""
    ops = operations()
    made = ops.matmul(node, real(numbers(layer.weight).T), transpose_a=False, transpose_b=False)
    return made if layer.bias is None else ops.add(made, real(numbers(layer.bias)))
