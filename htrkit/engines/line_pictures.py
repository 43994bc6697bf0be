"""Pictures of single lines for engines that read those: cut out along the baseline, on white."""

from collections.abc import Iterator
from typing import cast

from PIL import Image, ImageOps

from htrkit.domain.page import Layout, LayoutKind, Line
from htrkit.domain.stages import OpenPage
from htrkit.engines.kraken_cutting import baseline_shape, cut_out

Cut = Image.Image | str
"""A line's picture, or why there is none."""


def line_pictures(page: OpenPage, layout: Layout, *, mode: str) -> Iterator[tuple[Line, Cut]]:
    """Give every line with its picture in Pillow's mode `L` or `RGB`; one that is known to be unreadable keeps its why.

    A picture that is one line comes whole, pixel by pixel as it is.
    """
    picture = cast(Image.Image, page.picture)
    if layout.origin.kind is LayoutKind.WHOLE:
        for line in layout.lines:
            yield line, line.unread or picture.convert(mode)
        return
    # kraken leaves nothing outside a line's boundary, and nothing is black: on the negative that is white.
    negative = ImageOps.invert(picture.convert(mode))
    for line in layout.lines:
        yield line, line.unread or _white_outside(cut_out(negative, baseline_shape(line, layout)))


def _white_outside(cut: Cut) -> Cut:
    return cut if isinstance(cut, str) else ImageOps.invert(cut)
