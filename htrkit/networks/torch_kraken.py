"""Kraken's own layers compute what those of ours do not know; in single precision, one width at a time."""

from collections.abc import Sequence
from typing import Any, cast

import torch

from htrkit.networks.torch_layers import plain


class KrakensOwn:
    """A network as kraken calls it."""

    precision = torch.float32
    takes_mixed = False
    """Whether lines of different widths may share a batch."""

    def __init__(self, network: Any) -> None:  # noqa: ANN401 - kraken's models share no base
        self._network = network.nn
        with torch.no_grad():
            for weights in self._network.parameters():
                # Denormal weights: see there.
                weights.copy_(plain(weights, weights.dtype))

    def lengths(self, widths: Sequence[int]) -> list[list[int]]:
        """Give nothing: lines of one width end where their batch ends."""
        del widths
        return []

    def logits(self, pixels: torch.Tensor, ends: torch.Tensor | None = None) -> torch.Tensor:
        """Compute lines of one width, or a page."""
        del ends
        values, _ = self._network(pixels, None)
        return cast("torch.Tensor", values)
