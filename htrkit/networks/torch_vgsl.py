"""Kraken's VGSL networks on torch, by layers of ours: the same weights, called so that CPUs and GPUs take them fast."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from kraken.lib.vgsl import layers as vgsl
from torch.nn import functional

from htrkit.networks.torch_layered import Layered
from htrkit.networks.torch_layers import (
    Activation,
    Convolution,
    Folding,
    GroupNorm,
    Layer,
    Linear,
    Pooling,
    plain,
)
from htrkit.networks.torch_memory import Memory

ACTIVATIONS: dict[str, Activation | None] = {
    "LINEAR": None,
    # Left to whoever reads the logits, as kraken does.
    "SIGMOID": None,
    "RELU": torch.relu_,
    "TANH": torch.tanh_,
    "LEAKYRELU": functional.leaky_relu_,
}
HEIGHT = 2
WIDTH = 3


class Unknown(Exception):
    """The network has a layer that is not known here."""


class VgslNetwork(Layered):
    """A network that finds lines, or reads them."""

    def __init__(self, network: Any, precision: torch.dtype) -> None:  # noqa: ANN401 - kraken's models share no base
        """Take over a kraken model's weights, on its device; raises Unknown."""
        super().__init__(tuple(layers_of(network.nn, precision)), precision)


def layers_of(module: Any, precision: torch.dtype) -> Iterator[Layer]:  # noqa: ANN401 - as above
    """Give kraken's layers as ours; raises Unknown."""
    match module:
        case vgsl.MultiParamSequential():
            for inner in module:
                yield from layers_of(inner, precision)
        case vgsl.ActConv2D() if not module.transposed and module.nl_name in ACTIVATIONS:
            yield _convolution(module, precision)
        case vgsl.MaxPool():
            yield Pooling(_pair(module.kernel_size), _pair(module.stride))
        case vgsl.GroupNorm():
            norm = module.layer
            single = torch.float32
            yield GroupNorm(norm.num_groups, plain(norm.weight, single), plain(norm.bias, single), norm.eps)
        case vgsl.Reshape() if (module.src_dim, module.part_a, module.high, module.low) == (HEIGHT, 1, HEIGHT, 1):
            yield Folding(module.part_b)
        case vgsl.TransposedSummarizingRNN() if module.legacy is None:
            yield Memory.of(module.layer, precision, upright=module.transpose, sums_up=module.summarize)
        case vgsl.LinSoftmax() if not module.augmentation:
            yield Linear(plain(module.lin.weight, precision), plain(module.lin.bias, precision))
        case vgsl.Dropout() | vgsl.Identity():
            return
        case _:
            raise Unknown(type(module).__name__)


def _convolution(layer: Any, precision: torch.dtype) -> Convolution:  # noqa: ANN401 - as above
    return Convolution(
        plain(layer.co.weight, precision),
        plain(layer.co.bias, precision),
        _pair(layer.stride),
        _pair(layer.padding),
        _pair(layer.dilation),
        activation=ACTIVATIONS[layer.nl_name],
    )


def _pair(numbers: Sequence[int]) -> tuple[int, int]:
    first, second = numbers
    return int(first), int(second)
