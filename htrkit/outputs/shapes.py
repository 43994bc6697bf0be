"""Points as outputs need them: on the page, never too few, and inside what holds them."""

from collections.abc import Iterable

import numpy as np

from htrkit.domain.geometry import Box, Point, Points, Size, bounding_box, clipped


def polygon_on_page(points: Points, size: Size) -> Points:
    """Give at least three distinct points on the page; too few become the rectangle around them.

    Without any point it is the whole page. On a page one pixel wide or high no three are distinct.
    """
    if not points:
        return rectangle(Box(0, 0, size.width - 1, size.height - 1))
    kept = _without_repeats(clipped(points, size))
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept = kept[:-1]
    return kept if len(set(kept)) >= 3 else rectangle(_with_area(bounding_box(kept), size))


def baseline_on_page(points: Points, size: Size) -> Points:
    """Give at least two points on the page, or none where there is no baseline."""
    if not points:
        return ()
    kept = _without_repeats(clipped(points, size))
    if len(kept) > 1:
        return kept
    box = _with_area(bounding_box(kept), size)
    return ((box.left, box.bottom), (box.right, box.bottom))


def rectangle(box: Box) -> Points:
    """Give the corners, clockwise from the top left."""
    return ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))


def grown_around(polygon: Points, inner: Iterable[Points]) -> Points:
    """Give a polygon that holds all inner points: itself where it does, else the convex hull of it and them."""
    points = [point for shape in inner for point in shape]
    if not points or _holds(polygon, points):
        return polygon
    return convex_hull((*polygon, *points))


def convex_hull(points: Iterable[Point]) -> Points:
    """Give the convex hull, clockwise on the page (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return tuple(ordered)
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    return (*lower[:-1], *upper[:-1])


def _chain(ordered: list[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(first: Point, second: Point, third: Point) -> int:
    """Positive where the way from the first over the second to the third turns clockwise on the page."""
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0])


def _holds(polygon: Points, points: list[Point]) -> bool:
    """Say whether all points lie inside the polygon or on its edge (crossings to the right are odd)."""
    start = np.array(polygon, dtype=np.int64)
    end = np.roll(start, -1, axis=0)
    spot = np.array(points, dtype=np.int64)[:, None, :]
    edge, reach = end - start, spot - start
    cross = edge[:, 0] * reach[..., 1] - edge[:, 1] * reach[..., 0]
    along = (np.minimum(start, end) <= spot).all(-1) & (spot <= np.maximum(start, end)).all(-1)
    straddles = (start[:, 1] > spot[..., 1]) != (end[:, 1] > spot[..., 1])
    to_the_right = np.where(edge[:, 1] > 0, cross < 0, cross > 0)
    inside = (straddles & to_the_right).sum(axis=1) % 2 == 1
    return bool((inside | ((cross == 0) & along).any(axis=1)).all())


def _without_repeats(points: Points) -> Points:
    return tuple(point for place, point in enumerate(points) if place == 0 or point != points[place - 1])


def _with_area(box: Box, size: Size) -> Box:
    """Give the box, a pixel wider and higher where it has no area, on the page."""
    left, right = _apart(box.left, box.right, size.width)
    top, bottom = _apart(box.top, box.bottom, size.height)
    return Box(left, top, right, bottom)


def _apart(low: int, high: int, length: int) -> tuple[int, int]:
    if low < high or length < 2:
        return low, high
    return (low, low + 1) if low + 1 < length else (low - 1, low)
