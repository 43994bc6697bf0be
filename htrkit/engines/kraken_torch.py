"""Kraken's recognition networks on torch: on GPUs, and where OpenVINO cannot compute them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.stages import Ahead, LoadOrder
from htrkit.engines.kraken_batches import line_batches
from htrkit.files.kraken_models import load_network
from htrkit.networks.converting import about_of
from htrkit.networks.cpu import Frames
from htrkit.networks.kept import RECOGNITION
from htrkit.networks.torch_lane import CPU
from htrkit.networks.torch_lines import LinesAhead


class TorchLines:
    """A kraken model (VGSL or PP-OCRv6) on a device of torch's."""

    def __init__(self, order: LoadOrder) -> None:
        network = load_network(order, task=RECOGNITION)
        self.about = about_of(network, RECOGNITION)
        self._batches = line_batches(network, order.device, order.computing.precision)
        # On the CPU nothing goes on beside it.
        self.ahead: Ahead | None = None if order.device == CPU else LinesAhead(self._batches)

    def frames(self, lines: Sequence[NDArray[np.float32]]) -> Sequence[Frames]:
        """Read one batch of lines; each is read as if it were alone."""
        return self._batches.frames(lines)
