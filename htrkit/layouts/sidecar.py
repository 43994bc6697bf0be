"""A PAGE or ALTO document becomes a layout: every line that people drew, in their order, fit to be cut out."""

from htrkit.core.order import Placed, reading_order
from htrkit.core.points import SAME, Scale
from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId
from htrkit.domain.page import Layout, LayoutOrigin, Note
from htrkit.layouts.document import Document, read_document
from htrkit.layouts.drawing import Drawing
from htrkit.layouts.fitting import fitted_lines, fitted_regions
from htrkit.layouts.sheet_size import fitted


def read_sidecar(content: bytes, *, name: str, image: Size) -> Layout:
    """Give the layout in the picture's pixels, with no lines where the document has none.

    `name` is the file's, as it is shown. Polygons stay as they are written, closed ones closed, where nothing is wrong
    with them; what was mended is in the notes. Raises PageProblem of the classes sidecar and size.
    """
    document = read_document(content, name=name)
    scale, notes = fitted(document.drawing.sheet, image, name=name)
    return _layout(document, scale, image, notes)


def look_at_sidecar(content: bytes, *, name: str, image: Size) -> tuple[bool, tuple[Note, ...]]:
    """Tell whether the document has lines, and what should be said of its size against the picture's.

    Fails where `read_sidecar` would, at half the cost, since no line is made fit. Raises PageProblem likewise.
    """
    document = read_document(content, name=name)
    _, notes = fitted(document.drawing.sheet, image, name=name)
    return bool(document.drawing.lines), (*document.drawing.notes, *notes)


def read_truth(content: bytes, *, name: str) -> Layout:
    """Give the layout in the document's own size and units, where there is no picture to hold it against.

    Raises PageProblem, class sidecar.
    """
    document = read_document(content, name=name)
    return _layout(document, SAME, _own_size(document.drawing), ())


def _layout(document: Document, scale: Scale, size: Size, notes: tuple[Note, ...]) -> Layout:
    drawing = document.drawing
    lines, line_notes = fitted_lines(drawing, scale, size)
    regions, region_notes = fitted_regions(drawing, lines, scale, size)
    order = reading_order(
        drawing.named,
        [Placed(region.id, region.parent, region.index) for region in drawing.regions],
        [Placed(line.id, line.region, line.index) for line in drawing.lines],
    )
    by_id = {line.id: line for line in lines}
    return Layout(
        LayoutOrigin(drawing.kind, document.name, document.sha256, drawing.version),
        regions=regions,
        lines=tuple(by_id[LineId(name)] for name in order),
        direction=drawing.direction,
        language=drawing.language,
        source_xml=document.text,
        notes=(*drawing.notes, *notes, *region_notes, *line_notes),
    )


def _own_size(drawing: Drawing) -> Size:
    """Give the size that the document says, else as far as its points reach."""
    shapes = [shape for line in drawing.lines for shape in (line.boundary, line.baseline, line.box)]
    points = [point for shape in (*shapes, *(region.boundary for region in drawing.regions)) for point in shape.numbers]
    width = drawing.sheet.width or max((x for x, _ in points), default=0) + 1
    height = drawing.sheet.height or max((y for _, y in points), default=0) + 1
    return Size(max(round(width), 1), max(round(height), 1))
