"""Lines as people and programs left them, made fit to be cut out of the page; good ones are not touched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

from htrkit.domain.geometry import Points, Size, bounding_box, clipped

MOST_POINTS = 2000
"""Points of an outline beyond which it is thinned: cutting takes time with each."""
BASE_SHARE = 0.75
"""Where the baseline lies in the outline of a line that has none, from the top."""
ABOVE, BELOW = 0.75, 0.35
"""How far a made outline reaches above and below the baseline, in line heights."""
NEAR = 0.25
"""How far from its outline a baseline may lie, in outline heights, before it counts as elsewhere."""
HEIGHT_OF_NONE = 0.02
"""Height of a line in page heights, where no line of the page has an outline."""
SAMPLES = 16


class Mend(StrEnum):
    """What was done to a line, as the code of a note."""

    CLIPPED = "points-clipped"
    BASELINE_MADE = "baseline-made"
    OUTLINE_MADE = "outline-made"
    OUTLINE_REPLACED = "outline-replaced"
    OUTLINE_THINNED = "outline-thinned"


SAID = {
    Mend.CLIPPED: "points outside of the page were moved onto it",
    Mend.BASELINE_MADE: "it has no baseline: one was made from its outline",
    Mend.OUTLINE_MADE: "it has no outline: one was made from its baseline",
    Mend.OUTLINE_REPLACED: "its baseline lies outside of its outline: a new outline was made",
    Mend.OUTLINE_THINNED: f"its outline has more than {MOST_POINTS} points: it was thinned",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A line's outline and baseline, either of which may be missing."""

    boundary: Points
    baseline: Points


@dataclass(frozen=True, slots=True)
class Mended:
    """The line that can be cut out, and what was done to it."""

    shape: Shape
    mends: tuple[Mend, ...] = ()


def mended(shape: Shape, size: Size, *, line_height: float) -> Mended:
    """Give a line on the page with at least three points around and two below.

    `line_height` in pixels is what other lines of the page have.
    """
    mends = []
    boundary, baseline = (_distinct(clipped(points, size)) for points in (shape.boundary, shape.baseline))
    if _outside(shape.boundary, size) or _outside(shape.baseline, size):
        mends.append(Mend.CLIPPED)
    if len(boundary) > MOST_POINTS:
        boundary = _thinned(boundary)
        mends.append(Mend.OUTLINE_THINNED)
    if len(baseline) < 2:
        baseline = _baseline_in(boundary or baseline, size)
        mends.append(Mend.BASELINE_MADE)
    if not _has_area(boundary):
        boundary = _around(baseline, line_height, size)
        mends.append(Mend.OUTLINE_MADE)
    elif not _meet(boundary, baseline):
        boundary = _around(baseline, line_height, size)
        mends.append(Mend.OUTLINE_REPLACED)
    return Mended(Shape(boundary, baseline), tuple(mends))


def line_height_of(outlines: Iterable[Points], size: Size) -> float:
    """Give the height in pixels that most lines of a page have."""
    heights = [bounding_box(points).height for points in outlines if _has_area(points)]
    return float(median(heights)) if heights else max(size.height * HEIGHT_OF_NONE, 8.0)


def _outside(points: Points, size: Size) -> bool:
    return any(not (0 <= x <= size.width and 0 <= y <= size.height) for x, y in points)


def _distinct(points: Points) -> Points:
    return tuple(point for place, point in enumerate(points) if place == 0 or point != points[place - 1])


def _thinned(points: Points) -> Points:
    step = -(-len(points) // MOST_POINTS)
    return points[::step]


def _has_area(points: Points) -> bool:
    return len(points) > 2 and _doubled_area(points) != 0


def _doubled_area(points: Points) -> int:
    return sum(
        x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(points, points[1:] + points[:1], strict=True)
    )


def _baseline_in(points: Points, size: Size) -> Points:
    """Give a baseline across what there is, or across the page where there is nothing."""
    if not points:
        return (0, size.height - 1), (max(size.width - 1, 1), size.height - 1)
    box = bounding_box(points)
    base = box.top + round(box.height * BASE_SHARE)
    right = box.right if box.right > box.left else box.left + 1
    return (box.left, base), (right, base)


def _around(baseline: Points, line_height: float, size: Size) -> Points:
    """Give a band around a baseline, at least a pixel high and wide, on the page."""
    above, below = max(round(line_height * ABOVE), 1), max(round(line_height * BELOW), 1)
    box = bounding_box(baseline)
    if box.height > box.width:
        upper = tuple((x - above, y) for x, y in baseline)
        lower = tuple((x + below, y) for x, y in reversed(baseline))
    else:
        upper = tuple((x, y - above) for x, y in baseline)
        lower = tuple((x, y + below) for x, y in reversed(baseline))
    return clipped(upper + lower, size)


def _meet(boundary: Points, baseline: Points) -> bool:
    """Say whether any part of the baseline lies in the outline or hard by it."""
    box = bounding_box(boundary)
    room = max(box.height, 1) * NEAR
    return any(
        box.left - room <= x <= box.right + room and box.top - room <= y <= box.bottom + room
        for x, y in _samples(baseline)
    )


def _samples(baseline: Points) -> Sequence[tuple[float, float]]:
    steps = [step / SAMPLES for step in range(SAMPLES + 1)]
    pairs = pairwise(baseline)
    return [(x + (to_x - x) * step, y + (to_y - y) * step) for (x, y), (to_x, to_y) in pairs for step in steps]
