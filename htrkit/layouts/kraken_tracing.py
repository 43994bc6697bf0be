"""Kraken's own tracing: from a heat map to regions and lines that have an order, with nothing dropped in silence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely.geometry as shapes
from kraken.containers import BaselineLine
from kraken.containers import Region as KrakenRegion
from kraken.lib.segmentation import (
    calculate_polygonal_environment,
    is_in_region,
    polygonal_reading_order,
    scale_polygonal_lines,
    scale_regions,
    vectorize_lines,
    vectorize_regions,
)
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage.filters import sobel

from htrkit.domain.geometry import Points
from htrkit.domain.names import LineId, RegionId
from htrkit.domain.page import Direction, Layout, LayoutOrigin, Line, Note, Region, RegionKind
from htrkit.files.kraken_models import quiet_libraries
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.kraken_heard import kraken_heard
from htrkit.layouts.traced_bands import band_around, band_height, note_of_band

WRITING = {
    None: "horizontal-lr",
    Direction.LTR: "horizontal-lr",
    Direction.RTL: "horizontal-rl",
    Direction.TTB: "vertical-rl",
}
"""Kraken's word for each direction."""


@dataclass(frozen=True, slots=True)
class _Traced:
    """A baseline and its polygon at the map's scale; `polygon` is None where none could be fitted."""

    kind: str
    baseline: list[tuple[int, int]]
    polygon: list[tuple[int, int]] | None


def traced(heat: HeatMap, classes: MapClasses, *, origin: LayoutOrigin, direction: Direction | None) -> Layout:
    """Give the layout in the page's own pixels."""
    writing = WRITING[direction]
    values = heat.blown_up()
    with quiet_libraries(), kraken_heard() as heard:
        regions = _regions(values, classes)
        polygons = [_scaled(polygon, heat.scale) for _, polygon in regions]
        # Kraken fits lines to regions that went to the page's pixels and back: rounded, and so are ours.
        back = (1 / heat.scale[0], 1 / heat.scale[1])
        lines = _lines(heat, values, classes, [_scaled(polygon, back) for polygon in polygons], writing)
    labels = {RegionId(f"r{n}"): label for n, (label, _) in enumerate(regions, 1)}
    found = [
        Region(name, heat.on_page(polygon), RegionKind.TEXT, labels[name])
        for name, polygon in zip(labels, polygons, strict=True)
    ]
    made, notes = _finished(lines, heat, found, writing)
    return Layout(origin, tuple(found), made, direction, notes=heard.notes() + notes)


def _regions(values: NDArray[np.float32], classes: MapClasses) -> list[tuple[str, list[tuple[int, int]]]]:
    return [
        (label, polygon) for label, index in classes.regions.items() for polygon in vectorize_regions(values[index])
    ]


def _lines(
    heat: HeatMap,
    values: NDArray[np.float32],
    classes: MapClasses,
    regions: Sequence[list[tuple[int, int]]],
    writing: str,
) -> list[_Traced]:
    separators = (classes.start, classes.end)
    found = [
        (kind, baseline)
        for kind, index in classes.baselines.items()
        for baseline in vectorize_lines(values[(*separators, index), :, :], text_direction=writing[:-3])
    ]
    features = gaussian_filter(sobel(heat.grey), 0.5)
    areas = [shapes.Polygon(region) for region in regions]
    traced = []
    for index, (kind, baseline) in enumerate(found):
        path = shapes.LineString(baseline)
        walls = [other for _, other in found[:index] + found[index + 1 :]]
        walls += [region for region, area in zip(regions, areas, strict=True) if is_in_region(path, area)]
        polygon = calculate_polygonal_environment(
            baselines=[baseline], im_feats=features, suppl_obj=walls, topline=bool(classes.topline)
        )[0]
        traced.append(_Traced(kind, baseline, polygon))
    return traced


def _finished(
    lines: Sequence[_Traced], heat: HeatMap, regions: Sequence[Region], writing: str
) -> tuple[tuple[Line, ...], tuple[Note, ...]]:
    """Scale, put in order and name the lines; a line without a polygon keeps its place with a made one."""
    areas = [(region, shapes.Polygon(region.boundary)) for region in regions]
    band = band_height([line.baseline for line in lines])
    shaped = [_shaped(line, heat, band) for line in lines]
    homes = [[region for region, area in areas if is_in_region(shapes.LineString(base), area)] for base, _ in shaped]
    order = _order(shaped, homes, regions, writing)
    named, notes = [], []
    for number, index in enumerate(order, 1):
        name = LineId(f"l{number}")
        baseline, boundary = shaped[index]
        home = homes[index][0].id if homes[index] else None
        named.append(Line(name, boundary, baseline, home, kind=lines[index].kind))
        if lines[index].polygon is None:
            notes.append(note_of_band(name, "Kraken"))
    return tuple(named), tuple(notes)


def _order(
    shaped: Sequence[tuple[Points, Points]],
    homes: Sequence[Sequence[Region]],
    regions: Sequence[Region],
    writing: str,
) -> Sequence[int]:
    if not shaped:
        return ()
    lines = [
        BaselineLine(id=str(n), baseline=list(base), boundary=list(shape), regions=[region.id for region in home])
        for n, ((base, shape), home) in enumerate(zip(shaped, homes, strict=True))
    ]
    areas = [KrakenRegion(id=region.id, boundary=list(region.boundary)) for region in regions]
    order: Sequence[int] = polygonal_reading_order(lines=lines, regions=areas, text_direction=writing[-2:])
    return order


def _shaped(line: _Traced, heat: HeatMap, band: int) -> tuple[Points, Points]:
    polygon = band_around(line.baseline, band) if line.polygon is None else line.polygon
    ((baseline, boundary),) = scale_polygonal_lines([(line.baseline, polygon)], heat.scale)
    return heat.on_page(baseline), heat.on_page(boundary)


def _scaled(polygon: list[tuple[int, int]], scale: tuple[float, float]) -> list[tuple[int, int]]:
    (scaled,) = scale_regions([polygon], scale)
    return [(int(x), int(y)) for x, y in scaled]
