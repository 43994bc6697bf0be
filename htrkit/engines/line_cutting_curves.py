"""Where each pixel of a straightened line comes from: the geometry of cutting along a baseline.

It is Kraken's (`kraken.lib.segmentation`, Apache-2.0), roundings included, so that networks see what they were taught
on: the outline's corners are cut off, a bend of the baseline is spread over a few quadrilaterals.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Polyline = NDArray[np.float64]
"""Points of shape (points, 2), x before y, in pixels."""
MANY_CORNERS = 50
"""An outline of more corners is simplified first."""
SIMPLIFIED_BY = 2.0
"""Pixels by which simplifying may move an outline."""
BEVEL_STEPS = 2
"""Steps on each side of a bend."""
WIDEST_BEVEL = 1 / 3
"""Of the line's height: how much of a baseline on each side of a bend is rounded off."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A rotation of a patch that lays a straight baseline level."""

    to_source: NDArray[np.float64]
    """Shape (2, 3): from the centre of a turned pixel to a point of the patch."""
    size: tuple[int, int]
    """Width and height of what is seen of the turned patch."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The picture of a straightened line."""

    start: tuple[float, float]
    """Where in it the baseline begins."""
    size: tuple[int, int]
    """Width and height."""


def without_repeats(line: Polyline) -> Polyline:
    """Leave out points that repeat the one before them."""
    return np.asarray(line[np.append(True, (np.diff(line, axis=0) != 0).any(axis=1))])


def rounded_outline(outline: NDArray[np.int64]) -> Polyline:
    """Cut off the corners of an outline (Chaikin's scheme); an open one keeps its ends, a closed one stays closed."""
    corners = outline.astype(np.float64)
    if len(corners) > MANY_CORNERS:
        # Douglas and Peucker, with distances to segments.
        corners = shapely.get_coordinates(shapely.LineString(corners).simplify(SIMPLIFIED_BY, preserve_topology=False))
    closed = bool((corners[0] == corners[-1]).all())
    before, after = (np.roll(corners[:-1], 1, axis=0), corners[:-1]) if closed else (corners[:-1], corners[1:])
    rounded = np.empty((2 * len(after) + 1 + (not closed), 2))
    body = rounded[:-1] if closed else rounded[1:-1]
    body[::2] = 0.75 * before + 0.25 * after
    body[1::2] = 0.25 * before + 0.75 * after
    if closed:
        rounded[-1] = rounded[0]
    else:
        rounded[0], rounded[-1] = corners[0], corners[-1]
    return rounded


def rotation_onto_baseline(direction: Polyline, outline: Polyline, patch: tuple[int, ...], *, centre: float) -> Turn:
    """Give the rotation that lays `direction` level, as far as it shows the outline within a patch of this shape.

    `centre` is where a pixel is turned about, from its own place: its middle (0.5) or its corner (0).
    """
    cosine, sine = direction / np.hypot(*direction)
    turned = np.array([[cosine, -sine], [sine, cosine]])
    rows, columns = patch[:2]
    corners = np.array([[0, 0], [0, rows - 1], [columns - 1, rows - 1], [columns - 1, 0]]) @ turned
    origin = corners.min(axis=0)
    most = np.around(corners.max(axis=0) - origin + 1).astype(int)
    shown = outline @ turned - origin
    first = np.clip(np.floor(shown.min(axis=0)).astype(int) - 1, 0, most - 1)
    last = np.clip(np.ceil(shown.max(axis=0)).astype(int) + 2, first + 1, most)
    shift = turned @ (origin + first + centre) - centre
    width, height = (last - first).tolist()
    return Turn(np.column_stack([turned, shift]), (width, height))


def strip_of(baseline: Polyline, outline: Polyline) -> Strip:
    """Give the strip that holds the outline when its baseline is laid straight."""
    steps = np.diff(baseline, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    units = steps / lengths[:, None]
    away = outline[None] - baseline[:-1, None]
    along = np.einsum("sij,sj->si", away, units)
    # Each corner belongs to the segment that it is least beyond the ends of.
    nearest = np.maximum(-along, along - lengths[:, None]).argmin(axis=0)
    places = nearest, np.arange(len(outline))
    unit, offset = units[nearest], away[places]
    starts = np.append(0, np.cumsum(lengths))
    xs = baseline[0, 0] + starts[nearest] + along[places]
    ys = baseline[0, 1] + unit[:, 0] * offset[:, 1] - unit[:, 1] * offset[:, 0]
    left, top = np.floor([xs.min(), ys.min()])
    width, height = np.floor([xs.max(), ys.max()]) - (left, top) + 1
    return Strip(start=(float(baseline[0, 0] - left), float(baseline[0, 1] - top)), size=(int(width), int(height)))


def dewarping_maps(baseline: Polyline, strip: Strip) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the column and the row of the source for each pixel of the strip, each of shape (height, width)."""
    width, height = strip.size
    targets, tops, bottoms = _ribs(baseline, strip)
    centres = np.arange(width) + 0.5
    down = ((np.arange(height) + 0.5) / height).astype(np.float32)[:, None]
    maps = []
    for axis in (0, 1):
        top = np.interp(centres, targets, tops[:, axis])
        bottom = np.interp(centres, targets, bottoms[:, axis])
        made = down * (bottom - top).astype(np.float32)
        made += (top - 0.5).astype(np.float32)
        maps.append(made)
    return maps[0], maps[1]


def _ribs(baseline: Polyline, strip: Strip) -> tuple[Polyline, Polyline, Polyline]:
    """Give columns of the strip, shape (ribs,), and the points of the source where their tops and bottoms lie."""
    (width, height), (start, above) = strip.size, strip.start
    steps = np.diff(baseline, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    units = steps / lengths[:, None]
    normals = np.column_stack([-units[:, 1], units[:, 0]])
    first = baseline[0] - units[0] * start
    last = baseline[-1] + units[-1] * (width - lengths.sum() - start)
    columns, points, across = _bends(baseline, units, normals, lengths, height)
    tops, bottoms = points - above * across, points + (height - above) * across
    ends = first - above * normals[0], first + (height - above) * normals[0]
    kept = [(0, *np.trunc(np.concatenate(ends)).tolist())]
    rows = np.column_stack([columns + start, tops, bottoms])
    for row in np.trunc(rows).tolist():
        # Two ribs in one place would leave nothing between them.
        if row[0] != kept[-1][0] and row[1:3] != list(kept[-1][1:3]) and row[3:] != list(kept[-1][3:]):
            kept.append(tuple(row))
    kept.append((width, *(last - above * normals[-1]), *(last + (height - above) * normals[-1])))
    ribs = np.array(kept)
    return ribs[:, 0], ribs[:, 1:3], ribs[:, 3:]


def _bends(
    baseline: Polyline, units: Polyline, normals: Polyline, lengths: NDArray[np.float64], height: int
) -> tuple[Polyline, Polyline, Polyline]:
    """Give the ribs around each bend: their distance along the baseline, the point on it, and the direction across."""
    widest = height * WIDEST_BEVEL
    bevels = np.minimum(lengths / 2, widest)
    before, after = bevels[:-1], bevels[1:]
    counts = np.maximum(1, np.round((before + after) / (widest / BEVEL_STEPS))).astype(int)
    bend = np.repeat(np.arange(len(counts)), counts + 1)
    step = np.arange(len(bend)) - np.repeat(np.cumsum(counts + 1) - counts - 1, counts + 1)
    share = (step / counts[bend])[:, None]
    # A quadratic Bézier curve leads from one segment to the next.
    back, ahead = (1 - share) ** 2, share**2
    points = (
        baseline[bend + 1] - back * (before[:, None] * units[:-1])[bend] + ahead * (after[:, None] * units[1:])[bend]
    )
    along = np.cumsum(lengths)[bend] - back[:, 0] * before[bend] + ahead[:, 0] * after[bend]
    across = (1 - share) * normals[bend] + share * normals[bend + 1]
    # Where the baseline turns back on itself there is no direction between its two sides.
    across = np.where(across.any(axis=1, keepdims=True), across, normals[bend])
    return along, points, across / np.hypot(across[:, 0], across[:, 1])[:, None]
