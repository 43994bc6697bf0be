"""Kraken's segmentation as a stage: the network sees a scaled page, and its heat map is traced into lines."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from htrkit.domain.computing import Geometry
from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin
from htrkit.domain.stages import Ahead, Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.kraken_maps import map_reader
from htrkit.layouts.page_scaling import scaled_page

WIDEST = 4.0
"""Width over height of the widest page: pages are scaled to one height, and a strip would take gigabytes."""


class KrakenBaselines:
    """A Kraken segmentation model (`blla` or one trained like it).

    An item is the page as the network takes it, float32 of shape (channels, height, width); a raw is the map of
    logits, float32 of shape (classes, height / 4, width / 4).
    """

    def __init__(self, order: LoadOrder) -> None:
        self.model = order.model
        self._reader = map_reader(order)
        self._traced = _tracing(order.geometry)
        self._direction = order.direction
        self._origin = LayoutOrigin(LayoutKind.KRAKEN, order.model.name, order.model.sha256)

    @property
    def ahead(self) -> Ahead | None:
        """How batches are laid out ahead of the device; None where they are not."""
        return self._reader.ahead

    def prepare(self, page: OpenPage) -> Prepared:
        """Scale the page for the network; raises PageProblem for a strip that would not fit into memory."""
        width, height = page.picture.size
        if width > WIDEST * height:
            raise PageProblem(
                f"{page.key}: the picture is a strip of {width} x {height} pixels, which Kraken would blow up beyond "
                f"any memory.",
                mend="Give pictures of single lines with `-s none`, or cut the strip into pages.",
                failure=FailureClass.LAYOUT,
                step=Step.SEGMENT,
            )
        about = self._reader.about
        pixels, grey = scaled_page(cast(Image.Image, page.picture), channels=about.channels, height=about.height)
        return Prepared(page, (Item((pixels,), cost=pixels.shape[1] * pixels.shape[2] / 1e6),), (grey,))

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Run the network page by page: pages differ in width, and one fills the device."""
        return [Raw((self._reader.logits(cast(Any, item.arrays[0])),)) for item in items]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Trace the map into regions and lines, in reading order; ids are `r1`, `r2`, … and `l1`, `l2`, …."""
        grey = cast("NDArray[np.uint8]", prepared.kept[0])
        logits = cast("NDArray[np.float32]", raws[0].arrays[0])
        width, height = prepared.page.picture.size
        scale = (width / grey.shape[1], height / grey.shape[0])
        heat = HeatMap(_probabilities(logits), grey, scale)
        classes = MapClasses.of(self._reader.about.metadata)
        return self._traced(heat, classes, origin=self._origin, direction=self._direction)


def _probabilities(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    # Beyond 80, single precision would become infinite; the probability is nothing long before.
    odds = np.exp(np.minimum(-logits, np.float32(80)))
    return np.asarray(1 / (1 + odds), dtype=np.float32)


def _tracing(geometry: Geometry) -> Callable[..., Layout]:
    """Give who traces; its code is imported now."""
    match geometry:
        case Geometry.HTRKIT:
            from htrkit.layouts import tracing  # noqa: PLC0415 - each without the other's libraries

            return tracing.traced
        case Geometry.KRAKEN:
            from htrkit.layouts import kraken_tracing  # noqa: PLC0415 - as above

            return kraken_tracing.traced
