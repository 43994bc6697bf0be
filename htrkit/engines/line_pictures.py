"""Pictures of single lines for engines that read those: cut out along the baseline, on white."""

from collections.abc import Iterator
from typing import cast

import numpy as np
from kraken.containers import BaselineLine, Segmentation
from kraken.lib.segmentation import extract_polygons
from PIL import Image, ImageOps

from htrkit.domain.page import Layout, LayoutKind, Line
from htrkit.domain.stages import OpenPage

_RAYS_MAY_RUN_ALONG_EDGES = np.errstate(divide="ignore", invalid="ignore")
"""kraken then divides by zero and goes on with infinity, as it should; numpy would warn the user of it."""

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
        yield line, line.unread or _cut(negative, line, layout)


def shape_of(line: Line, layout: Layout) -> BaselineLine:
    """Give the line as kraken takes it; polygons that kraken traced are closed, as it closes them."""
    closing = line.boundary[:1] if layout.origin.kind is LayoutKind.KRAKEN else ()
    return BaselineLine(id=line.id, baseline=list(line.baseline), boundary=[*line.boundary, *closing])


@_RAYS_MAY_RUN_ALONG_EDGES
def _cut(negative: Image.Image, line: Line, layout: Layout) -> Cut:
    bounds = Segmentation(
        type="baselines",
        imagename="",
        text_direction="horizontal-lr",
        script_detection=False,
        lines=[shape_of(line, layout)],
    )
    try:
        cut, _ = next(extract_polygons(negative, bounds))
    except Exception as error:  # noqa: BLE001 - shapely, numpy and skimage raise what they like on odd polygons
        return f"the line could not be cut out of the page ({error})"
    if 0 in cut.size:
        return "nothing is left of the line when it is cut out"
    return ImageOps.invert(cast(Image.Image, cut))
