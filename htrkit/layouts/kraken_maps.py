"""A kraken segmentation model in this process: what it wants of pages, and what computes it, if anything does here."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.stages import Ahead, LoadOrder
from htrkit.networks.chosen import opened_for
from htrkit.networks.cpu import CpuMaps
from htrkit.networks.kept import SEGMENTATION, About


class MapReader(Protocol):
    """Looks at pages, one by one."""

    about: About
    ahead: Ahead | None
    """How batches are laid out ahead of the device; None where they are not."""

    def logits(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the map of a page: (channels, height, width) to (classes, rows, columns)."""


class OnOpenVino:
    """The network as a graph on the CPU."""

    ahead: Ahead | None = None

    def __init__(self, about: About, maps: CpuMaps) -> None:
        self.about = about
        self.logits = maps.logits


class SeenElsewhere:
    """Nothing computes here: a device server does."""

    ahead: Ahead | None = None

    def __init__(self, about: About) -> None:
        self.about = about

    def logits(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Raise RuntimeError: nobody asks for this where a device server computes."""
        raise RuntimeError(f"a page of shape {pixels.shape} was to be looked at where no network was loaded")


def map_reader(order: LoadOrder) -> MapReader:
    """Load what the order asks for; raises PreflightRefused.

    Torch and kraken are imported where torch computes, and nowhere else.
    """
    opened = opened_for(order, SEGMENTATION, CpuMaps)
    if opened is None:
        return _on_torch(order)
    if opened.network is None:
        return SeenElsewhere(opened.about)
    return OnOpenVino(opened.about, opened.network)


def _on_torch(order: LoadOrder) -> MapReader:
    from htrkit.layouts.kraken_torch_maps import TorchMaps  # noqa: PLC0415 - seconds, and a gigabyte

    return TorchMaps(order)
