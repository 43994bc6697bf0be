"""Text lines become pictures of their own: cut out of the page within their boundary, their baseline laid straight.

What is cut is what Kraken's extractors cut (`kraken.lib.segmentation.extract_polygons`, Apache-2.0), pixel for pixel
but for rounding, since networks were trained on its cuts.
"""

from collections.abc import Callable
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from htrkit.domain.geometry import Box, Points, Size, bounding_box
from htrkit.domain.page import Layout, LayoutKind, Line
from htrkit.engines.line_cutting_curves import Polyline, rounded_outline, without_repeats
from htrkit.engines.line_cutting_warps import (
    Cut,
    LineShape,
    NotCut,
    laid_out_in_triangles,
    straightened,
    turned,
    turned_roughly,
)

SHORTEST_BASELINE = 5
"""In pixels; Kraken refuses shorter ones."""
FEWEST_CORNERS = 3
MOST_PAIRS = 2_000_000
"""Points of the outline times points of the baseline, since each is held against each."""
STRAIGHT = 2
"""Points of a baseline without a bend."""
NOTHING_LEFT = "nothing is left of the line when it is cut out"

Warp = Callable[[LineShape], Cut]


def cutting_outline(line: Line, layout: Layout) -> Points:
    """Give the boundary as `LineCutter` is to take it.

    Kraken closes the polygons that it traces and leaves those of XML files as they are, and its cutting sees the
    difference: for the same text, so do we.
    """
    return line.boundary + line.boundary[:1] if layout.origin.kind is LayoutKind.KRAKEN else line.boundary


class LineCutter:
    """Cuts lines out of one page; only the pixels around each line are touched.

    Each way of cutting gives the line's picture, or the reason why there is none, and never raises for any points.
    Pictures are uint8 of shape (height, width) for mode `L` and (height, width, 3) for `RGB`, 0 outside the boundary.
    """

    def __init__(self, picture: Image.Image, mode: Literal["L", "RGB"]) -> None:
        self._picture = picture
        self._mode = mode
        self._size = Size(*picture.size)

    def cut(self, baseline: Points, boundary: Points) -> Cut | str:
        """Cut within the boundary, with the baseline laid straight and level.

        The boundary is taken as it comes: one that repeats its first point is rounded at that corner too.
        """
        return self._cut(baseline, boundary, straight=turned, bent=straightened)

    def cut_legacy(self, baseline: Points, boundary: Points) -> Cut | str:
        """Cut as Kraken did before version 5."""
        return self._cut(baseline, boundary, straight=turned_roughly, bent=laid_out_in_triangles)

    def cut_box(self, boundary: Points) -> Cut | str:
        """Cut out the box around the boundary, upright and with all that is in it."""
        if not boundary:
            return "the line has no outline"
        box = bounding_box(boundary)
        inside = Box(
            max(box.left, 0), max(box.top, 0), min(box.right, self._size.width), min(box.bottom, self._size.height)
        )
        return self._crop(inside) if inside.width > 0 and inside.height > 0 else NOTHING_LEFT

    def _cut(self, baseline: Points, boundary: Points, *, straight: Warp, bent: Warp) -> Cut | str:
        why = self._refused(baseline, boundary)
        if why is not None:
            return why
        line = without_repeats(np.array(baseline, dtype=np.float64))
        outline = np.array(boundary, dtype=np.int64)
        bends = len(line) > STRAIGHT
        try:
            made = (bent if bends else straight)(
                self._shape(line, outline, rounded_outline(outline) if bends else None)
            )
        except NotCut as error:
            return str(error)
        return _tight(made)

    def _refused(self, baseline: Points, boundary: Points) -> str | None:
        """Give what keeps the line from being cut, None if nothing does."""
        if len(boundary) * len(baseline) > MOST_PAIRS:
            return "the line's outline and baseline have too many points"
        if len(boundary) < FEWEST_CORNERS:
            return "the line's outline has fewer than three points"
        if len(baseline) < STRAIGHT or _length(baseline) < SHORTEST_BASELINE:
            return f"the line's baseline is shorter than {SHORTEST_BASELINE} pixels"
        for name, points in (("outline", boundary), ("baseline", baseline)):
            box = bounding_box(points)
            if min(box.left, box.top) < 0 or box.right >= self._size.width or box.bottom >= self._size.height:
                return f"the line's {name} leaves the page"
        return None

    def _shape(self, baseline: Polyline, outline: NDArray[np.int64], rounded: Polyline | None) -> LineShape:
        """Crop to the line and leave nothing around its outline."""
        corner, last = outline.min(axis=0), outline.max(axis=0)
        patch = self._crop(Box(*corner.tolist(), *(last + 1).tolist()))
        within = (outline if rounded is None else rounded) - corner
        # Pillow's polygons, as Kraken's: OpenCV's are wider by half a pixel all around.
        mask = Image.new("L", (patch.shape[1], patch.shape[0]))
        ImageDraw.Draw(mask).polygon(within.astype(int).ravel().tolist(), fill=255)
        area = self._size.width * self._size.height
        masked = cast("Cut", cv2.copyTo(patch, np.asarray(mask)))
        return LineShape(masked, baseline - corner, within.astype(np.float64), area)

    def _crop(self, box: Box) -> Cut:
        crop = self._picture.crop((box.left, box.top, box.right, box.bottom))
        return np.asarray(crop if crop.mode == self._mode else crop.convert(self._mode))


def _length(points: Points) -> float:
    steps = np.diff(np.array(points, dtype=np.float64), axis=0)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def _tight(cut: Cut) -> Cut | str:
    """Leave out rows and columns at the edges in which all is 0."""
    flat = cut.reshape(len(cut), -1)
    channels = flat.shape[1] // cut.shape[1]
    left, top, width, height = cv2.boundingRect(flat)
    if not width:
        return NOTHING_LEFT
    return np.ascontiguousarray(cut[top : top + height, left // channels : (left + width - 1) // channels + 1])
