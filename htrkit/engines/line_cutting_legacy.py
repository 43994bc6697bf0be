"""Lines as Kraken cut them before version 5, for models that were taught on such lines.

The outline is laid out along the baseline, and what lies between its points follows in triangles
(`kraken.lib.segmentation.extract_polygons`, Apache-2.0, its legacy path).
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from htrkit.engines.line_cutting_curves import Polyline

Maps = tuple[NDArray[np.float32], NDArray[np.float32]]
"""The column and the row of the source for each pixel, shape (height, width) each; -1 for what has no source."""
NOWHERE = -1.0


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The points of a line, straightened."""

    baseline: Polyline
    outline: Polyline
    size: tuple[int, int]
    """Width and height of the picture that holds them."""


def laid_out(baseline: Polyline, outline: Polyline) -> LaidOut:
    """Lay the baseline straight, and each point of the outline as far from it as it was from its nearest point."""
    steps = np.diff(baseline, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    starts = np.append(0, np.cumsum(lengths))
    away = outline[None] - baseline[:-1, None]
    along = np.einsum("sij,sj->si", away, steps / lengths[:, None]).clip(0, lengths[:, None])
    rest = away - along[..., None] * (steps / lengths[:, None])[:, None]
    distances = np.hypot(rest[..., 0], rest[..., 1])
    places = distances.argmin(axis=0), np.arange(len(outline))
    nearest, offset = places[0], away[places]
    side = np.sign(steps[nearest, 0] * offset[:, 1] - steps[nearest, 1] * offset[:, 0])
    flat = baseline[0] + np.column_stack([starts[nearest] + along[places], side * distances[places]])
    first, last = np.floor(flat.min(axis=0)), np.floor(flat.max(axis=0))
    line = baseline[0] + np.column_stack([starts, np.zeros_like(starts)])
    width, height = (last - first + 1).astype(int).tolist()
    return LaidOut(line - first, flat - first, (width, height))


def triangle_maps(source: Polyline, target: Polyline, size: tuple[int, int]) -> Maps:
    """Give where each pixel comes from when the points of the source move to those of the target.

    Between the points the move is affine in each triangle of their Delaunay triangulation in the target: along a row
    of pixels it is linear from one side of a triangle to the next.
    """
    width, height = size
    knots = _knots(source, target)
    stops = np.searchsorted(knots.rows, np.arange(height + 1))
    drawn = np.flatnonzero(stops[1:] > stops[:-1])
    columns, rows = (np.full((height, width), NOWHERE, dtype=np.float32) for _ in source.T)
    if not len(drawn):
        return columns, rows
    apart = width + 2.0
    wanted = (drawn[:, None] * apart + np.arange(width)).ravel()
    places = knots.rows * apart + knots.columns
    first, last = knots.columns[stops[drawn], None], knots.columns[stops[drawn + 1] - 1, None]
    inside = (np.arange(width) >= first) & (np.arange(width) <= last)
    for made, axis in ((columns, 0), (rows, 1)):
        along = np.interp(wanted, places, knots.sources[:, axis]).reshape(len(drawn), width)
        made[drawn] = np.where(inside, along, NOWHERE)
    return columns, rows


@dataclass(frozen=True, slots=True)
class _Knots:
    """Where the sides of triangles cross rows of pixels, row by row from left to right."""

    rows: NDArray[np.int64]
    columns: NDArray[np.float64]
    sources: Polyline
    """The points of the source that move there."""


def _knots(source: Polyline, target: Polyline) -> _Knots:
    sides = _sides(target)
    downwards = target[sides[:, 0], 1] <= target[sides[:, 1], 1]
    upper, lower = np.where(downwards[:, None], sides, sides[:, ::-1]).T
    tops, bottoms = target[upper, 1], target[lower, 1]
    firsts = np.ceil(tops).astype(np.int64)
    counts = np.where(tops == bottoms, 0, np.floor(bottoms).astype(np.int64) - firsts + 1)
    side = np.repeat(np.arange(len(sides)), counts)
    rows = np.arange(len(side)) - np.repeat(counts.cumsum() - counts, counts) + firsts[side]
    share = ((rows - tops[side]) / (bottoms - tops)[side])[:, None]
    crossing = target[upper[side]] * (1 - share) + target[lower[side]] * share
    sources = source[upper[side]] * (1 - share) + source[lower[side]] * share
    order = np.lexsort((crossing[:, 0], rows))
    return _Knots(rows[order], crossing[order, 0], sources[order])


def _sides(points: Polyline) -> NDArray[np.int64]:
    """Give the sides of the triangles between points by the places of their two ends, shape (sides, 2)."""
    parts = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(points)))
    corners = shapely.get_coordinates(parts).reshape(-1, 4, 2)
    known = {point: place for place, point in enumerate(map(tuple, points.tolist()))}
    rings = np.array([[known[x, y] for x, y in ring] for ring in corners.tolist()], dtype=np.int64).reshape(-1, 4)
    pairs = np.sort(np.stack([rings[:, :-1], rings[:, 1:]], axis=2).reshape(-1, 2), axis=1)
    return np.unique(pairs, axis=0)
