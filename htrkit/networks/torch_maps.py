"""Heat maps of pages on a device: a page is laid out while it computes the last one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray

from htrkit.domain.engine import Precision
from htrkit.domain.stages import Item, Raw
from htrkit.networks.torch_kraken import KrakensOwn
from htrkit.networks.torch_lane import Fetched, Lane, Sent, Spec
from htrkit.networks.torch_layers import DTYPES
from htrkit.networks.torch_vgsl import Unknown, VgslNetwork


class MapNetwork(Protocol):
    """A network that finds lines."""

    precision: torch.dtype

    def logits(self, pixels: torch.Tensor, ends: torch.Tensor | None = None) -> torch.Tensor:
        """(pages, channels, height, width) to (pages, classes, rows, columns)."""


@dataclass(frozen=True, slots=True)
class Looking:
    """A page that the device looks at."""

    fetched: Fetched

    def logits(self) -> NDArray[np.float32]:
        """Wait for the map of shape (classes, rows, columns); raises RuntimeError for what went wrong on the device."""
        return cast("NDArray[np.float32]", self.fetched.numbers())


class PageMaps:
    """A kraken segmentation model on a device of torch's; as `LineBatches`, for one page at a time."""

    def __init__(self, network: Any, lane: Lane, precision: Precision) -> None:  # noqa: ANN401 - kraken's models share no base
        self._lane = lane
        self._network = map_network(network, DTYPES[precision])

    def lay_out(self, pixels: NDArray[np.float32]) -> Sent:
        """Send a page of shape (channels, height, width) to the device."""
        parcel = self._lane.parcel(Spec((1, *pixels.shape), torch.float32))
        cast(Any, parcel.tensors[0].numpy())[0] = pixels
        return self._lane.send(parcel)

    @torch.inference_mode()
    def begin(self, sent: Sent) -> Looking:
        """Let the device look; raises RuntimeError where it lacks memory."""
        with self._lane.computing(sent):
            logits = self._network.logits(sent.tensors[0].to(self._network.precision))
            return Looking(self._lane.fetch(logits[0].float().contiguous()))

    def logits(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Look at a page and wait for its map."""
        return self.begin(self.lay_out(pixels)).logits()


@dataclass(frozen=True, slots=True)
class ItemsLooking:
    """Items that the device looks at, one after the other."""

    each: tuple[Looking, ...]

    def raws(self) -> Sequence[Raw]:
        """As `domain.stages.Begun`."""
        return [Raw((one.logits(),)) for one in self.each]


@dataclass(frozen=True, slots=True)
class MapsAhead:
    """Batches of items whose first array is a page, as `domain.stages.Ahead`."""

    maps: PageMaps

    def lay_out(self, items: Sequence[Item]) -> tuple[Sent, ...]:
        """As `Ahead`."""
        return tuple(self.maps.lay_out(cast("NDArray[np.float32]", item.arrays[0])) for item in items)

    def begin(self, laid_out: tuple[Sent, ...]) -> ItemsLooking:
        """As `Ahead`."""
        return ItemsLooking(tuple(self.maps.begin(sent) for sent in laid_out))


def map_network(network: Any, precision: torch.dtype) -> MapNetwork:  # noqa: ANN401 - as above
    """Give a kraken model's network by layers of ours; as kraken has it where one of its layers is not known here."""
    try:
        return VgslNetwork(network, precision)
    except Unknown:
        return KrakensOwn(network)
