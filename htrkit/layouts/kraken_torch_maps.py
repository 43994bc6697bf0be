"""Kraken's segmentation networks on torch: on GPUs, and where OpenVINO cannot compute them."""

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.stages import Ahead, LoadOrder
from htrkit.files.kraken_models import load_network
from htrkit.networks.converting import about_of
from htrkit.networks.kept import SEGMENTATION
from htrkit.networks.torch_lane import CPU, lane_to
from htrkit.networks.torch_maps import MapsAhead, PageMaps


class TorchMaps:
    """A kraken segmentation model on a device of torch's."""

    def __init__(self, order: LoadOrder) -> None:
        network = load_network(order, task=SEGMENTATION)
        self.about = about_of(network, SEGMENTATION)
        self._maps = PageMaps(network, lane_to(order.device), order.computing.precision)
        # On the CPU nothing goes on beside it.
        self.ahead: Ahead | None = None if order.device == CPU else MapsAhead(self._maps)

    def logits(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the map of a page: (channels, height, width) to (classes, rows, columns)."""
        return self._maps.logits(pixels)
