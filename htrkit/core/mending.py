"""Lines as people and programs left them, made fit to be cut out of the page; good ones are not touched."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from statistics import median

from htrkit.core.tracing import baseline_across, has_area, height_across, length, meet, outline_around, rectangle
from htrkit.domain.geometry import Box, Points, Size, bounding_box, clipped

MOST_POINTS = 2000
"""Points of an outline or baseline beyond which it is thinned: cutting takes time with each."""
SHORTEST = 5
"""Pixels; kraken cuts no line whose baseline is shorter."""
PAGE_HEIGHTS = 0.02
"""Height of a line in page heights, where no line of the page has an outline."""
LEAST_HEIGHT = 8
"""Pixels."""


class Mend(StrEnum):
    """What was done to a line, as the code of a note."""

    CLIPPED = "points-clipped"
    THINNED = "points-thinned"
    BASELINE_MADE = "baseline-made"
    OUTLINE_MADE = "outline-made"
    OUTLINE_FROM_BOX = "outline-from-box"
    OUTLINE_REPLACED = "outline-replaced"
    SHAPE_MADE = "shape-made"
    OFF_PAGE = "line-off-page"


SAID = {
    Mend.CLIPPED: "points outside of the page were moved onto it",
    Mend.THINNED: f"more than {MOST_POINTS} points in a row were thinned",
    Mend.BASELINE_MADE: f"without a baseline of at least {SHORTEST} pixels; one was laid through the outline",
    Mend.OUTLINE_MADE: "without an outline; one was made around the baseline",
    Mend.OUTLINE_FROM_BOX: "without an outline; the box was taken",
    Mend.OUTLINE_REPLACED: "the baseline lies outside of the outline; a new outline was made around the baseline",
    Mend.SHAPE_MADE: "neither a baseline nor an outline that encloses anything; both were made where the points are",
    Mend.OFF_PAGE: "all points lie outside of the page",
}
"""What a note says of each."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A line's outline and baseline, and the box that ALTO gives it; any of them may be empty."""

    boundary: Points
    baseline: Points
    box: Points = ()
    """The corners; the right and lower ones lie a pixel outside."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The line that can be cut out, and what was done to it."""

    boundary: Points
    baseline: Points
    mends: tuple[Mend, ...] = ()


def mended(shape: Shape, size: Size, *, line_height: int, downwards: bool = False) -> Mended:
    """Give a line on the page with at least three points around it and two below.

    `line_height` in pixels is what other lines of the page have; `downwards` lines are written from top to bottom.
    """
    boundary, baseline, mends = _usable(shape, size)
    box = on_page(shape.box, size)
    if not boundary and has_area(box) and (not baseline or meet(box, baseline)):
        boundary = box
        mends += (Mend.OUTLINE_FROM_BOX,)
    if boundary and baseline:
        if meet(boundary, baseline):
            return Mended(boundary, baseline, mends)
        return Mended(outline_around(baseline, line_height, size), baseline, (*mends, Mend.OUTLINE_REPLACED))
    if baseline:
        return Mended(outline_around(baseline, line_height, size), baseline, (*mends, Mend.OUTLINE_MADE))
    if boundary:
        return Mended(boundary, baseline_across(boundary, downwards=downwards), (*mends, Mend.BASELINE_MADE))
    return _made_up(shape, size, line_height, mends, downwards=downwards)


def line_height_of(outlines: Iterable[Points], size: Size) -> int:
    """Give the height in pixels that most lines of a page have."""
    heights = [height_across(points) for points in outlines if len(points) <= MOST_POINTS and has_area(points)]
    height = median(heights) if heights else size.height * PAGE_HEIGHTS
    return min(max(round(height), LEAST_HEIGHT), max(size.height, LEAST_HEIGHT))


def on_page(points: Points, size: Size) -> Points:
    """Give the points moved onto the page, none twice in a row; nothing where all lie on one side of the page."""
    if not points:
        return ()
    box = bounding_box(points)
    if box.right < 0 or box.bottom < 0 or box.left >= size.width or box.top >= size.height:
        return ()
    inside = box.left >= 0 and box.top >= 0 and box.right < size.width and box.bottom < size.height
    return _distinct(points if inside else clipped(points, size))


def _usable(shape: Shape, size: Size) -> tuple[Points, Points, tuple[Mend, ...]]:
    """Give outline and baseline on the page, each empty where it is of no use."""
    mends: list[Mend] = []
    if _leaves(shape.boundary, size) or _leaves(shape.baseline, size):
        mends.append(Mend.CLIPPED)
    boundary, baseline = on_page(shape.boundary, size), on_page(shape.baseline, size)
    if max(len(boundary), len(baseline)) > MOST_POINTS:
        boundary, baseline = _thinned(boundary), _thinned(baseline)
        mends.append(Mend.THINNED)
    return boundary if has_area(boundary) else (), baseline if length(baseline) >= SHORTEST else (), tuple(mends)


def _leaves(points: Points, size: Size) -> bool:
    """Say whether points lie outside; those on the far edges are moved a pixel without a word."""
    if not points:
        return False
    box = bounding_box(points)
    return box.left < 0 or box.top < 0 or box.right > size.width or box.bottom > size.height


def _made_up(shape: Shape, size: Size, line_height: int, mends: tuple[Mend, ...], *, downwards: bool) -> Mended:
    """Give a line of usual height where the points are, or in the corner that they are nearest to."""
    points = shape.boundary + shape.baseline + shape.box
    visible = any(on_page(part, size) for part in (shape.boundary, shape.baseline, shape.box))
    around = bounding_box(clipped(points, size) or ((0, 0),))
    boundary = rectangle(_grown(around, line_height, size))
    mends = (Mend.SHAPE_MADE,) if visible else (Mend.OFF_PAGE,)
    return Mended(boundary, baseline_across(boundary, downwards=downwards), mends)


def _grown(box: Box, least: int, size: Size) -> Box:
    """Give the box, as wide and as high as a line is, as far as the page has room."""
    left, right = _reach(box.left, box.right, least, size.width)
    top, bottom = _reach(box.top, box.bottom, least, size.height)
    return Box(left, top, right, bottom)


def _reach(low: int, high: int, least: int, limit: int) -> tuple[int, int]:
    lack = max(least - (high - low), 0)
    low = max(min(low - lack // 2, limit - 1 - least), 0)
    return low, min(max(high, low + least), limit - 1)


def _thinned(points: Points) -> Points:
    """Leave out points that are a few pixels from the last; where that is not enough, all but every nth."""
    for gap in (2, 4, 8):
        if len(points) > MOST_POINTS:
            points = _spaced(points, gap)
    return points[:: -(-len(points) // MOST_POINTS)] if points else ()


def _spaced(points: Points, gap: int) -> Points:
    kept = [points[0]]
    for point in points[1:-1]:
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) >= gap:
            kept.append(point)
    return (*kept, points[-1])


def _distinct(points: Points) -> Points:
    return tuple(point for point, _ in groupby(points))
