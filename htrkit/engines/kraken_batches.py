"""Kraken's recognition networks in batches, on a device of torch's."""

from typing import Any

import torch
from kraken.lib.vgsl.model import TorchVGSLModel

from htrkit.domain.engine import Precision
from htrkit.networks.cpu import Frames
from htrkit.networks.torch_finish import BestLabels
from htrkit.networks.torch_kraken import KrakensOwn
from htrkit.networks.torch_lane import lane_to
from htrkit.networks.torch_layers import DTYPES
from htrkit.networks.torch_lines import LineBatches, LineNetwork
from htrkit.networks.torch_ppocr import PpocrNetwork
from htrkit.networks.torch_vgsl import Unknown, VgslNetwork


def line_network(network: Any, precision: torch.dtype) -> LineNetwork:  # noqa: ANN401 - kraken's models share no base
    """Give a kraken model's network by layers of ours; as kraken has it where one of its layers is not known here."""
    try:
        if isinstance(network, TorchVGSLModel):
            return VgslNetwork(network, precision)
        return PpocrNetwork(network, precision)
    except Unknown:
        return KrakensOwn(network)


def line_batches(network: Any, device: str, precision: Precision) -> LineBatches[Frames]:  # noqa: ANN401 - as above
    """Give what reads lines by a recognition model (VGSL or PP-OCRv6) on a device."""
    return LineBatches(line_network(network, DTYPES[precision]), lane_to(device), BestLabels())
