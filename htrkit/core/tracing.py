"""Outlines from baselines and baselines from outlines, for lines that lack one of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, dist, hypot

from htrkit.domain.geometry import Box, Point, Points, Size, bounding_box, clipped

ABOVE, BELOW = 0.75, 0.25
"""Where a baseline lies in its outline: the shares of the line's height above and below it."""
NEAR = 0.25
"""How far from its outline a baseline may lie and still belong to it, in the outline's heights."""
COLUMNS = 9
"""Where an outline is looked at to lay a baseline through it."""
ENOUGH_POINTS = 300
"""Points that tell whether a baseline meets an outline; more are not looked at."""


def length(line: Points) -> float:
    """Give an open line's length in pixels."""
    return sum(dist(one, other) for one, other in pairwise(line))


def has_area(outline: Points) -> bool:
    """Say whether an outline encloses anything: its points do not all lie on one straight line."""
    if len(outline) < 3:
        return False
    (left, top), far = outline[0], max(outline, key=lambda point: dist(point, outline[0]))
    return any((far[0] - left) * (y - top) != (x - left) * (far[1] - top) for x, y in outline)


def height_across(outline: Points) -> float:
    """Give a line's mean height in pixels, looked at in several columns."""
    extents = [(low, high) for _, low, high in _extents(outline)]
    return sum(high - low for low, high in extents) / len(extents) if extents else bounding_box(outline).height


def rectangle(box: Box) -> Points:
    """Give the corners, clockwise from the top left."""
    return ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))


def outline_around(baseline: Points, line_height: int, size: Size) -> Points:
    """Give a band along a baseline of at least two distinct points, clipped to the page.

    What lies to the left of the writing direction is above.
    """
    upper, lower = [], []
    for place, (x, y) in enumerate(baseline):
        before, after = baseline[max(place - 1, 0)], baseline[min(place + 1, len(baseline) - 1)]
        along = (after[0] - before[0], after[1] - before[1])
        reach = hypot(*along)
        up = (along[1] / reach, -along[0] / reach) if reach else (0.0, -1.0)
        upper.append((round(x + up[0] * line_height * ABOVE), round(y + up[1] * line_height * ABOVE)))
        lower.append((round(x - up[0] * line_height * BELOW), round(y - up[1] * line_height * BELOW)))
    band = clipped((*upper, *reversed(lower)), size)
    return tuple(point for place, point in enumerate(band) if place == 0 or point != band[place - 1])


def baseline_across(outline: Points, *, downwards: bool) -> Points:
    """Give a straight baseline through an outline from end to end, as slanted as the outline is."""
    if downwards:
        turned = _straight(tuple((y, x) for x, y in outline), BELOW)
        return tuple((x, y) for y, x in turned)
    return _straight(outline, ABOVE)


def meet(outline: Points, baseline: Points) -> bool:
    """Say whether any part of a baseline lies in an outline, or near it: within `NEAR`, and two pixels at least."""
    outline, baseline = _fewer(outline), _fewer(baseline)
    if any(_holds(outline, point) for point in baseline):
        return True
    near = max(round(height_across(outline) * NEAR), 2)
    if not _boxes_meet(bounding_box(outline), bounding_box(baseline), near):
        return False
    edges, shifts = _edges(outline), ((0, 0), (0, -near), (0, near), (-near, 0), (near, 0))
    moved = [tuple((x + right, y + down) for x, y in baseline) for right, down in shifts]
    return any(_cross(*edge, *part) for line in moved for part in pairwise(line) for edge in edges)


def _boxes_meet(one: Box, other: Box, near: int) -> bool:
    across = one.left - near <= other.right and other.left <= one.right + near
    return across and one.top - near <= other.bottom and other.top <= one.bottom + near


def _straight(outline: Points, share: float) -> Points:
    """Lay the line that is nearest to the points a share of the way down each column (least squares)."""
    box = bounding_box(outline)
    extents = list(_extents(outline))
    if not extents:
        base = round(box.top + share * box.height)
        return ((box.left, base), (box.right, base))
    xs = [x for x, _, _ in extents]
    ys = [low + share * (high - low) for _, low, high in extents]
    middle, level = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle) ** 2 for x in xs)
    slope = sum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0
    ends = [(x, round(level + slope * (x - middle))) for x in (box.left, box.right)]
    return tuple((x, min(max(y, box.top), box.bottom)) for x, y in ends)


def _extents(outline: Points) -> Iterator[tuple[float, float, float]]:
    """Give x, top and bottom of an outline in columns across its width."""
    box = bounding_box(outline)
    columns = [box.left + box.width * (2 * column + 1) / (2 * COLUMNS) for column in range(COLUMNS)]
    crossed: list[list[float]] = [[] for _ in columns]
    for start, end in _edges(outline):
        if start[0] != end[0]:
            left, right = (start[0], end[0]) if start[0] < end[0] else (end[0], start[0])
            for column in range(bisect_left(columns, left), bisect_right(columns, right)):
                crossed[column].append(_height_at(columns[column], start, end))
    for x, heights in zip(columns, crossed, strict=True):
        if heights:
            yield x, min(heights), max(heights)


def _height_at(x: float, start: Point, end: Point) -> float:
    return start[1] + (end[1] - start[1]) * (x - start[0]) / (end[0] - start[0])


def _edges(outline: Points) -> Sequence[tuple[Point, Point]]:
    return list(zip(outline, (*outline[1:], outline[0]), strict=True))


def _holds(outline: Points, spot: Point) -> bool:
    """Say whether a point lies inside an outline: an odd number of edges is to its right."""
    crossings = 0
    for start, end in _edges(outline):
        if (start[1] > spot[1]) != (end[1] > spot[1]):
            at = start[0] + (end[0] - start[0]) * (spot[1] - start[1]) / (end[1] - start[1])
            crossings += at > spot[0]
    return crossings % 2 == 1


def _cross(one: Point, two: Point, three: Point, four: Point) -> bool:
    """Say whether two straight pieces have a point in common."""
    if max(one[0], two[0]) < min(three[0], four[0]) or max(three[0], four[0]) < min(one[0], two[0]):
        return False
    if max(one[1], two[1]) < min(three[1], four[1]) or max(three[1], four[1]) < min(one[1], two[1]):
        return False
    return (
        _side(one, two, three) * _side(one, two, four) <= 0 and _side(three, four, one) * _side(three, four, two) <= 0
    )


def _side(start: Point, end: Point, spot: Point) -> int:
    return (end[0] - start[0]) * (spot[1] - start[1]) - (end[1] - start[1]) * (spot[0] - start[0])


def _fewer(points: Points) -> Points:
    return points[:: ceil(len(points) / ENOUGH_POINTS)] if len(points) > ENOUGH_POINTS else points
