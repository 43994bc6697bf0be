"""The room that each line has: as far from its baseline as the next baseline, wall or edge of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from htrkit.layouts.traced_boundaries_courses import Course
from htrkit.layouts.traced_boundaries_rays import Obstacles, Rays, reaches

STEP = 10.0
"""Distance of the points of a baseline from which rays start, in pixels; Kraken's."""
GAP = 1.0
"""How far a corridor keeps from the edge of the page, in pixels."""


@dataclass(frozen=True, slots=True)
class Corridor:
    """Where the rays from a baseline end; each (n, 2) of x, y in whole pixels, in the order of the baseline."""

    above: NDArray[np.int64]
    """On the left of the baseline as it runs on the page: above a line that runs to the right."""
    below: NDArray[np.int64]


def corridors(
    lines: Sequence[Course],
    walls: Sequence[NDArray[np.integer]],
    homes: Sequence[Sequence[int]],
    *,
    width: int,
    height: int,
) -> Sequence[Corridor]:
    """Give the corridor of each line; `homes` has an entry for each baseline of the page."""
    starts = [_starts(line.points) for line in lines]
    of = np.repeat(np.arange(len(lines)), [len(points) for points in starts])
    origins, forward = np.concatenate(starts), np.array([line.direction for line in lines])
    upward = np.stack((forward[:, 1], -forward[:, 0]), axis=1)[of]
    page = np.array((width, height), dtype=np.float64)
    above = Rays(origins, of, forward, _edge(origins, upward, page))
    below = Rays(origins, of, forward, _edge(origins, -upward, page))
    obstacles, may_stop = _obstacles(lines, walls, homes)
    met_above = _met(above, obstacles, may_stop)
    # What stands on both sides, as a region around the line does, ends the room above only: so does Kraken.
    met_below = _met(below, obstacles, may_stop & ~met_above)
    cuts = np.flatnonzero(np.diff(of)) + 1
    ends = [
        np.split(reaches(rays, obstacles, met).astype(np.int64), cuts)
        for rays, met in ((above, met_above), (below, met_below))
    ]
    return [Corridor(up, down) for up, down in zip(*ends, strict=True)]


def _starts(line: NDArray[np.integer]) -> NDArray[np.float64]:
    lengths = np.concatenate(([0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()))
    at = np.append(np.arange(0.0, lengths[-1], STEP), lengths[-1])
    return np.stack([np.interp(at, lengths, line[:, axis]) for axis in (0, 1)], axis=1)


def _edge(origins: NDArray[np.float64], towards: NDArray[np.float64], page: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the whole pixels in which rays reach the edge of the page."""
    room = np.where(towards > 0, page - origins, origins)
    slope = np.abs(towards)
    distance = np.divide(room, slope, out=np.full_like(room, np.inf), where=slope > 0).min(axis=1, keepdims=True)
    edge: NDArray[np.float64] = np.trunc(origins + towards * distance)
    return edge


def _obstacles(
    lines: Sequence[Course], walls: Sequence[NDArray[np.integer]], homes: Sequence[Sequence[int]]
) -> tuple[Obstacles, NDArray[np.bool_]]:
    """Give the polylines that end corridors, and (lines, polylines) whether one may end that of a line."""
    solid = [number for number, wall in enumerate(walls) if len(wall) > 1]
    may_stop = np.zeros((len(lines), len(lines) + len(solid)), dtype=bool)
    may_stop[:, : len(lines)] = ~np.eye(len(lines), dtype=bool)
    for row, line in zip(may_stop, lines, strict=True):
        row[len(lines) :] = np.isin(solid, homes[line.index])
    return Obstacles.of_lines([line.points for line in lines] + [walls[number] for number in solid]), may_stop


def _met(rays: Rays, obstacles: Obstacles, may_stop: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which obstacles stand, if only in part, between the baselines and the ends of their rays."""
    # Kraken lists both rows of points left to right, so that its area is a bow tie; which lines count depends on it.
    order = np.argsort(np.concatenate((rays.of, rays.of)), kind="stable")
    points = np.concatenate((rays.origins, rays.ends))[order]
    areas = shapely.polygons(shapely.linearrings(points, indices=np.repeat(rays.of, 2)))
    met = np.zeros_like(may_stop)
    met[tuple(obstacles.tree.query(areas, predicate="intersects"))] = True
    return met & may_stop
