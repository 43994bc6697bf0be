"""Strips: what lies between a baseline and one side of its corridor, turned level, as a map of what a cut costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from htrkit.layouts.traced_boundaries_corridors import Corridor
from htrkit.layouts.traced_boundaries_courses import Course

Floats = NDArray[np.float32]

CLOSED = 1e6
"""Cost of a pixel outside the corridor, more than all pixels of a way within it."""
BIAS = 150.0
"""Pixels from the baseline at which nearness costs as much as ink does on average; Kraken's."""
WIDEST = 600.0
"""Wider strips are squeezed to about so many columns; Kraken's."""
REACH = 160
"""Farther from its baseline no seam is looked for, in pixels; nearness costs more than ink there."""
MARGIN = 3
"""Rows kept beside the corridor when a strip has been turned level."""
CROSS = np.array(((0, 1, 0), (1, 1, 1), (0, 1, 0)), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Strip:
    """One side of a line."""

    costs: Floats
    """(columns, rows), from one end of the baseline to the other."""
    axes: NDArray[np.float64]
    """(2, 2): how x and y change from column to column and from row to row."""
    start: NDArray[np.float64]
    """x, y of the first column and row, in pixels of the patch."""
    corner: NDArray[np.int64]
    """x, y of the patch on the page."""
    opened: NDArray[np.uint8]
    """The patch, 1 where cuts may run."""


def edges(grey: NDArray[np.uint8]) -> Floats:
    """Give the strength of the edges in a page, slightly blurred: lengths of Sobel gradients, 0 to 1,443."""
    across, down = cv2.spatialGradient(grey, ksize=3, borderType=cv2.BORDER_REPLICATE)
    strength = cv2.magnitude(across.astype(np.float32), down.astype(np.float32))
    return np.asarray(cv2.GaussianBlur(strength, (5, 5), 0.5, borderType=cv2.BORDER_REFLECT), dtype=np.float32)


def strips(
    lines: Sequence[Course], corridors: Sequence[Corridor], features: Floats, *, topline: bool | None
) -> tuple[Sequence[Strip], Sequence[Strip]]:
    """Give the strips above and those below the lines."""
    above, below = [], []
    for line, corridor in zip(lines, corridors, strict=True):
        upper, lower = (line.points, line.parallel) if topline else (line.parallel, line.points)
        above.append(_strip(upper, corridor.above, line.direction, features))
        below.append(_strip(lower, corridor.below, line.direction, features))
    return above, below


def _strip(
    baseline: NDArray[np.int64], limit: NDArray[np.int64], direction: NDArray[np.float64], features: Floats
) -> Strip:
    outline = np.concatenate((baseline, limit[::-1]))
    corner, far = outline.min(axis=0), outline.max(axis=0)
    patch = features[corner[1] : far[1] + 2, corner[0] : far[0] + 2]
    opened = _opened(outline - corner, patch.shape)
    pull = cv2.mean(patch, opened)[0] / BIAS
    left, top = np.maximum(baseline.min(axis=0) - corner - REACH, 0)
    right, bottom = baseline.max(axis=0) - corner + REACH + 1
    near = slice(top, bottom), slice(left, right)
    costs = _costs(patch[near], opened[near], baseline - corner - (left, top), pull)
    axes, start, columns, rows = _frame(outline - corner, baseline - corner, direction, patch.shape)
    # Rows and columns change places, for the seams to be carved row by row of memory.
    turned = cv2.warpAffine(
        costs,
        np.column_stack((axes[:, ::-1], start - (left, top))),
        (rows, columns),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=CLOSED,
    )
    return Strip(np.asarray(turned, dtype=np.float32), axes, start, corner, opened)


def _opened(outline: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Give the corridor and a rim around it, for what turning loses."""
    # Pillow fills as Kraken does: a pixel of rim more would move the seams, through the mean strength of edges.
    drawing = Image.new("L", (shape[1], shape[0]), 0)
    ImageDraw.Draw(drawing).polygon(outline.ravel().tolist(), fill=1)
    return np.asarray(cv2.dilate(np.asarray(drawing), CROSS, iterations=2), dtype=np.uint8)


def _costs(patch: Floats, opened: NDArray[np.uint8], baseline: NDArray[np.int64], pull: float) -> Floats:
    """Give the strength of edges with a slight pull to the baseline."""
    distant = np.ones(patch.shape, dtype=np.uint8)
    columns, rows = np.concatenate([_pixels(*ends) for ends in pairwise(baseline)]).T
    distant[rows, columns] = 0
    costs = np.asarray(cv2.distanceTransform(distant, cv2.DIST_C, 3), dtype=np.float32)
    costs *= np.float32(pull)
    costs += patch
    np.copyto(costs, CLOSED, where=opened == 0)
    return costs


def _pixels(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the pixels (n, 2) of a straight line, as Bresenham's algorithm from start to end does."""
    steps = int(np.abs(end - start).max())
    moved = np.arange(steps + 1)[:, None] * np.abs(end - start)
    pixels: NDArray[np.int64] = start + np.sign(end - start) * ((2 * moved + steps) // max(2 * steps, 1))
    return pixels


def _frame(
    outline: NDArray[np.int64], baseline: NDArray[np.int64], direction: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int, int]:
    """Give axes and start of the strip within the patch, its columns and its rows."""
    squeeze = max(1.0, float(np.ptp(outline[:, 0])) / WIDEST)
    along, down = direction / squeeze, np.array((-direction[1], direction[0]))
    # Which pixels a turned strip takes depends on fractions: it starts where Kraken's does, at a corner of the patch.
    far = np.array((shape[1] - 1, shape[0] - 1))
    origin = np.array([np.minimum(axis * far, 0.0).sum() for axis in (along, down)])
    ends = np.sort(np.rint(baseline[[0, -1]] @ along - origin[0]))
    across, level = outline @ down - origin[1], baseline @ down - origin[1]
    top = np.floor(max(across.min(), level.min() - REACH)) - MARGIN
    bottom = np.ceil(min(across.max(), level.max() + REACH)) + MARGIN
    axes = np.column_stack((direction * squeeze, down))
    return axes, axes @ (origin + np.array((ends[0], top))), int(ends[1] - ends[0]) + 1, int(bottom - top) + 1
