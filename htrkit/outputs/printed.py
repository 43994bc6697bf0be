"""The page as every output shows it: ids unique, points on the page, text clean, lines grouped in their regions."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from htrkit.core.xml_ids import Ids
from htrkit.domain.geometry import Points, Size, bounding_box
from htrkit.domain.names import RegionId
from htrkit.domain.page import Direction, Line, PageRecord, Region, RegionKind
from htrkit.domain.renderers import TextForm
from htrkit.outputs.shapes import baseline_on_page, grown_around, polygon_on_page, rectangle
from htrkit.outputs.text import normalized, xml_text
from htrkit.outputs.words import Word, words_of


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line with its text as XML may hold it."""

    id: str
    given: Line
    boundary: Points
    baseline: Points
    """Empty where the layout has none."""
    text: str
    confidence: float | None
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class PrintedRegion:
    """A region and the lines that stand in it, in reading order."""

    id: str
    given: RegionId | None
    """Its id in the record; None for a region made around lines that had none."""
    kind: RegionKind
    label: str | None
    boundary: Points
    parent: str | None
    lines: tuple[PrintedLine, ...]

    @property
    def direction(self) -> Direction | None:
        """The direction that all of its lines have."""
        directions = {line.given.direction for line in self.lines}
        return directions.pop() if len(directions) == 1 else None


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page's regions in the order of their first lines; those without lines come after."""

    record: PageRecord
    regions: tuple[PrintedRegion, ...]
    order: tuple[str, ...]
    """The ids of all lines in reading order, which the regions' order follows as far as regions can."""
    ids: Ids

    @property
    def size(self) -> Size:
        """The picture's size."""
        return self.record.image.size

    @property
    def lines(self) -> Iterator[PrintedLine]:
        """All lines, region by region."""
        for region in self.regions:
            yield from region.lines

    @property
    def reads_as_it_stands(self) -> bool:
        """Whether the lines, region by region, stand in reading order."""
        return tuple(line.id for line in self.lines) == self.order


def printed(record: PageRecord, form: TextForm) -> PrintedPage:
    """Give the page with every line in a region.

    Lines without one get a region around them, one for each run of such lines, so that the order stays. A region that
    does not hold its lines' or its inner regions' points grows around them.
    """
    ids, size = Ids(), record.image.size
    given = {region.id: region for region in record.layout.regions}
    names = {region: ids.take(region) for region in given}
    lines = [(line.region, printed_line(line, size, form, ids.take(line.id))) for line in record.lines]
    runs: dict[RegionId | int, list[PrintedLine]] = {}
    for number, (region, run) in enumerate(groupby(lines, key=lambda pair: pair[0] if pair[0] in given else None)):
        runs.setdefault(number if region is None else region, []).extend(line for _, line in run)
    for region in given:
        runs.setdefault(region, [])
    boundaries = _boundaries(given, runs, size)
    regions = [
        _made_region(run, ids)
        if isinstance(key, int)
        else PrintedRegion(
            id=names[key],
            given=key,
            kind=given[key].kind,
            label=given[key].label,
            boundary=boundaries[key],
            parent=None if (parent := _parent(given[key], given)) is None else names[parent],
            lines=tuple(run),
        )
        for key, run in runs.items()
    ]
    return PrintedPage(record, tuple(regions), tuple(line.id for _, line in lines), ids)


def printed_line(line: Line, size: Size, form: TextForm, name: str) -> PrintedLine:
    """Give one line as outputs show it, under the id given."""
    boundary = polygon_on_page(line.boundary or line.baseline, size)
    return PrintedLine(
        id=name,
        given=line,
        boundary=boundary,
        baseline=baseline_on_page(line.baseline, size),
        text=normalized(xml_text(line.text), form),
        confidence=fraction(line.confidence),
        words=words_of(line, boundary, size, form),
    )


def fraction(confidence: float | None) -> float | None:
    """Give a confidence that schemas accept: from 0 to 1 with four digits, or none where it is no number."""
    if confidence is None or math.isnan(confidence):
        return None
    return round(min(max(confidence, 0.0), 1.0), 4)


def _boundaries(
    given: Mapping[RegionId, Region], runs: Mapping[RegionId | int, Sequence[PrintedLine]], size: Size
) -> dict[RegionId, Points]:
    """Give each region's polygon, grown around what it holds; the innermost first."""
    found: dict[RegionId, Points] = {}
    for region in sorted(given.values(), key=lambda region: -_depth(region, given)):
        points = _points(runs[region.id])
        children = [shape for key, shape in found.items() if _parent(given[key], given) == region.id]
        own = polygon_on_page(region.boundary or points, size)
        found[region.id] = grown_around(own, (points, *children))
    return found


def _depth(region: Region, given: Mapping[RegionId, Region]) -> int:
    """Give how many regions a region stands in."""
    above, depth = _parent(region, given), 0
    while above is not None:
        above, depth = _parent(given[above], given), depth + 1
    return depth


def _parent(region: Region, given: Mapping[RegionId, Region]) -> RegionId | None:
    """Give the region that a region stands in; none for all of those whose parents go round in a circle."""
    seen = {region.id}
    above = region.parent
    while above is not None and above in given:
        if above in seen:
            return None
        seen.add(above)
        above = given[above].parent
    return region.parent if region.parent in given else None


def _made_region(lines: list[PrintedLine], ids: Ids) -> PrintedRegion:
    around = rectangle(bounding_box(_points(lines)))
    return PrintedRegion(ids.take("textblock_1"), None, RegionKind.TEXT, None, around, None, tuple(lines))


def _points(lines: Sequence[PrintedLine]) -> Points:
    return tuple(point for line in lines for shape in (line.boundary, line.baseline) for point in shape)
