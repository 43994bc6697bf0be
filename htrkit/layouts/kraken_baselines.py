"""Kraken's segmentation as a stage: the network sees a scaled page, and its heat map is traced into lines."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from kraken.lib.dataset import ImageInputTransforms
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional
from torchvision.transforms import v2

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin
from htrkit.domain.stages import Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.files.kraken_models import load_network
from htrkit.layouts.kraken_tracing import HeatMap, traced

WIDEST = 4.0
"""Width over height of the widest page: pages are scaled to one height, and a strip would take gigabytes."""


class KrakenBaselines:
    """A Kraken segmentation model (`blla` or one trained like it).

    An item is the page as the network takes it, float32 of shape (channels, height, width); a raw is the map of
    logits, float32 of shape (classes, height / 4, width / 4).
    """

    def __init__(self, order: LoadOrder) -> None:
        self.model = order.model
        self._network = load_network(order, task="segmentation")
        self._device = order.device
        self._direction = order.direction
        self._origin = LayoutOrigin(LayoutKind.KRAKEN, order.model.name, order.model.sha256)

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
        transforms = self._transforms()
        picture = cast(Image.Image, page.picture)
        pixels = cast("NDArray[np.float32]", transforms(picture).numpy())
        return Prepared(
            page,
            (Item((pixels,), cost=pixels.shape[1] * pixels.shape[2] / 1e6),),
            (self._scaled_grey(transforms, picture),),
        )

    @torch.inference_mode()
    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Run the network page by page: pages differ in width, and one fills the device."""
        raws = []
        for item in items:
            pixels = torch.from_numpy(cast(Any, item.arrays[0])).unsqueeze(0)
            logits, _ = self._network.nn(pixels.to(self._device))
            raws.append(Raw((logits.squeeze(0).float().cpu().numpy(),)))
        return raws

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Trace the map into regions and lines, in reading order; ids are `r1`, `r2`, … and `l1`, `l2`, …."""
        grey = cast("NDArray[np.uint8]", prepared.kept[0])
        logits = torch.from_numpy(cast(Any, raws[0].arrays[0])).unsqueeze(0)
        values = functional.interpolate(logits, size=grey.shape).sigmoid().squeeze(0).numpy()
        width, height = prepared.page.picture.size
        heat = HeatMap(values, grey, scale=(width / grey.shape[1], height / grey.shape[0]))
        return traced(heat, self._network.user_metadata, origin=self._origin, direction=self._direction)

    def _transforms(self) -> Any:  # noqa: ANN401 - a torchvision pipeline
        batch, channels, height, width = self._network.input
        return ImageInputTransforms(batch, height, width, channels, 0, valid_norm=False, dtype=torch.float32)

    def _scaled_grey(self, transforms: Any, picture: Image.Image) -> "NDArray[np.uint8]":  # noqa: ANN401
        """The page at the network's size, grey, before it becomes a tensor: what polygons are fitted to."""
        for transform in transforms.transforms:
            if isinstance(transform, v2.PILToTensor):
                break
            picture = transform(picture)
        return np.array(picture.convert("L"))
