"""Outlines: two seams and the ends of the baseline joined to a polygon that stays within the corridor."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from htrkit.layouts.traced_boundaries_corridors import Corridor
from htrkit.layouts.traced_boundaries_courses import OFFSET, Course, joined

Shapes = NDArray[np.object_]
Seams = Sequence[NDArray[np.int64]]

TOLERANCE = 5.0
"""How far a seam's polyline may run from the seam, in pixels; Kraken's."""


def outlines(
    lines: Sequence[Course], corridors: Sequence[Corridor], above: Seams, below: Seams, *, topline: bool | None
) -> Sequence[NDArray[np.int32] | None]:
    """Give the polygon of each line, None for one with too short a seam or no area."""
    found: list[NDArray[np.int32] | None] = [None] * len(lines)
    usable = [number for number in range(len(lines)) if len(above[number]) > 1 and len(below[number]) > 1]
    if not usable:
        return found
    distance = 0 if topline is None else OFFSET // 2
    upper = _widened([above[number] for number in usable], -distance)
    lower = _widened([below[number] for number in usable], distance)
    rings = [_ring(lines[number].points, up, down) for number, up, down in zip(usable, upper, lower, strict=True)]
    rooms = _rooms([lines[number].points for number in usable], [corridors[number] for number in usable])
    for number, shape in zip(usable, _whole(rings, rooms), strict=True):
        found[number] = shape
    return found


def _widened(seams: Seams, distance: int) -> Seams:
    """Smooth seams and move them away from the writing, in whole pixels."""
    smooth = shapely.simplify(joined(seams), TOLERANCE, preserve_topology=False)
    moved = shapely.offset_curve(smooth, distance, quad_segs=16) if distance else smooth
    usable = (shapely.get_type_id(moved) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(moved)
    return [shapely.get_coordinates(seam).astype(np.int64) for seam in np.where(usable, moved, smooth)]


def _ring(baseline: NDArray[np.int64], above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate((baseline[:1], above, baseline[-1:], below[::-1]))


def _rooms(lines: Seams, corridors: Sequence[Corridor]) -> Shapes:
    sides = [
        _valid([np.concatenate((line, limit[::-1])) for line, limit in zip(lines, limits, strict=True)])
        for limits in ([room.above for room in corridors], [room.below for room in corridors])
    ]
    rooms: Shapes = shapely.union(*sides)
    return rooms


def _whole(rings: Seams, rooms: Shapes) -> Sequence[NDArray[np.int32] | None]:
    """Give the largest piece of each ring within its room, in whole pixels, as an open ring."""
    found = _largest(shapely.intersection(rooms, _valid(rings)))
    cut = [shapely.get_coordinates(shape).astype(np.int64) for shape in shapely.get_exterior_ring(found)]
    return [_plain(ring) for ring in cut]


def _plain(ring: NDArray[np.int64]) -> NDArray[np.int32] | None:
    """Cut to whole pixels, a ring may touch itself: give its largest simple part, None where nothing is left."""
    if len(ring) < 4:
        return None
    shape = shapely.Polygon(ring)
    if not shape.is_valid:
        (shape,) = _largest(np.array([shapely.make_valid(shape)]))
        ring = shapely.get_coordinates(shape.exterior).astype(np.int64) if shape is not None else ring[:0]
    if len(ring) < 4:
        return None
    kept = np.ones(len(ring), dtype=bool)
    kept[1:] = (np.diff(ring, axis=0) != 0).any(axis=1)
    return ring[kept][:-1].astype(np.int32)


def _valid(rings: Seams) -> Shapes:
    of = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    shapes: Shapes = shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=of))
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    return shapes


def _largest(shapes: Shapes) -> Shapes:
    """Give the polygon of the largest area in each shape, None where there is none."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    of = of[inner]
    flat = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, of = parts[flat], of[flat]
    order = np.argsort(shapely.area(parts), kind="stable")
    largest: Shapes = np.full(len(shapes), None, dtype=object)
    largest[of[order]] = parts[order]
    return largest
