"""From a heat map to regions: the outlines of what lights up, and which lines lie in which."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from htrkit.layouts.heat_map import HeatMap, MapClasses

Polygon = NDArray[np.int32]
"""(n, 2) of x, y, the last point a repetition of the first."""

THRESHOLD = 0.5
"""From which value on a pixel belongs to a region."""
TOLERANCE = 10.0
"""How far a simplified outline may run from the traced one, in pixels."""


@dataclass(frozen=True, slots=True)
class Area:
    """A region in the model's own word and its outline in pixels of the page that the network saw."""

    label: str
    outline: Polygon


def areas(heat: HeatMap, classes: MapClasses) -> Sequence[Area]:
    """Give the regions of a page, type by type, as kraken's `vectorize_regions` does; holes are part of a region."""
    return [
        Area(label, outline)
        for label, channel in classes.regions.items()
        for outline in _outlines(heat.values[channel], heat.grey.shape)
    ]


def scaled(points: NDArray[np.integer], scale: tuple[float, float]) -> Polygon:
    """Give points at another scale, cut to whole pixels as Kraken cuts them."""
    whole: Polygon = (points * np.asarray(scale)).astype(np.int32)
    return whole


def homes(lines: Sequence[NDArray[np.integer]], outlines: Sequence[NDArray[np.integer]]) -> Sequence[Sequence[int]]:
    """Give for each line the indices of the regions that hold its middle, in their order."""
    if not lines or not outlines:
        return [()] * len(lines)
    of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    middles = shapely.line_interpolate_point(
        shapely.linestrings(np.concatenate(lines), indices=of), 0.5, normalized=True
    )
    shapes = [shapely.Polygon(outline) for outline in outlines]
    shapely.prepare(shapes)
    inside = shapely.contains(np.array(shapes)[None, :], middles[:, None])
    return [np.flatnonzero(row).tolist() for row in inside]


def _outlines(values: NDArray[np.float32], shape: tuple[int, ...]) -> Sequence[Polygon]:
    lit = cv2.resize((values > THRESHOLD).astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
    traced, tree = cv2.findContours(lit, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if tree is None:
        return []
    # What lies in the hole of another region is merged into it, which decides where that one's outline starts.
    outer = [ring[:, 0] for ring, node in zip(traced, tree[0], strict=True) if node[3] < 0 and len(ring) > 2]
    rings = sorted(outer, key=lambda ring: (ring[0][1], ring[0][0]))
    # Where outlines start and which way they run decides which points are kept, and so does (y, x), which Kraken uses.
    clockwise = [np.roll(ring[::-1, ::-1], 1, axis=0) for ring in rings]
    merged = shapely.union_all([shapely.Polygon(ring) for ring in clockwise])
    shapes = [part for part in shapely.get_parts(merged) if part.geom_type == "Polygon"]
    # An open line: rings lose their first point in newer releases of GEOS.
    lines = [shapely.LineString(shape.exterior.coords) for shape in shapes]
    return [shapely.get_coordinates(line)[:, ::-1].astype(np.int32) for line in shapely.simplify(lines, TOLERANCE)]
