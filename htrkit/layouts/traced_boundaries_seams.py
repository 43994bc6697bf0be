"""Seams: the way of least cost along each strip, all strips of a page side by side in one array."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from htrkit.layouts.traced_boundaries_strips import Strip

Floats = NDArray[np.float32]


def seams(strips: Sequence[Strip]) -> Sequence[NDArray[np.int64]]:
    """Give the seam of each strip as points (n, 2) of x, y on the page, none of them outside its corridor."""
    order = sorted(range(len(strips)), key=lambda index: -len(strips[index].costs))
    rows = _carved([strips[index].costs for index in order])
    found = {index: _on_page(strips[index], seam) for index, seam in zip(order, rows, strict=True)}
    return [found[index] for index in range(len(strips))]


def _carved(costs: Sequence[Floats]) -> Sequence[NDArray[np.int64]]:
    """Give for each strip, the longest first, the row of its seam in each column."""
    lengths = np.array([len(cost) for cost in costs])
    bounds = np.concatenate(([0], np.cumsum([cost.shape[1] + 1 for cost in costs])))
    ways = np.empty((lengths[0], bounds[-1] + 1), dtype=np.float32)
    # A row without a way parts neighbours.
    ways[:, bounds] = np.inf
    for cost, bound in zip(costs, bounds[:-1], strict=True):
        ways[: len(cost), bound + 1 : bound + 1 + cost.shape[1]] = cost
    going = np.searchsorted(-lengths, -np.arange(lengths[0]))
    _add_up(ways, bounds[going] + 1)
    rows = _walked_back(ways, bounds, lengths, going)
    return [rows[:length, number] for number, length in enumerate(lengths)]


def _add_up(ways: Floats, widths: NDArray[np.int64]) -> None:
    """Make each cost that of the cheapest way from the first column to here; `widths` holds that of each column."""
    least = np.empty(ways.shape[1], dtype=np.float32)
    for column, width in enumerate(widths[1:].tolist(), 1):
        before, cheapest = ways[column - 1, :width], least[: width - 2]
        np.minimum(before[:-2], before[1:-1], out=cheapest)
        np.minimum(cheapest, before[2:], out=cheapest)
        ways[column, 1 : width - 1] += cheapest


def _walked_back(
    ways: Floats, bounds: NDArray[np.int64], lengths: NDArray[np.int64], going: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give (columns, strips) the rows of the cheapest ways; `going` tells how many strips have a column."""
    spans = zip(bounds[:-1] + 1, bounds[1:], lengths - 1, strict=True)
    at = np.array([first + ways[last, first:behind].argmin() for first, behind, last in spans])
    rows = np.empty((len(ways), len(at)), dtype=np.int64)
    steps, before = np.arange(-1, 2), 0
    for column, strips in zip(range(len(ways) - 1, -1, -1), going[::-1].tolist(), strict=True):
        at[:before] += ways[column][at[:before, None] + steps].argmin(axis=1) - 1
        rows[column, :strips], before = at[:strips], strips
    return rows - (bounds[:-1] + 1)


def _on_page(strip: Strip, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Flatten what strays from the mean way, and leave out what is closed."""
    mean, spread = rows.mean(), rows.std()
    level = np.clip(rows, mean - spread, mean + spread).astype(np.int64)
    places = np.stack((np.arange(len(level)), level))
    points = ((strip.axes @ places).T + strip.start).astype(np.int64)
    limits = np.array(strip.opened.shape[::-1])
    points = points[((points >= 0) & (points < limits)).all(axis=1)]
    return points[strip.opened[points[:, 1], points[:, 0]] > 0] + strip.corner
