"""TrOCR's networks on torch: squares of lines become tokens with their probabilities."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch

from htrkit.domain.stages import Item, LoadOrder, Raw
from htrkit.engines.trocr_around import around_of
from htrkit.engines.trocr_network import load_network, wider
from htrkit.engines.trocr_writing import Written, write


class TorchWriter:
    """A network on a device of torch's, with what stands around it."""

    def __init__(self, order: LoadOrder) -> None:
        """Load both; raises PreflightRefused."""
        self.around = around_of(order)
        self.network: Any = load_network(order, self.around.rules)

    @torch.inference_mode()
    def raws(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Read one batch of lines; each is read as if it were alone."""
        if not items:
            return []
        pixels = torch.from_numpy(np.stack([cast(Any, item.arrays[0]) for item in items]))
        written = self.written(pixels)
        if any(not np.isfinite(line.probabilities).all() for line in written):
            self.network = wider(self.network)
            written = self.written(pixels)
        return [Raw((line.tokens, line.probabilities)) for line in written]

    def written(self, pixels: torch.Tensor) -> Sequence[Written]:
        """Give what is written in squares: uint8 of shape (lines, 3, height, width)."""
        how, values = self.around.processor.pictures, pixels.to(self.network.device).float()
        if how.do_rescale:
            values = values * how.rescale_factor
        if how.do_normalize:
            mean, deviation = (values.new_tensor(part).view(-1, 1, 1) for part in (how.image_mean, how.image_std))
            values = (values - mean) / deviation
        return write(self.network, values.to(self.network.dtype), self.around.rules)
