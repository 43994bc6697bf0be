"""Kraken's recognisers as a stage: lines are cut out, read by the network in batches, and decoded with their places."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.page import Layout, Line
from htrkit.domain.stages import Ahead, Item, LoadOrder, OpenPage, Prepared, Raw
from htrkit.engines.ctc import greedy_runs
from htrkit.engines.ctc_codec import CtcCodec
from htrkit.engines.kraken_reader import line_reader
from htrkit.engines.line_geometry import PADDING, line_geometry
from htrkit.engines.line_places import Frames


class KrakenLines:
    """A Kraken recognition model (VGSL or PP-OCRv6; baseline or box lines; legacy polygons too).

    An item is a line as the network takes it, float32 of shape (channels, height, width), 0 for paper; a raw holds
    the best label (int32) and its probability (float32) of every frame, shape (frames,) each.
    """

    def __init__(self, order: LoadOrder) -> None:
        self.model = order.model
        self._reader = line_reader(order)
        self._geometry = line_geometry(order.geometry, self._reader.about)
        self._codec = CtcCodec.of(self._reader.about.codec)
        self._direction = order.direction

    @property
    def ahead(self) -> Ahead | None:
        """How batches are laid out ahead of the device; None where they are not."""
        return self._reader.ahead

    def prepare(self, page: OpenPage) -> Prepared:
        """Cut out every line; one that cannot be cut gets its reason and no item."""
        layout = page.layout
        assert layout is not None, "a line engine reads pages with a layout"  # noqa: S101 - the page worker's order
        lines, items, widths = [], [], []
        for line, cut in self._geometry.lines(page, layout):
            if isinstance(cut, str):
                lines.append(replace(line, unread=cut))
                continue
            lines.append(line)
            items.append(Item((cut.pixels,), cost=cut.pixels.shape[2], line=line.id))
            widths.append(cut.width)
        kept = (np.array(widths, dtype=np.int32),)
        return Prepared(replace(page, layout=replace(layout, lines=tuple(lines))), tuple(items), kept)

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        """Read one batch of lines; each is read as if it were alone."""
        lines = [cast("NDArray[np.float32]", item.arrays[0]) for item in items]
        return [Raw(frames) for frames in self._reader.frames(lines)]

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        """Give the layout with the text of every line that was cut; lines are matched by their ids."""
        layout = prepared.page.layout
        assert layout is not None, "prepare keeps the layout"  # noqa: S101
        widths = cast("NDArray[np.int32]", prepared.kept[0]).tolist()
        texts: dict[str, Line] = {}
        lines = {line.id: line for line in layout.lines}
        for item, raw, width in zip(prepared.items, raws, widths, strict=True):
            line = lines[cast(Any, item.line)]
            texts[line.id] = self._read(line, layout, item, raw, width)
        return replace(layout, lines=tuple(texts.get(line.id, line) for line in layout.lines))

    def _read(self, line: Line, layout: Layout, item: Item, raw: Raw, cut_width: int) -> Line:
        labels, confidences = (cast(Any, array) for array in raw.arrays)
        signs = self._codec.decode(greedy_runs(labels, confidences))
        frames = Frames(item.arrays[0].shape[2], len(labels), cut_width, PADDING)
        direction = self._direction or line.direction or layout.direction
        return self._geometry.read(line, layout, signs, frames, direction=direction)
