"""Layers of networks as torch computes them best: channels last, nothing waited for, what pads a line never seen.

Values have the shape (lines or pages, channels, height, width), in memory that holds channels last. Beyond the end of
a line they are nothing but zeros, before and behind every layer, so that a line is read as it is read alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch.nn import functional

from htrkit.domain.engine import Precision

Ends = torch.Tensor | None
"""The columns of each line behind a layer, int32 of shape (lines,) on the values' device; None where all are as long
as the batch is wide."""
Activation = Callable[[torch.Tensor], torch.Tensor]
DTYPES = {Precision.SINGLE: torch.float32, Precision.HALF: torch.float16, Precision.BRAIN: torch.bfloat16}
TINY = torch.finfo(torch.float32).tiny


class Layer(Protocol):
    """One step of a network."""

    def length(self, columns: int) -> int:
        """Give the columns that come of so many, of a line or of the batch."""

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """Compute; `ends` are those behind this layer. Nothing in here waits for the device."""


def plain(weights: torch.Tensor, precision: torch.dtype) -> torch.Tensor:
    """Give weights in a precision, without the numbers that are all but zero.

    Models hold such numbers, denormal ones, where training let weights decay: Kraken's `blla` has 2,231. They count for
    nothing, and processors that take them in microcode multiply them hundreds of times slower than others.
    """
    whole = weights.detach().float()
    return whole.masked_fill(whole.abs() < TINY, 0).to(precision)


def blank_beyond(values: torch.Tensor, ends: Ends) -> torch.Tensor:
    """Make zeros of the columns beyond each line's end, in place."""
    if ends is None:
        return values
    return values.masked_fill_(beyond(ends, values.shape[3])[:, None, None, :], 0)


def affine(norm: Any) -> tuple[torch.Tensor, torch.Tensor]:  # noqa: ANN401 - torch's
    """Give a batch normalisation as what it multiplies each channel by, and what it adds then."""
    scale = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
    return scale, norm.bias.detach() - norm.running_mean * scale


def beyond(ends: torch.Tensor, columns: int) -> torch.Tensor:
    """Tell which columns lie beyond each line's end: booleans of shape (lines, columns)."""
    return torch.arange(columns, device=ends.device) >= ends[:, None]


def shortened(columns: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    """Give the columns behind a convolution or a pooling, 1 or more."""
    return max((columns + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1, 1)


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution, and what follows on it."""

    weights: torch.Tensor
    """Shape (features, channels / groups, height, width)."""
    bias: torch.Tensor | None
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1
    activation: Activation | None = None

    def __post_init__(self) -> None:
        """Keep the weights in the layout that the values have."""
        object.__setattr__(self, "weights", self.weights.contiguous(memory_format=torch.channels_last))

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return shortened(columns, self.weights.shape[3], self.stride[1], self.padding[1], self.dilation[1])

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """As `Layer`."""
        made = self._linear(values) if self._is_linear else self._convolve(values)
        return blank_beyond(made if self.activation is None else self.activation(made), ends)

    @property
    def _is_linear(self) -> bool:
        """Whether it looks at one place at a time: a product of matrices then, which is many times faster."""
        alone = self.groups == 1 and tuple(self.weights.shape[2:]) == (1, 1)
        return alone and self.stride == (1, 1) and self.padding == (0, 0)

    def _linear(self, values: torch.Tensor) -> torch.Tensor:
        made = functional.linear(values.permute(0, 2, 3, 1), self.weights[:, :, 0, 0], self.bias)
        return made.permute(0, 3, 1, 2)

    def _convolve(self, values: torch.Tensor) -> torch.Tensor:
        looks = self.stride, self.padding, self.dilation, self.groups
        return functional.conv2d(values, self.weights, self.bias, *looks)


@dataclass(frozen=True, slots=True)
class Pooling:
    """The largest value of every window."""

    kernel: tuple[int, int]
    stride: tuple[int, int]

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return shortened(columns, self.kernel[1], self.stride[1], 0)

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """As `Layer`."""
        return blank_beyond(functional.max_pool2d(values, self.kernel, self.stride), ends)


@dataclass(frozen=True, slots=True)
class GroupNorm:
    """Groups of channels are normalised over a whole line or page (Wu and He 2018), in single precision always."""

    groups: int
    weights: torch.Tensor
    """Float32 of shape (channels,), as the bias."""
    bias: torch.Tensor
    least: float
    """What is added to the variance."""

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return columns

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """As `Layer`."""
        if ends is None and values.device.type == "cpu":
            # Its sums are in single precision whatever the values are in.
            return functional.group_norm(values, self.groups, self.weights, self.bias, self.least)
        whole = values.float()
        mean, variance = self._moments(whole, ends)
        scale = self.weights * (variance + self.least).rsqrt()
        shift = self.bias - mean * scale
        made = torch.addcmul(shift[:, :, None, None], whole, scale[:, :, None, None])
        return blank_beyond(made.to(values.dtype), ends)

    def _moments(self, values: torch.Tensor, ends: Ends) -> tuple[torch.Tensor, torch.Tensor]:
        """Give mean and variance for every channel, shape (lines, channels) each."""
        lines, channels, height, width = values.shape
        columns = torch.full((lines,), width, device=values.device) if ends is None else ends.clamp(min=1)
        counted = (columns * (height * channels // self.groups))[:, None].float()
        mean = self._spread(values.sum((2, 3)) / counted)
        apart = blank_beyond(values - mean[:, :, None, None], ends)
        return mean, self._spread(apart.square().sum((2, 3)) / counted)

    def _spread(self, of_channels: torch.Tensor) -> torch.Tensor:
        """Sum up over groups, and give every channel the sum of its group."""
        lines, channels = of_channels.shape
        together = of_channels.reshape(lines, self.groups, -1).sum(2, keepdim=True)
        return together.expand(-1, -1, channels // self.groups).reshape(lines, channels)


@dataclass(frozen=True, slots=True)
class Folding:
    """The height of lines becomes part of their channels: rows stand above channels."""

    rows: int
    """Of the height, that become channels; -1 for all of them."""

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return columns

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:  # noqa: ARG002 - zeros stay zeros
        """As `Layer`."""
        lines, channels, height, width = values.shape
        rows = height if self.rows < 0 else self.rows
        split = values.reshape(lines, channels, height // rows, rows, width)
        folded = split.permute(0, 3, 1, 2, 4).reshape(lines, rows * channels, height // rows, width)
        return folded.contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear map of every column's channels."""

    weights: torch.Tensor
    bias: torch.Tensor | None

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return columns

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """As `Layer`."""
        made = functional.linear(values.permute(0, 2, 3, 1), self.weights, self.bias)
        return blank_beyond(made.permute(0, 3, 1, 2), ends)
