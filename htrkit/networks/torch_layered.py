"""Networks that are one layer behind the other, on torch."""

from collections.abc import Sequence

import torch

from htrkit.networks.torch_layers import Layer
from htrkit.networks.torch_memory import Memory


class Layered:
    """Layers of ours, which read lines of different widths in one batch as they read them alone."""

    takes_mixed = True
    """Whether lines of different widths may share a batch."""

    def __init__(self, layers: Sequence[Layer], precision: torch.dtype) -> None:
        """Take layers whose weights are in a precision."""
        self._layers = tuple(layers)
        self._ragged = tuple(layer.for_ragged() if isinstance(layer, Memory) else layer for layer in self._layers)
        self.precision = precision

    def lengths(self, widths: Sequence[int]) -> list[list[int]]:
        """Give the columns of lines of these widths behind every layer."""
        found = []
        columns = list(widths)
        for layer in self._layers:
            columns = [layer.length(one) for one in columns]
            found.append(columns)
        return found

    def logits(self, pixels: torch.Tensor, ends: torch.Tensor | None = None) -> torch.Tensor:
        """Compute; shape (lines or pages, channels, height, width) to (lines or pages, classes, height, width).

        Args:
            pixels: in the network's precision, zeros beyond a line's end.
            ends: `lengths` as int32 of shape (layers, lines) on the pixels' device; None where no line ends early.
        """
        values = pixels.contiguous(memory_format=torch.channels_last)
        for index, layer in enumerate(self._layers if ends is None else self._ragged):
            values = layer(values, None if ends is None else ends[index])
        return values
