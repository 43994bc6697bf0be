"""Kraken's own code cuts lines, scales them, and finds the places of their characters."""

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import torch
from kraken.containers import BaselineLine, BBoxLine
from kraken.lib.dataset import ImageInputTransforms
from numpy.typing import NDArray
from PIL import Image

from htrkit.domain.geometry import bounding_box
from htrkit.domain.page import Direction, Layout, Line
from htrkit.domain.stages import OpenPage
from htrkit.engines import kraken_places
from htrkit.engines.ctc_codec import Decoded
from htrkit.engines.kraken_cutting import RAYS_MAY_RUN_ALONG_EDGES, baseline_shape, cut_out
from htrkit.engines.line_geometry import PADDING, CutLine
from htrkit.engines.line_places import Frames
from htrkit.networks.kept import About


class KrakenGeometry:
    """What kraken does around its recognition network."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._transforms = ImageInputTransforms(
            1, about.height, 0, about.channels, (PADDING, 0), about.boxes, dtype=torch.float32
        )

    def lines(self, page: OpenPage, layout: Layout) -> Iterator[tuple[Line, CutLine | str]]:
        """Give every line as the network takes it, or why it cannot be read."""
        picture = cast(Image.Image, page.picture)
        for line in layout.lines:
            yield line, self._cut(picture, line, layout) if line.unread is None else line.unread

    @RAYS_MAY_RUN_ALONG_EDGES
    def read(self, line: Line, layout: Layout, signs: Decoded, frames: Frames, *, direction: Direction | None) -> Line:
        """Give the line with its text, as kraken's records have it."""
        widths = kraken_places.Frames(frames.input_width, frames.frames, frames.cut_width, 0, frames.padding)
        return kraken_places.read_line(line, self._shape(line, layout), signs, widths, direction=direction)

    @RAYS_MAY_RUN_ALONG_EDGES
    def _cut(self, picture: Image.Image, line: Line, layout: Layout) -> CutLine | str:
        legacy = self._about.legacy_polygons and not self._about.boxes
        cut = cut_out(picture, self._shape(line, layout), legacy=legacy)
        if isinstance(cut, str):
            return cut
        pixels = self._pixels(cut)
        return pixels if isinstance(pixels, str) else CutLine(pixels, cut.width)

    def _pixels(self, cut: Image.Image) -> "NDArray[np.float32] | str":
        try:
            pixels = cast("NDArray[np.float32]", cast(Any, self._transforms)(cut).numpy())
        except Exception as error:  # noqa: BLE001 - a line one pixel high fails in as many ways as there are resizers
            return f"the line could not be scaled for the network ({error})"
        return pixels if pixels.max() != pixels.min() else "nothing is written there: the line is of one colour"

    def _shape(self, line: Line, layout: Layout) -> BaselineLine | BBoxLine:
        """Give the line as kraken takes it."""
        if not self._about.boxes:
            return baseline_shape(line, layout)
        box = bounding_box(line.boundary)
        return BBoxLine(id=line.id, bbox=(box.left, box.top, box.right, box.bottom))
