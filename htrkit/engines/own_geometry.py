"""htrkit's own code cuts lines, scales them, and finds the places of characters: kraken's results, much sooner."""

from collections.abc import Iterator
from typing import cast

from PIL import Image

from htrkit.domain.page import Direction, Layout, Line
from htrkit.domain.stages import OpenPage
from htrkit.engines.ctc_codec import Decoded
from htrkit.engines.line_cutting import LineCutter, cutting_outline
from htrkit.engines.line_cutting_warps import Cut
from htrkit.engines.line_geometry import PADDING, CutLine
from htrkit.engines.line_places import Frames, in_box, on_baseline, read_line
from htrkit.engines.line_scaling import LineInput, scaled
from htrkit.networks.kept import About

ONE_COLOUR = "nothing is written there: the line is of one colour"


class OwnGeometry:
    """What stands around a recognition network, for lines with baselines, boxes, and lines cut as kraken 4 did."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._input = LineInput(about.channels, about.height, padding=PADDING, centred=about.boxes)

    def lines(self, page: OpenPage, layout: Layout) -> Iterator[tuple[Line, CutLine | str]]:
        """Give every line as the network takes it, or why it cannot be read."""
        cutter = LineCutter(cast(Image.Image, page.picture), "RGB" if self._input.mode == "RGB" else "L")
        for line in layout.lines:
            yield line, self._taken(self._cut(cutter, line, layout)) if line.unread is None else line.unread

    def read(self, line: Line, layout: Layout, signs: Decoded, frames: Frames, *, direction: Direction | None) -> Line:
        """Give the line with its text in logical order, its characters' places and its mean confidence."""
        places = in_box if self._about.boxes else on_baseline
        outline = cutting_outline(line, layout)
        return read_line(line, signs, frames, places, outline=outline, direction=direction)

    def _cut(self, cutter: LineCutter, line: Line, layout: Layout) -> Cut | str:
        if self._about.boxes:
            return cutter.cut_box(line.boundary)
        outline = cutting_outline(line, layout)
        if self._about.legacy_polygons:
            return cutter.cut_legacy(line.baseline, outline)
        return cutter.cut(line.baseline, outline)

    def _taken(self, cut: Cut | str) -> CutLine | str:
        pixels = cut if isinstance(cut, str) else scaled(cut, self._input)
        if isinstance(pixels, str) or isinstance(cut, str):
            return str(pixels)
        if pixels.max() == pixels.min():
            return ONE_COLOUR
        return CutLine(pixels, cut.shape[1])
