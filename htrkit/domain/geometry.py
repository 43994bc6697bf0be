"""Points, boxes and polygons on a page, in whole pixels with the origin at the top left."""

from collections.abc import Iterable
from dataclasses import dataclass

Point = tuple[int, int]
"""(x, y) in pixels."""
Points = tuple[Point, ...]
"""A baseline (open, in writing direction) or a polygon.

Polygons that htrkit makes do not repeat their first point; those of a given document do so where the document does,
since Kraken cuts a closed outline in another way than an open one.
"""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle; `right` and `bottom` are the last pixels inside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.bottom - self.top


def bounding_box(points: Iterable[Point]) -> Box:
    """Give the smallest box around at least one point."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def clipped(points: Points, size: Size) -> Points:
    """Give the points moved onto the page, where they lay outside of it."""
    return tuple((min(max(x, 0), size.width - 1), min(max(y, 0), size.height - 1)) for x, y in points)
