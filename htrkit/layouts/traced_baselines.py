"""From a heat map to baselines: ridges are thinned to threads, threads become polylines that reach the blobs' ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from htrkit.domain.page import Direction
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.traced_baselines_ends import oriented, stretched
from htrkit.layouts.traced_baselines_paths import SHORTEST, paths
from htrkit.layouts.traced_baselines_ridges import ridges
from htrkit.layouts.traced_baselines_thinning import thinned
from htrkit.layouts.traced_losses import Lost

Polyline = NDArray[np.int32]
"""(n, 2) of x, y in pixels of the page that the network saw."""

TOLERANCE = 3.0
"""How far a baseline may run from its thread, in pixels."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline in writing direction and its type."""

    kind: str
    points: Polyline


@dataclass(frozen=True, slots=True)
class Baselines:
    """All baselines of a page, in no order that means anything, and what became none."""

    found: Sequence[Baseline]
    lost: Lost


def baselines(heat: HeatMap, classes: MapClasses, direction: Direction | None) -> Baselines:
    """Give all baselines of a page in pixels of `heat.grey`.

    As kraken's `vectorize_lines` does, from ridges that differ from its own in two pixels of a thousand.
    """
    separators = heat.values[classes.start], heat.values[classes.end]
    found, lost = [], Lost()
    for kind, channel in classes.baselines.items():
        lines, left_out = _drawn(heat.values[channel], heat.grey.shape[0], heat.grey.shape[1])
        lines = oriented(lines, separators, heat.grey.shape, direction)
        found += [Baseline(kind, line) for line in lines]
        lost += left_out
    return Baselines(found, lost)


def _drawn(values: NDArray[np.float32], height: int, width: int) -> tuple[Sequence[Polyline], Lost]:
    blobs = ridges(values, height=height, width=width)
    threads = paths(thinned(blobs))
    if not threads.found:
        return (), threads.lost
    smooth = shapely.simplify(_lines(threads.found), TOLERANCE, preserve_topology=False)
    lines = stretched([shapely.get_coordinates(line).astype(np.int32) for line in smooth], blobs)
    lengths = shapely.length(_lines(lines))
    long = [line for line, length in zip(lines, lengths, strict=True) if length >= SHORTEST]
    return long, threads.lost + Lost(specks=len(lines) - len(long))


def _lines(points: Sequence[Polyline]) -> NDArray[np.object_]:
    indices = np.repeat(np.arange(len(points)), [len(line) for line in points])
    lines: NDArray[np.object_] = shapely.linestrings(np.concatenate(points), indices=indices)
    return lines
