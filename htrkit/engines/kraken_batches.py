"""Lines of different widths share a batch, and each is read as if it were alone: what pads a line is never seen."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from kraken.lib.vgsl import layers

from htrkit.engines.padding import blank_beyond

WIDTH = 3
"""The axis of a line's width in kraken's tensors."""
SEES_NO_PADDING = (
    layers.ActConv2D,
    layers.MaxPool,
    layers.GroupNorm,
    layers.Dropout,
    layers.Identity,
    layers.Reshape,
    layers.TransposedSummarizingRNN,
    layers.LinSoftmax,
)
"""Layers that read a padded line as they read it alone, if what they are given is nothing but zeros beyond its end."""


def forward(network: Any, batch: torch.Tensor, widths: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:  # noqa: ANN401 - kraken's models share no typed base
    """Run a network over lines of shape (lines, channels, height, width), padded with zeros on the right.

    Gives logits of shape (lines, classes, 1, frames) and the frames of each line. Convolutions add to padding what
    their biases are, and the next one would look at it from the line's end: after each layer it is made nothing again.
    The lines must have one width where `reads_padded` says so.
    """
    if not reads_padded(network):
        logits, frames = network.nn(batch, widths)
        return logits, frames
    values, lengths = batch, widths
    for layer in network.nn:
        values, lengths = layer(values, lengths)
        values = blank_beyond(values, lengths)
    return values, lengths


def reads_padded(network: Any) -> bool:  # noqa: ANN401 - as above
    """Tell whether lines of different widths may share a batch of this network."""
    return isinstance(network.nn, layers.MultiParamSequential) and all(map(_sees_no_padding, network.nn))


def alike(network: Any, widths: Sequence[int]) -> Iterator[list[int]]:  # noqa: ANN401 - as above
    """Give the places of the lines that may share a batch: all, or those of one width."""
    if reads_padded(network):
        yield list(range(len(widths)))
        return
    for width in dict.fromkeys(widths):
        yield [place for place, other in enumerate(widths) if other == width]


def _sees_no_padding(layer: torch.nn.Module) -> bool:
    if isinstance(layer, layers.ActConv2D) and layer.transposed:
        return False
    # Height becomes depth in every network for lines; a fold of the width would mix a line with its padding.
    if isinstance(layer, layers.Reshape) and WIDTH in {layer.src_dim, layer.low, layer.high}:
        return False
    return isinstance(layer, SEES_NO_PADDING)
