"""How far rays run before they meet something: all rays of a page at once, all rays of a line being parallel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray

from htrkit.layouts.traced_boundaries_courses import joined

Floats = NDArray[np.float64]

THICKNESS = 1.0
"""How far an obstacle reaches to each side, in pixels; Kraken's."""
SLACK = 2.0
"""How far rays may miss a segment and still be paired with it, in pixels: their ends are whole pixels."""
APART = 1e6
"""Keeps the rays of one line from those of the next on a common axis: longer than any page."""


@dataclass(frozen=True, slots=True)
class Rays:
    """Rays from points of baselines."""

    origins: Floats
    """(rays, 2)."""
    of: NDArray[np.int64]
    """(rays,): the line of each, ascending."""
    forward: Floats
    """(lines, 2): the direction of the line, at right angles to its rays."""
    ends: Floats
    """(rays, 2): whole pixels on the edge of the page."""


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Polylines that rays end at."""

    starts: Floats
    """(segments, 2)."""
    ends: Floats
    of: NDArray[np.int64]
    """(segments,): the polyline of each."""
    tree: shapely.STRtree

    @classmethod
    def of_lines(cls, lines: Sequence[NDArray[np.integer]]) -> Self:
        """Take polylines to pieces."""
        of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        points = np.concatenate(lines).astype(np.float64)
        inner = of[:-1] == of[1:]
        return cls(points[:-1][inner], points[1:][inner], of[:-1][inner], shapely.STRtree(joined(lines)))


@dataclass(frozen=True, slots=True)
class _Meetings:
    """Rays and the stretches of obstacles on them, pair by pair."""

    ray: NDArray[np.int64]
    enters: Floats
    """Distances from the ray's origin; below 0 where the origin is within the obstacle."""
    leaves: Floats


def reaches(rays: Rays, obstacles: Obstacles, met: NDArray[np.bool_]) -> Floats:
    """Give where rays meet the first edge of an obstacle, (rays, 2); `met` (lines, polylines) tells which count."""
    meetings = _meetings(rays, obstacles, met)
    limit = np.maximum(np.hypot(*(rays.ends - rays.origins).T) - THICKNESS, 0.0)
    ahead = meetings.enters > 0
    reach = limit.copy()
    np.minimum.at(reach, meetings.ray[ahead], meetings.enters[ahead])
    left = _left(meetings, len(limit))
    reach = np.where(left > 0, np.minimum(left, limit), reach)
    towards = rays.ends - rays.origins
    shares = np.divide(reach, np.hypot(*towards.T), out=np.zeros_like(reach), where=reach > 0)
    points: Floats = rays.origins + towards * shares[:, None]
    return points


def _left(meetings: _Meetings, rays: int) -> Floats:
    """Give for rays that start within obstacles the distance where they leave the last one, 0 for others."""
    left = np.zeros(rays)
    while True:
        on = (meetings.enters <= left[meetings.ray]) & (meetings.leaves > left[meetings.ray])
        if not on.any():
            return left
        np.maximum.at(left, meetings.ray[on], meetings.leaves[on])


def _meetings(rays: Rays, obstacles: Obstacles, met: NDArray[np.bool_]) -> _Meetings:
    """Pair each ray with the segments across it."""
    ray, segment = _pairs(rays, obstacles, met)
    towards = rays.ends - rays.origins
    towards /= np.maximum(np.hypot(*towards.T), 1e-9)[:, None]
    along, up = towards[ray].T
    # In its own frame a ray runs up from 0, 0.
    start, end = (
        (up * x - along * y, along * x + up * y)
        for x, y in ((points[segment] - rays.origins[ray]).T for points in (obstacles.starts, obstacles.ends))
    )
    low, high = _stretch(start, end)
    kept = high > 0
    return _Meetings(ray[kept], low[kept], high[kept])


def _pairs(rays: Rays, obstacles: Obstacles, met: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the rays and segments of which the segment may lie on the ray."""
    line, segment = np.nonzero(met[:, obstacles.of])
    # In the frame of its line, a ray stands upright at its place; the frames lie side by side.
    shift, forward = line * APART, rays.forward[line]
    ends = [np.einsum("ij,ij->i", points[segment], forward) + shift for points in (obstacles.starts, obstacles.ends)]
    place = np.einsum("ij,ij->i", rays.origins, rays.forward[rays.of]) + rays.of * APART
    order = np.argsort(place)
    first = np.searchsorted(place[order], np.minimum(*ends) - SLACK)
    count = np.searchsorted(place[order], np.maximum(*ends) + SLACK) - first
    steps = np.arange(count.sum()) - np.repeat(count.cumsum() - count, count)
    return order[np.repeat(first, count) + steps], np.repeat(segment, count)


def _stretch(start: Sequence[Floats], end: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Give from where to where segments with round ends, of some thickness, cover the upright line at 0."""
    run, rise = end[0] - start[0], end[1] - start[1]
    length = np.maximum(np.hypot(run, rise), 1e-9)
    aside, up = THICKNESS * rise / length, THICKNESS * run / length
    low, high = np.full_like(run, np.inf), np.full_like(run, -np.inf)
    for x, y in (start, end):
        half = np.sqrt(THICKNESS**2 - x**2, out=np.full_like(x, np.nan), where=np.abs(x) <= THICKNESS)
        np.fmin(low, y - half, out=low)
        np.fmax(high, y + half, out=high)
    for side in (1, -1):
        left = start[0] - side * aside
        share = np.divide(-left, run, out=np.full_like(run, np.nan), where=run != 0)
        share[(share < 0) | (share > 1)] = np.nan
        crossing = start[1] + side * up + share * rise
        np.fmin(low, crossing, out=low)
        np.fmax(high, crossing, out=high)
    return low, high
