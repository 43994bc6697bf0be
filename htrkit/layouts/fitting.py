"""What a document draws, fitted to its picture: scaled, mended where it must be, and every mend told."""

from collections.abc import Mapping, Sequence

from htrkit.core.mending import SAID, Mend, Shape, line_height_of, mended, on_page
from htrkit.core.points import Scale
from htrkit.core.tracing import rectangle
from htrkit.domain.geometry import Point, Points, Size, bounding_box
from htrkit.domain.names import LineId, RegionId
from htrkit.domain.page import Direction, Line, Note, Region
from htrkit.layouts.drawing import Drawing, DrawnLine, DrawnRegion

_NUMBERS = "points-broken"
_NOWHERE = "line-without-place"
SAID_OF_DOCUMENT = {
    _NUMBERS: "coordinates that are no numbers, or lack their partner, were left out",
    _NOWHERE: "the document gives no place on the page",
}
"""What a note says of each."""
_TEXTS = {code.value: text for code, text in SAID.items()} | SAID_OF_DOCUMENT


def fitted_regions(
    drawing: Drawing, lines: Sequence[Line], scale: Scale, size: Size
) -> tuple[tuple[Region, ...], tuple[Note, ...]]:
    """Give the regions; one without points gets the box around its lines, and none where it has no lines."""
    drawn = [one.boundary.scaled(scale) for one in drawing.regions]
    kept = [on_page(points, size) for points in drawn]
    moved = sum(before != after for before, after in zip(drawn, kept, strict=True))
    message = f"Points outside of the page were moved onto it, in {moved} of {len(kept)} regions."
    held: dict[RegionId | None, list[Point]] = {}
    for line in lines:
        held.setdefault(line.region, []).extend(line.boundary)
    regions = (_region(one, points, held) for one, points in zip(drawing.regions, kept, strict=True))
    return tuple(regions), (Note("region-points-clipped", message),) if moved else ()


def fitted_lines(drawing: Drawing, scale: Scale, size: Size) -> tuple[tuple[Line, ...], tuple[Note, ...]]:
    """Give every line of the document, in its order, and what was mended."""
    shapes = [_shape(drawn, scale) for drawn in drawing.lines]
    height = line_height_of((on_page(shape.boundary or shape.box, size) for shape in shapes), size)
    homes = {region.id: region.boundary.scaled(scale) for region in drawing.regions}
    lines: list[Line] = []
    notes: list[Note] = []
    for drawn, shape in zip(drawing.lines, shapes, strict=True):
        line, codes = _line(drawn, shape, homes.get(drawn.region or "", ()), size, height)
        lines.append(line)
        notes += [Note(code, f"Line {drawn.id}: {_TEXTS[code]}.", line.id) for code in codes]
    return tuple(lines), tuple(_together(notes, len(lines)))


def _region(drawn: DrawnRegion, points: Points, held: Mapping[RegionId | None, Sequence[Point]]) -> Region:
    name = RegionId(drawn.id)
    if not points and name in held:
        points = rectangle(bounding_box(held[name]))
    return Region(name, points, drawn.kind, drawn.label, RegionId(drawn.parent) if drawn.parent else None)


def _shape(drawn: DrawnLine, scale: Scale) -> Shape:
    return Shape(drawn.boundary.scaled(scale), drawn.baseline.scaled(scale), drawn.box.scaled(scale))


def _line(drawn: DrawnLine, shape: Shape, home: Points, size: Size, height: int) -> tuple[Line, Sequence[str]]:
    """Give the line and the codes of what was done; one that has no place, or none on the page, is not to be read."""
    nowhere = not (shape.boundary or shape.baseline or shape.box)
    if nowhere:
        shape = Shape((), (), home)
    made = mended(shape, size, line_height=height, downwards=drawn.direction is Direction.TTB)
    codes: list[str] = [_NOWHERE] if nowhere else [mend.value for mend in made.mends]
    if drawn.boundary.broken or drawn.baseline.broken:
        codes.insert(0, _NUMBERS)
    unread = next((_TEXTS[code] for code in (_NOWHERE, Mend.OFF_PAGE.value) if code in codes), None)
    line = Line(
        LineId(drawn.id),
        made.boundary,
        made.baseline,
        region=RegionId(drawn.region) if drawn.region else None,
        kind=drawn.kind,
        direction=drawn.direction,
        language=drawn.language,
        given_text=drawn.text,
        unread=unread,
    )
    return line, codes


def _together(notes: Sequence[Note], lines: int) -> Sequence[Note]:
    """Say once for the page what is true of every line of it: a document without baselines is no list of accidents."""
    told = list(notes)
    for code, text in _TEXTS.items():
        if lines > 1 and sum(note.code == code for note in told) == lines:
            told = [note for note in told if note.code != code]
            told.append(Note(code, f"All {lines} lines: {text}."))
    return told
