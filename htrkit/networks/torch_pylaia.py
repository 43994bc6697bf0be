"""PyLaia's networks on torch, by layers of ours: normalisation is folded, and lines of any widths share a batch.

Source: `htrkit.engines.pylaia_network`, which is the reference.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch.nn import functional

from htrkit.networks.torch_layered import Layered
from htrkit.networks.torch_layers import Activation, Convolution, Ends, Layer, Linear, Pooling, affine, plain
from htrkit.networks.torch_memory import Memory


class PylaiaLayers(Layered):
    """A network that reads lines of one height, of the network's own where that is fixed."""

    def __init__(self, network: Any, precision: torch.dtype) -> None:  # noqa: ANN401 - a module of torch's
        """Take over the weights of a `PylaiaNetwork`, on its device."""
        super().__init__(tuple(_layers_of(network, precision)), precision)


def _layers_of(network: Any, precision: torch.dtype) -> Iterator[Layer]:  # noqa: ANN401 - as above
    for block in network.conv:
        convolution = _convolution(block, precision)
        pooled = None if block.pool is None else Pooling(block.pooled, block.pooled)
        yield convolution if pooled is None else Pooled(convolution, pooled)
    yield Columns(network.plan.rows, network.plan.sequencer)
    for layer in range(network.rnn.num_layers):
        yield Memory.of(network.rnn, precision, layer=layer)
    yield Linear(plain(network.linear.weight, precision), plain(network.linear.bias, precision))


@dataclass(frozen=True, slots=True)
class Pooled:
    """A convolution of which the largest values are kept: no window reaches beyond a line's end and before it."""

    convolution: Convolution
    pooling: Pooling

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return self.pooling.length(self.convolution.length(columns))

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """As `Layer`."""
        return self.pooling(self.convolution(values, None), ends)


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of any height become one of so many rows, which become part of the channels: below each its rows."""

    rows: int
    sequencer: str
    """As in the network's plan."""

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return columns

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:  # noqa: ARG002 - zeros stay zeros
        """As `Layer`; raises ValueError for a height that a network of fixed height was not trained with."""
        size = (self.rows, values.shape[3])
        match self.sequencer:
            case "avgpool":
                values = functional.adaptive_avg_pool2d(values, size)
            case "maxpool":
                values = functional.adaptive_max_pool2d(values, size)
        if values.shape[2] != self.rows:
            raise ValueError(f"{values.shape[2]} rows instead of {self.rows}: the line has another height")
        return values.flatten(1, 2).unsqueeze(2)


def _convolution(block: Any, precision: torch.dtype) -> Convolution:  # noqa: ANN401 - as above
    conv = block.conv
    weights, bias = conv.weight.detach(), None if conv.bias is None else conv.bias.detach()
    if block.batchnorm is not None:
        scale, shift = affine(block.batchnorm)
        weights = weights * scale.reshape(-1, 1, 1, 1)
        bias = shift if bias is None else bias * scale + shift
    return Convolution(
        plain(weights, precision),
        None if bias is None else plain(bias, precision),
        conv.stride,
        conv.padding,
        conv.dilation,
        activation=_activation(block.activation, precision),
    )


def _activation(module: Any, precision: torch.dtype) -> Activation:  # noqa: ANN401 - as above
    """Give an activation that may write over what it is given."""
    match module:
        case torch.nn.ReLU():
            return torch.relu_
        case torch.nn.LeakyReLU():
            return partial(functional.leaky_relu_, negative_slope=module.negative_slope)
        case _:
            own: Activation = deepcopy(module).to(precision).requires_grad_(requires_grad=False)
            return own
