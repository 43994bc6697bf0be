"""Text lines are ridges in a heat map: where they run is told by the curvature of the map, at three widths."""

import math
from functools import reduce
from itertools import product
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTHS = (5.0, 7.0, 9.0)
"""Gaussian sigmas of the ridge filter, in pixels of the page that the network saw.

Kraken asks for 1 and 3 too, which see nothing that these do not: a cell of the map is four pixels wide.
"""
REACH = 4.0
"""Half the length of the filters, in sigmas; Kraken's eight give the same in single precision."""
THRESHOLD = 0.17
"""From which strength on a pixel belongs to a line."""
DIM = 0.1
"""A map below this curves too little to reach the threshold, at any width."""

QUARTER = np.array((0.0, -9.0, 111.0, 29.0, -3.0), np.float32) / 128
"""A value a quarter of a step onward, from its neighbours: the cubic through them that Catmull and Rom gave."""
PHASES = ((slice(0, None, 2), -0.25, QUARTER[::-1].copy()), (slice(1, None, 2), 0.25, QUARTER))
"""The two halves of a step: where they stand, how far from its middle, and how values there come from those around."""

Cells = NDArray[np.float32]
Kernels = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""A Gaussian and its first two derivatives."""


def ridges(values: NDArray[np.float32], *, height: int, width: int) -> NDArray[np.uint8]:
    """Mark the pixels of lines, 1 among 0, of shape (height, width), in a channel of shape (rows, columns).

    Sato's filter for bright ridges (Sato et al. 1998, Medical Image Analysis 2): at each width the curvature across
    the ridge, by the Hessian's eigenvalue. It is computed four times a cell, where it is smooth, and enlarged.
    """
    rows, columns = values.shape
    marks = np.zeros((4 * rows, 4 * columns), np.uint8)
    pitch = (height / rows, width / columns)
    reach = math.ceil(REACH * max(WIDTHS) / min(pitch))
    left, top, wide, high = cv2.boundingRect((values > DIM).astype(np.uint8))
    if wide:
        down = slice(max(top - reach, 0), top + high + reach)
        across = slice(max(left - reach, 0), left + wide + reach)
        bright = np.ascontiguousarray(values[down, across])
        found = reduce(np.bitwise_or, (_above(_strength(bright, sigma, pitch)) for sigma in WIDTHS))
        y, x = 4 * down.start, 4 * across.start
        marks[y : y + found.shape[0], x : x + found.shape[1]] = found
    return cast("NDArray[np.uint8]", cv2.resize(marks, (width, height), interpolation=cv2.INTER_NEAREST))


def _strength(values: NDArray[np.float32], sigma: float, pitch: tuple[float, float]) -> NDArray[np.float32]:
    """Give the strength of the ridge at two places a cell each way."""
    strength = np.empty((2 * values.shape[0], 2 * values.shape[1]), np.float32)
    for (below, drop, _), (beside, shift, _) in product(PHASES, repeat=2):
        down, along = _kernels(sigma / pitch[0], drop), _kernels(sigma / pitch[1], shift)
        yy = _filtered(values, down[2], along[0])
        yx = _filtered(values, down[1], along[1])
        xx = _filtered(values, down[0], along[2])
        mean = cv2.addWeighted(yy, -0.5, xx, -0.5, 0)
        strength[below, beside] = mean + cv2.magnitude(yx, mean + xx)
    return strength * np.float32((sigma / pitch[0]) * (sigma / pitch[1]))


def _above(strength: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Mark what is above the threshold, at twice the resolution each way."""
    marks = np.empty((2 * strength.shape[0], 2 * strength.shape[1]), np.uint8)
    for (below, _, down), (beside, _, along) in product(PHASES, repeat=2):
        large = cv2.sepFilter2D(strength, cv2.CV_32F, along, down, borderType=cv2.BORDER_REPLICATE)
        marks[below, beside] = large > THRESHOLD
    return marks


def _filtered(values: Cells, down: NDArray[np.float32], along: NDArray[np.float32]) -> Cells:
    return cast(Cells, cv2.sepFilter2D(values, cv2.CV_32F, along, down, borderType=cv2.BORDER_CONSTANT))


def _kernels(sigma: float, shift: float) -> Kernels:
    """Give weights of cells for a place that is `shift` from the middle of the one in focus; all in cells."""
    half = math.ceil(REACH * sigma)
    # A cell's weight is the integral over it: the difference of the kernels' primitives at its edges.
    edges = np.arange(-half, half + 2) - 0.5 - shift
    bell = np.exp(-((edges / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))
    area = np.array([math.erf(edge / (sigma * math.sqrt(2))) / 2 for edge in edges])
    slope = -edges / sigma**2 * bell
    smooth, first, second = (np.diff(primitive).astype(np.float32) for primitive in (area, bell, slope))
    return smooth, first, second
