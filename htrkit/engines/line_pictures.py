"""Pictures of single lines for engines that read those: cut out along the baseline, on white."""

from collections.abc import Callable, Iterator
from typing import Literal, cast

import numpy as np
from PIL import Image, ImageOps

from htrkit.domain.computing import Geometry
from htrkit.domain.page import Layout, LayoutKind, Line
from htrkit.domain.stages import OpenPage
from htrkit.engines.line_cutting import LineCutter, cutting_outline

Cut = Image.Image | str
"""A line's picture, or why there is none."""
Mode = Literal["L", "RGB"]


def line_pictures(page: OpenPage, layout: Layout, *, mode: Mode, geometry: Geometry) -> Iterator[tuple[Line, Cut]]:
    """Give every line with its picture in Pillow's mode `L` or `RGB`; one that is known to be unreadable keeps its why.

    A picture that is one line comes whole, pixel by pixel as it is.
    """
    picture = cast(Image.Image, page.picture)
    if layout.origin.kind is LayoutKind.WHOLE:
        for line in layout.lines:
            yield line, line.unread or picture.convert(mode)
        return
    # Nothing is left outside a line's boundary, and nothing is black: on the negative that is white.
    cut = _cutting(geometry, ImageOps.invert(picture.convert(mode)), layout, mode)
    for line in layout.lines:
        made = line.unread or cut(line)
        yield line, made if isinstance(made, str) else ImageOps.invert(made)


def _cutting(geometry: Geometry, picture: Image.Image, layout: Layout, mode: Mode) -> Callable[[Line], Cut]:
    match geometry:
        case Geometry.HTRKIT:
            cutter = LineCutter(picture, mode)

            def own(line: Line) -> Cut:
                cut = cutter.cut(line.baseline, cutting_outline(line, layout))
                return cut if isinstance(cut, str) else Image.fromarray(np.ascontiguousarray(cut))

            return own
        case Geometry.KRAKEN:
            from htrkit.engines.kraken_cutting import baseline_shape, cut_out  # noqa: PLC0415 - seconds: kraken's code

            return lambda line: cut_out(picture, baseline_shape(line, layout))
