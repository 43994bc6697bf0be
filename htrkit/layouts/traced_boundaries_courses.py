"""The course of a baseline: where it runs, in which direction, and its parallel on the side of the writing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Polyline = NDArray[np.int64]
"""(n, 2) of x, y in whole pixels."""

OFFSET = 8
"""How far the seam on the side of the writing keeps from the baseline, in pixels; Kraken's."""


@dataclass(frozen=True, slots=True)
class Course:
    """A baseline that a boundary can be drawn around."""

    index: int
    """Its place among the baselines of the page."""
    points: Polyline
    direction: NDArray[np.float64]
    """The unit vector in which it runs, long segments weighing more."""
    parallel: Polyline
    """The baseline moved into the writing by `OFFSET`; the baseline itself where it runs through the middle."""


def courses(
    baselines: Sequence[NDArray[np.integer]], *, width: int, height: int, topline: bool | None
) -> Sequence[Course]:
    """Give the courses of those baselines that have a length and a direction within the page."""
    edge = np.array((width - 1, height - 1))
    cut = [(index, _cut(line, edge)) for index, line in enumerate(baselines)]
    kept = [(index, line, _direction(line)) for index, line in cut if len(line) > 1]
    kept = [(index, line, direction) for index, line, direction in kept if np.isfinite(direction).all()]
    parallels = _parallels([line for _, line, _ in kept], topline=topline)
    return [
        Course(index, line, direction, np.clip(parallel, 0, edge))
        for (index, line, direction), parallel in zip(kept, parallels, strict=True)
    ]


def joined(lines: Sequence[NDArray[np.integer] | NDArray[np.floating]]) -> NDArray[np.object_]:
    """Give polylines as Shapely's."""
    of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    made: NDArray[np.object_] = shapely.linestrings(np.concatenate(lines), indices=of)
    return made


def _cut(line: NDArray[np.integer], edge: Polyline) -> Polyline:
    """Pull points that are off the page to its edge, and let none follow itself."""
    within = np.clip(line.reshape(-1, 2).astype(np.int64), 0, edge)
    moves = np.ones(len(within), dtype=bool)
    moves[1:] = (np.diff(within, axis=0) != 0).any(axis=1)
    return within[moves]


def _direction(line: Polyline) -> NDArray[np.float64]:
    steps = np.diff(line, axis=0).astype(np.float64)
    mean = (steps * np.linalg.norm(steps, axis=1, keepdims=True)).sum(axis=0)
    length = np.linalg.norm(mean)
    return mean / length if length > 0 else np.full(2, np.nan)


def _parallels(lines: Sequence[Polyline], *, topline: bool | None) -> Sequence[Polyline]:
    if topline is None or not lines:
        return lines
    distance = OFFSET if topline else -OFFSET
    moved = shapely.offset_curve(joined(lines), distance, quad_segs=16)
    usable = (shapely.get_type_id(moved) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(moved)
    return [
        shapely.get_coordinates(curve).astype(np.int64) if good else _shifted(line, distance)
        for line, curve, good in zip(lines, moved, usable, strict=True)
    ]


def _shifted(line: Polyline, distance: int) -> Polyline:
    """Give a parallel to a line too crooked for a clean one: the line moved sideways as a whole."""
    direction = _direction(line)
    return np.asarray(line + np.array((-direction[1], direction[0])) * distance, dtype=np.float64).astype(np.int64)
