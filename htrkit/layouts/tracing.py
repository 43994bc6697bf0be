"""Tracing without Kraken: from a heat map to the regions and lines that Kraken finds in it, in far less time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.geometry import Points
from htrkit.domain.names import LineId, RegionId
from htrkit.domain.page import Direction, Layout, LayoutOrigin, Line, Note, Region, RegionKind
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.traced_bands import band_around, band_height, note_of_band
from htrkit.layouts.traced_baselines import Baseline, baselines
from htrkit.layouts.traced_boundaries import boundaries
from htrkit.layouts.traced_losses import notes_of
from htrkit.layouts.traced_order import reading_order
from htrkit.layouts.traced_regions import areas, homes, scaled

Shape = NDArray[np.int32]
"""(n, 2) of x, y."""


@dataclass(frozen=True, slots=True)
class _Outlined:
    """A line in the page's own pixels; `made` tells that its boundary is a band."""

    kind: str
    baseline: Shape
    boundary: Shape
    made: bool


def traced(heat: HeatMap, classes: MapClasses, *, origin: LayoutOrigin, direction: Direction | None) -> Layout:
    """Give the layout in the page's own pixels; ids are `r1`, `r2`, … and, in reading order, `l1`, `l2`, ….

    A line that the page's own pixels leave no length is dropped, one that has no outline gets a band, and some of what
    the network saw becomes no line; notes tell.
    """
    found = areas(heat, classes)
    outlines = [scaled(area.outline, heat.scale) for area in found]
    regions = tuple(
        Region(RegionId(f"r{number}"), heat.on_page(outline.tolist()), RegionKind.TEXT, area.label)
        for number, (area, outline) in enumerate(zip(found, outlines, strict=True), 1)
    )
    seen = baselines(heat, classes, direction)
    lines, notes = _outlined(heat, seen.found, outlines, topline=classes.topline)
    return _laid_out(lines, regions, notes_of(seen.lost) + notes, origin, direction)


def _outlined(
    heat: HeatMap, found: Sequence[Baseline], outlines: Sequence[Shape], *, topline: bool | None
) -> tuple[Sequence[_Outlined], tuple[Note, ...]]:
    """Give the lines with their boundaries, and notes on those that were dropped."""
    # Kraken fits lines to regions that went to the page's pixels and back: rounded, and so are these.
    walls = [scaled(outline, (1 / heat.scale[0], 1 / heat.scale[1])) for outline in outlines]
    points = [line.points for line in found]
    shapes = boundaries(points, walls, homes(points, walls), heat.grey, topline=topline)
    band = band_height([line.tolist() for line in points])
    kept, dropped = [], 0
    for line, shape in zip(found, shapes, strict=True):
        around = np.array(band_around(line.points.tolist(), band)) if shape is None else shape
        baseline = np.array(heat.on_page(scaled(line.points, heat.scale).tolist()))
        boundary = np.array(heat.on_page(scaled(around, heat.scale).tolist()))
        if (np.ptp(baseline, axis=0) > 0).any():
            kept.append(_Outlined(line.kind, baseline, boundary, made=shape is None))
        else:
            dropped += 1
    message = f"{dropped} lines are shorter than a pixel of the picture, and were left out."
    return kept, (Note("short-lines-dropped", message),) if dropped else ()


def _laid_out(
    lines: Sequence[_Outlined],
    regions: tuple[Region, ...],
    notes: tuple[Note, ...],
    origin: LayoutOrigin,
    direction: Direction | None,
) -> Layout:
    """Put the lines in order and name them."""
    shapes = [np.array(region.boundary) for region in regions]
    inside = [within[0] if within else None for within in homes([line.baseline for line in lines], shapes)]
    leftward = direction in (Direction.RTL, Direction.TTB)
    order = reading_order([line.baseline for line in lines], shapes, inside, leftward=leftward)
    named = []
    for number, index in enumerate(order, 1):
        line, home = lines[index], inside[index]
        region = None if home is None else regions[home].id
        name = LineId(f"l{number}")
        named.append(Line(name, _points(line.boundary), _points(line.baseline), region, kind=line.kind))
        if line.made:
            notes += (note_of_band(name, "htrkit"),)
    return Layout(origin, regions, tuple(named), direction, notes=notes)


def _points(points: Shape) -> Points:
    return tuple((x, y) for x, y in points.tolist())
