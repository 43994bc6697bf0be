"""How a PyLaia network is built, and what it wants of lines; known without torch, which page workers may lack.

Source: https://gitlab.teklia.com/atr/pylaia (MIT), `laia.models.htr.laia_crnn`.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import prod

Pair = tuple[int, int]
"""(height, width)."""


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """One convolution with what follows it."""

    features: int
    kernel: Pair
    stride: Pair
    dilation: Pair
    pool: Pair
    batch_norm: bool
    activation: str
    """The name of a class of torch.nn."""
    slope: float = 0.01
    """Of a leaky activation, below zero: torch's own."""
    bias: bool = False
    """Whether the convolution has a bias even where batch normalisation follows."""


class Greys(StrEnum):
    """What a network is shown for the greys of a line."""

    INK = "ink"
    """0 for paper and 1 for ink, as PyLaia inverts them."""
    CENTRED = "centred"
    """1 for paper and -1 for ink: not inverted, with mean and deviation 0.5 taken off."""

    @property
    def paper(self) -> float:
        """What stands for white."""
        return 0.0 if self is Greys.INK else 1.0


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """What a checkpoint's `model` file says of its network."""

    channels: int
    blocks: tuple[BlockPlan, ...]
    sequencer: str
    """`none`, `avgpool` or `maxpool`: how columns of any height become one of `rows`."""
    rows: int
    rnn: str
    """`LSTM` or `GRU`."""
    rnn_layers: int
    rnn_units: int
    symbols: int
    greys: Greys = Greys.INK

    @property
    def fixed_height(self) -> bool:
        """Whether lines must have the height that the network was trained with."""
        return self.sequencer == "none"

    @property
    def height(self) -> int:
        """The height of lines for a network of fixed height: the least of those that give its rows."""
        return self.rows * self._shrunk(axis=0)

    @property
    def least_height(self) -> int:
        """The least height that leaves a row."""
        return self._shrunk(axis=0)

    @property
    def least_width(self) -> int:
        """The least width that gives a frame."""
        return self._shrunk(axis=1)

    def _shrunk(self, *, axis: int) -> int:
        """Give how many pixels come to one, in height (0) or width (1)."""
        return prod((block.pool[axis] or 1) * block.stride[axis] for block in self.blocks)
