"""Kraken's recognisers as a stage: lines are cut out, read by the network in batches, and decoded with their places."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import torch
from kraken.containers import BaselineLine, BBoxLine
from kraken.lib.dataset import ImageInputTransforms
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

from htrkit.domain.geometry import bounding_box
from htrkit.domain.page import Layout, Line
from htrkit.domain.stages import Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.engines.ctc import greedy_runs
from htrkit.engines.kraken_batches import alike, forward
from htrkit.engines.kraken_cutting import RAYS_MAY_RUN_ALONG_EDGES, baseline_shape, cut_out
from htrkit.engines.kraken_places import Frames, read_line
from htrkit.files.kraken_models import load_network

PADDING = 16
"""Blank pixels left and right of a line at the network's height: what Kraken trains and reads with."""


class KrakenLines:
    """A Kraken recognition model (VGSL or PP-OCRv6; baseline or box lines; legacy polygons too).

    An item is a line as the network takes it, float32 of shape (channels, height, width), 0 for paper; a raw holds
    the best label (int32) and its probability (float32) of every frame, shape (frames,) each.
    """

    def __init__(self, order: LoadOrder) -> None:
        self.model = order.model
        self._network = load_network(order, task="recognition")
        self._device = order.device
        self._direction = order.direction
        self._boxes = self._network.seg_type == "bbox"

    @RAYS_MAY_RUN_ALONG_EDGES
    def prepare(self, page: OpenPage) -> Prepared:
        """Cut out every line; one that cannot be cut gets its reason and no item."""
        layout = page.layout
        assert layout is not None, "a line engine reads pages with a layout"  # noqa: S101 - the page worker's order
        transforms = self._transforms()
        lines, items, widths = [], [], []
        for line in layout.lines:
            cut = self._cut(page, self._shape(line, layout)) if line.unread is None else line.unread
            pixels = cut if isinstance(cut, str) else self._pixels(cut, transforms)
            if isinstance(pixels, str) or isinstance(cut, str):
                lines.append(replace(line, unread=str(pixels)))
                continue
            lines.append(line)
            items.append(Item((pixels,), cost=pixels.shape[2], line=line.id))
            widths.append((cut.width, cut.height))
        return Prepared(
            replace(page, layout=replace(layout, lines=tuple(lines))),
            tuple(items),
            (np.array(widths, dtype=np.int32).reshape(-1, 2),),
        )

    @torch.inference_mode()
    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Read one batch of lines; each is read as if it were alone."""
        raws: dict[int, Raw] = {}
        if not items:
            return []
        for places in alike(self._network, [item.arrays[0].shape[2] for item in items]):
            raws.update(zip(places, self._read_together([items[place] for place in places]), strict=True))
        return [raws[place] for place in range(len(items))]

    def _read_together(self, items: Sequence[Item]) -> Sequence[Raw]:
        tensors = [torch.from_numpy(cast(Any, item.arrays[0])) for item in items]
        widest = max(tensor.shape[2] for tensor in tensors)
        batch = torch.stack([functional.pad(tensor, (0, widest - tensor.shape[2])) for tensor in tensors])
        widths = torch.tensor([tensor.shape[2] for tensor in tensors])
        outputs, output_lengths = forward(self._network, batch.to(self._device), widths)
        confidences, labels = outputs.softmax(1).squeeze(2).max(1)
        return [
            Raw((labels[row, :frames].int().cpu().numpy(), confidences[row, :frames].float().cpu().numpy()))
            for row, frames in enumerate(output_lengths.tolist())
        ]

    @RAYS_MAY_RUN_ALONG_EDGES
    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the layout with the text of every line that was cut; lines are matched by their ids."""
        layout = prepared.page.layout
        assert layout is not None, "prepare keeps the layout"  # noqa: S101
        sizes = cast("NDArray[np.int32]", prepared.kept[0]).tolist()
        texts: dict[str, Line] = {}
        lines = {line.id: line for line in layout.lines}
        for item, raw, size in zip(prepared.items, raws, sizes, strict=True):
            line = lines[cast(Any, item.line)]
            texts[line.id] = self._read(line, layout, item, raw, size)
        return replace(layout, lines=tuple(texts.get(line.id, line) for line in layout.lines))

    def _read(self, line: Line, layout: Layout, item: Item, raw: Raw, size: Iterable[int]) -> Line:
        labels, confidences = (cast(Any, array) for array in raw.arrays)
        runs = greedy_runs(labels, confidences)
        decoded = self._network.codec.decode([(run.label, run.first, run.last, run.confidence) for run in runs])
        width, height = size
        frames = Frames(input_width=item.arrays[0].shape[2], frames=len(labels), cut_width=width, cut_height=height)
        shape = self._shape(line, layout)
        return read_line(line, shape, decoded, frames, direction=self._direction or line.direction or layout.direction)

    def _transforms(self) -> Any:  # noqa: ANN401 - a torchvision pipeline
        batch, channels, height, width = self._network.input
        return ImageInputTransforms(batch, height, width, channels, (PADDING, 0), self._boxes, dtype=torch.float32)

    def _cut(self, page: OpenPage, shape: BaselineLine | BBoxLine) -> Image.Image | str:
        """Give the line's picture, or why there is none."""
        legacy = bool(self._network.use_legacy_polygons) and not self._boxes
        return cut_out(cast(Image.Image, page.picture), shape, legacy=legacy)

    def _pixels(self, cut: Image.Image, transforms: Any) -> "NDArray[np.float32] | str":  # noqa: ANN401
        try:
            pixels = cast("NDArray[np.float32]", transforms(cut).numpy())
        except Exception as error:  # noqa: BLE001 - a line one pixel high fails in as many ways as there are resizers
            return f"the line could not be scaled for the network ({error})"
        return pixels if pixels.max() != pixels.min() else "nothing is written there: the line is of one colour"

    def _shape(self, line: Line, layout: Layout) -> BaselineLine | BBoxLine:
        """Give the line as kraken takes it."""
        if not self._boxes:
            return baseline_shape(line, layout)
        box = bounding_box(line.boundary)
        return BBoxLine(id=line.id, bbox=(box.left, box.top, box.right, box.bottom))
