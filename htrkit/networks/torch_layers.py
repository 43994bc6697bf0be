"""Layers of networks as torch computes them best: channels last, nothing waited for, what pads a line never seen.

Values have the shape (lines or pages, channels, height, width), in memory that holds channels last. Beyond the end of
a line they are nothing but zeros, before and behind every layer, so that a line is read as it is read alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch.nn import functional

from htrkit.domain.engine import Precision

Ends = torch.Tensor | None
"""The columns of each line behind a layer, int32 of shape (lines,) on the values' device; None where all are as long
as the batch is wide."""
Activation = Callable[[torch.Tensor], torch.Tensor]
DTYPES = {Precision.SINGLE: torch.float32, Precision.HALF: torch.float16, Precision.BRAIN: torch.bfloat16}
SHUT = -1e4
"""Before a sigmoid: as good as minus infinity, and still a number in half precision."""
MARKS = 8
"""Features put beside a sequence's own, of which one counts: the matrix units of GPUs take so many at once."""
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


@dataclass(frozen=True, slots=True)
class Memory:
    """A long short-term memory along rows or columns, which are a batch of sequences.

    Beyond a line's end a feature of its own shuts the gates that take in and keep: the memory is empty there, so that
    the way back begins at the end as if nothing had been before, and no sequence has to be packed.
    """

    lstm: torch.nn.LSTM
    """With MARKS more features than the values have channels, where `marked`."""
    upright: bool
    """Whether columns are read from top to bottom."""
    sums_up: bool
    """Whether only what it holds at the end is kept."""
    marked: bool = False

    @classmethod
    def of(cls, module: torch.nn.LSTM, precision: torch.dtype, *, upright: bool, sums_up: bool) -> "Memory":
        """Take over the weights of a layer of torch's with one layer."""
        return cls(_copied(module, precision, more=0), upright, sums_up)

    def for_ragged(self) -> "Memory":
        """Give the same for lines of different lengths; columns are all of one height, so that they need none."""
        if self.upright:
            return self
        precision = next(self.lstm.parameters()).dtype
        return replace(self, lstm=_copied(self.lstm, precision, more=MARKS), marked=True)

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return 1 if self.sums_up and not self.upright else columns

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """As `Layer`."""
        # Steps first, which is how the libraries want it.
        ways = (2, 0, 3, 1) if self.upright else (3, 0, 2, 1)
        rows = values.permute(ways)
        if self.marked:
            rows = torch.cat([rows, self._marks(rows, ends)], 3)
        steps, lines, across, features = rows.shape
        read = self.lstm(rows.reshape(steps, lines * across, features))[0]
        if self.sums_up:
            read = read[-1:]
        read = read.reshape(len(read), lines, across, -1)
        back = (1, 0, 2, 3) if self.upright else (1, 2, 0, 3)
        return blank_beyond(read.permute(back).contiguous().permute(0, 3, 1, 2), ends)

    def _marks(self, rows: torch.Tensor, ends: Ends) -> torch.Tensor:
        steps, lines, across, _ = rows.shape
        if ends is None:
            return rows.new_zeros(steps, lines, across, MARKS)
        outside = beyond(ends, steps).T[:, :, None, None].to(rows.dtype)
        return outside.expand(steps, lines, across, MARKS)


def _copied(module: torch.nn.LSTM, precision: torch.dtype, *, more: int) -> torch.nn.LSTM:
    """Give the same layer in a precision, with so many features more, of which the first shuts two of the gates."""
    made = torch.nn.LSTM(
        module.input_size + more,
        module.hidden_size,
        bias=module.bias,
        bidirectional=module.bidirectional,
        device=module.weight_ih_l0.device,
        dtype=precision,
    ).requires_grad_(requires_grad=False)
    for name, weights in module.named_parameters():
        taken = plain(weights, precision)
        if more and name.startswith("weight_ih"):
            marks = taken.new_zeros(len(taken), more)
            # Torch's gates: what is taken in, what is kept, the new content, what is given.
            marks[: 2 * module.hidden_size, 0] = SHUT
            taken = torch.cat([taken, marks], 1)
        getattr(made, name).copy_(taken)
    # In one piece: else cuDNN puts them together anew at every call.
    made.flatten_parameters()
    return made.eval()


def run(layers: Sequence[Layer], values: torch.Tensor, ends: torch.Tensor | None) -> torch.Tensor:
    """Take values through layers; `ends` is int32 of shape (layers, lines), None where no line ends early."""
    for index, layer in enumerate(layers):
        values = layer(values, None if ends is None else ends[index])
    return values
