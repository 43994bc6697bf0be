"""From frames of a network's output to characters that have a place on the page and stand in reading order.

Places are Kraken's (`kraken.lib.segmentation.compute_polygon_section`, Apache-2.0): a stretch of the line between
two cuts across the baseline, each as far as the boundary.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.geometry import Point, Points, bounding_box
from htrkit.domain.page import Character, Direction, Line
from htrkit.engines.ctc_codec import Decoded
from htrkit.engines.line_bidi import logical_order

Spans = NDArray[np.int64]
"""Shape (characters, 2): the columns of the cut-out line where each begins and ends."""
Places = Callable[[Points, Points, Spans], Sequence[Points]]
"""Gives the polygon of each span on the page, from the line's baseline and the outline that it was cut by."""
Vectors = NDArray[np.float64]
"""Shape (…, 2), x before y, in pixels."""
EPSILON = float(np.finfo(float).eps)


@dataclass(frozen=True, slots=True)
class Frames:
    """The widths that lead from a frame back to the cut-out line."""

    input_width: int
    """Of the network's input, padding included, in pixels."""
    frames: int
    """Length of the network's output."""
    cut_width: int
    """Of the cut-out line before scaling, in pixels."""
    padding: int = 16

    def to_cut(self, frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the pixel columns of the cut-out line where frames stand."""
        columns = frames * (self.input_width / self.frames) - self.padding
        columns *= self.cut_width / (self.input_width - 2 * self.padding)
        return np.asarray(np.rint(columns.clip(0, self.cut_width - 1)), dtype=np.int64)


def read_line(  # noqa: PLR0913 - what was read, and four things that tell where it stands
    line: Line, decoded: Decoded, frames: Frames, places: Places, *, outline: Points, direction: Direction | None
) -> Line:
    """Give the line with its text in logical order, its characters' polygons and its mean confidence.

    `outline` is the boundary that the line was cut by (`line_cutting.cutting_outline`); `places` is `on_baseline`, or
    `in_box` for lines that were cut as boxes.
    """
    if not decoded:
        return replace(line, text="", confidence=None, characters=())
    seen, firsts, lasts, confidences = zip(*decoded, strict=True)
    text, order = logical_order("".join(seen), direction)
    polygons = places(line.baseline, outline, frames.to_cut(np.array([firsts, lasts]).T))
    return replace(
        line,
        text=text,
        confidence=round(sum(confidences) / len(confidences), 4),
        characters=tuple(
            Character(sign, round(confidences[place], 4), polygons[place])
            for sign, place in zip(text, order, strict=True)
        ),
    )


def in_box(baseline: Points, outline: Points, spans: Spans) -> Sequence[Points]:  # noqa: ARG001 - one of `Places`
    """Give stretches of the box around the outline."""
    box = bounding_box(outline)
    return [
        ((first, box.top), (first, box.bottom), (last, box.bottom), (last, box.top))
        for first, last in (spans + box.left).tolist()
    ]


def on_baseline(baseline: Points, outline: Points, spans: Spans) -> Sequence[Points]:
    """Give stretches of the outline, across the baseline; two points of the baseline where there is no outline."""
    edges = _Edges.of(np.array(outline, dtype=np.float64))
    curve = _reaching(np.array(baseline, dtype=np.float64), edges)
    steps = np.diff(curve, axis=0)
    lengths = np.sqrt((steps * steps).sum(axis=1))
    starts = np.append(0, lengths.cumsum())
    if not starts[-1]:
        return [(baseline[0], baseline[-1])] * len(spans)
    along = np.minimum(np.maximum(spans.ravel(), EPSILON), starts[-1] - EPSILON)
    segment = np.searchsorted(starts, along) - 1
    units = steps[segment] / lengths[segment, None]
    points = curve[segment] + (along - starts[segment])[:, None] * units
    hits = _first_hits(np.concatenate([points, points]), np.concatenate([units, -units]), edges)
    above, below = hits[: len(points)], hits[len(points) :]
    missed = np.isinf(above) | np.isinf(below)
    above[missed] = below[missed] = 0
    across = units[:, ::-1] * (1, -1)
    tops = np.rint(points + above[:, None] * across).astype(np.int64).tolist()
    bottoms = np.rint(points - below[:, None] * across).astype(np.int64).tolist()
    cuts = zip(map(_point, tops), map(_point, bottoms), strict=True)
    polygons: list[Points] = [first + last[::-1] for first, last in zip(cuts, cuts, strict=True)]
    if missed.any():
        middles = list(map(_point, points.astype(np.int64).tolist()))
        for place in np.flatnonzero(missed.reshape(-1, 2).any(axis=1)).tolist():
            polygons[place] = (middles[2 * place], middles[2 * place + 1])
    return polygons


def _point(numbers: Sequence[int]) -> Point:
    x, y = numbers
    return x, y


@dataclass(frozen=True, slots=True)
class _Edges:
    """The sides of an outline, from the one that closes it."""

    starts: Vectors
    ends: Vectors
    steps: Vectors

    @classmethod
    def of(cls, outline: Vectors) -> Self:
        starts = np.concatenate([outline[-1:], outline[:-1]])
        return cls(starts, outline, outline - starts)


def _reaching(baseline: Vectors, edges: _Edges) -> Vectors:
    """Give the baseline with its ends drawn out to the outline, where they lie inside of it."""
    reaching = baseline.copy()
    for end, neighbour in ((0, 1), (-1, -2)):
        if _inside(baseline[end], edges):
            direction = baseline[end] - baseline[neighbour]
            nearest = _nearest_hit(baseline[end], direction, edges)
            if np.isfinite(nearest):
                reaching[end] = np.trunc(baseline[end] + nearest * direction)
    return reaching


def _inside(point: Vectors, edges: _Edges) -> bool:
    """Tell whether a point lies within an outline and not on it (by the crossings of a ray to the right)."""
    x1, y1 = (edges.starts - point).T
    x2, y2 = (edges.ends - point).T
    side = x1 * y2 - x2 * y1
    if ((side == 0) & (x1 * x2 <= 0) & (y1 * y2 <= 0)).any():
        return False
    crossed = (y1 > 0) != (y2 > 0)
    return bool((crossed & ((side > 0) == (y2 > y1))).sum() % 2)


def _nearest_hit(point: Vectors, direction: Vectors, edges: _Edges) -> float:
    """Give where a ray first meets the outline, in lengths of its direction; infinity where it does not."""
    x, y = direction
    turn = x * edges.steps[:, 1] - y * edges.steps[:, 0]
    turn[turn == 0] = np.nan
    away_x, away_y = (edges.starts - point).T
    times = (away_x * edges.steps[:, 1] - away_y * edges.steps[:, 0]) / turn
    shares = (away_x * y - away_y * x) / turn
    return float(np.where((shares >= 0) & (shares <= 1) & (times >= 0), times, np.inf).min())


def _first_hits(points: Vectors, across: Vectors, edges: _Edges) -> NDArray[np.float64]:
    """Give how far the outline is from each point, to the left of `across`; infinity where it is not.

    As in Kraken it is the outline's first edge there that counts, not the nearest, and terms are in the same order:
    baselines often end on their outline, where rounding decides what is hit.
    """
    step_x, step_y = edges.steps.T
    away_x, away_y = points[:, :1] - edges.starts[:, 0], points[:, 1:] - edges.starts[:, 1]
    unit_x, unit_y = across[:, :1], across[:, 1:]
    turn = step_x * unit_x + step_y * unit_y + EPSILON
    shares = (away_x * unit_x + away_y * unit_y) / turn
    times = (step_x * away_y - step_y * away_x) / turn
    hit = (shares >= 0) & (shares <= 1) & (times >= 0)
    first = hit.argmax(axis=1)
    places = np.arange(len(points))
    return np.where(hit[places, first], times[places, first], np.inf)
