"""Lines are cut out of their page by Kraken's own extractor, for whichever engine reads them."""

from typing import cast

import numpy as np
from kraken.containers import BaselineLine, BBoxLine, Segmentation
from kraken.lib.segmentation import extract_polygons
from PIL import Image

from htrkit.domain.page import Layout, LayoutKind, Line

RAYS_MAY_RUN_ALONG_EDGES = np.errstate(divide="ignore", invalid="ignore")
"""kraken then divides by zero and goes on with infinity, as it should; numpy would warn the user of it."""


def baseline_shape(line: Line, layout: Layout) -> BaselineLine:
    """Give the line as kraken takes it.

    kraken closes the polygons that it traces and leaves those of XML files as they are, and its cutting sees the
    difference: for the same text, so do we.
    """
    closing = line.boundary[:1] if layout.origin.kind is LayoutKind.KRAKEN else ()
    return BaselineLine(id=line.id, baseline=list(line.baseline), boundary=[*line.boundary, *closing])


@RAYS_MAY_RUN_ALONG_EDGES
def cut_out(picture: Image.Image, shape: BaselineLine | BBoxLine, *, legacy: bool = False) -> Image.Image | str:
    """Give the line's picture, or why there is none; `legacy` cuts as Kraken did before it rectified lines."""
    bounds = Segmentation(
        type="bbox" if isinstance(shape, BBoxLine) else "baselines",
        imagename="",
        text_direction="horizontal-lr",
        script_detection=False,
        lines=[shape],
    )
    try:
        cut, _ = next(extract_polygons(picture, bounds, legacy=legacy))
    except Exception as error:  # noqa: BLE001 - shapely, numpy and skimage raise what they like on odd polygons
        return f"the line could not be cut out of the page ({error})"
    return cast(Image.Image, cut) if 0 not in cut.size else "nothing is left of the line when it is cut out"
