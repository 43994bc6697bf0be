"""Where baselines begin and end, and which is which: blobs and separators of the heat map tell."""

from collections.abc import Sequence

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from htrkit.domain.page import Direction

Polyline = NDArray[np.int32]
"""(n, 2) of x, y in pixels of the page that the network saw."""

SMALLEST = 6
"""Blobs of fewer pixels have no shape that a baseline could be drawn out to."""
STRETCH = 10
"""How far a baseline looks for the end of its blob, in lengths of its first or last stretch."""
BEFORE, BEHIND = 10, 9
"""How far around its ends a baseline looks for separators, in pixels."""
SURE = 0.2
"""By how much one kind of separator must be stronger than the other to tell a line's direction."""


def stretched(lines: Sequence[Polyline], blobs: NDArray[np.uint8]) -> Sequence[Polyline]:
    """Draw baselines out, straight on, to the outlines of the blobs that hold them; `blobs` is 1 among 0.

    An end from which there are several ways out of the blob, or none, stays where it is.
    """
    outlines = _outlines(blobs)
    drawn = [line.copy() for line in lines]
    shapes = [shapely.LineString(line) for line in lines]
    line_of, blob_of = shapely.STRtree(outlines).query(shapes, predicate="within")
    # Outlines lie in each other where a blob surrounds another: the first of them holds the line, as in Kraken.
    held = np.unique(line_of)
    if not held.size:
        return drawn
    edges = shapely.boundary(outlines[[blob_of[line_of == line].min() for line in held]])
    shapely.prepare(edges)
    for end, next_to in ((0, 1), (-1, -2)):
        tips = np.array([drawn[line][end] for line in held])
        inner = np.array([drawn[line][next_to] for line in held])
        out = tips + STRETCH * (tips - inner)
        exits = shapely.intersection(edges, shapely.linestrings(np.stack([tips, out], axis=1)))
        for line, leave in zip(held, exits, strict=True):
            if leave.geom_type == "Point" and not leave.is_empty:
                drawn[line][end] = int(leave.x), int(leave.y)
    return drawn


def _outlines(blobs: NDArray[np.uint8]) -> NDArray[np.object_]:
    """Give the blobs' outlines through the centres of their pixels, in the order of their topmost ones."""
    traced, _ = cv2.findContours(blobs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    rings = sorted((ring[:, 0] for ring in traced if len(ring) > 3), key=lambda ring: (ring[0][1], ring[0][0]))
    shapes = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    return np.where(shapely.is_valid(shapes), shapes, shapely.buffer(shapes, 0))


def oriented(
    lines: Sequence[Polyline],
    separators: tuple[NDArray[np.float32], NDArray[np.float32]],
    shape: tuple[int, ...],
    direction: Direction | None,
) -> Sequence[Polyline]:
    """Turn baselines so that each runs from a start to an end; where separators do not tell, right or down."""
    if not lines:
        return ()
    first = np.array([line[0] for line in lines])
    last = np.array([line[-1] for line in lines])
    lean = [_near(separators[0], ends, shape) - _near(separators[1], ends, shape) for ends in (first, last)]
    onward = (lean[0] > SURE) & (lean[1] < -SURE)
    backward = (lean[0] < -SURE) & (lean[1] > SURE)
    axis = 1 if direction is Direction.TTB else 0
    turn = backward | (~onward & (first[:, axis] > last[:, axis]))
    return [line[::-1] if turned else line for line, turned in zip(lines, turn, strict=True)]


def _near(values: NDArray[np.float32], points: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Give the strongest value around each point of a page of `shape`."""
    windows = []
    for place, pixels, cells in ((points[:, 1], shape[0], values.shape[0]), (points[:, 0], shape[1], values.shape[1])):
        low, high = (np.clip(edge, 0, pixels - 1) * cells // pixels for edge in (place - BEFORE, place + BEHIND))
        span = np.arange((high - low).max() + 1)
        windows.append(np.minimum(low[:, None] + span, high[:, None]))
    around: NDArray[np.float32] = values[windows[0][:, :, None], windows[1][:, None, :]].max(axis=(1, 2))
    return around
