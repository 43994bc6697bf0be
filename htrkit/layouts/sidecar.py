"""A PAGE or ALTO document becomes a layout: every line that people drew, in their order, fit to be cut out."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from lxml import etree

from htrkit.core.mending import SAID, Mend, Shape, line_height_of, mended
from htrkit.core.order import Placed, reading_order
from htrkit.core.points import SAME, Scale
from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.geometry import Points, Size, bounding_box, clipped
from htrkit.domain.names import LineId, RegionId
from htrkit.domain.page import Layout, LayoutOrigin, Line, Note, Region
from htrkit.files.xml import XmlRefused, local_name, parse_xml
from htrkit.layouts.alto_drawing import BLOCKS, alto_drawing, alto_sheet
from htrkit.layouts.drawing import Drawing, DrawnLine, Sheet
from htrkit.layouts.names import make_ids_unique
from htrkit.layouts.page_drawing import KINDS, page_drawing, page_sheet
from htrkit.layouts.sheet_size import fitted


@dataclass(frozen=True, slots=True)
class _Document:
    """A parsed document whose ids are unique."""

    root: etree._Element
    name: str
    sha256: str

    @property
    def is_alto(self) -> bool:
        return local_name(self.root) == "alto"

    @property
    def sheet(self) -> Sheet:
        return alto_sheet(self.root) if self.is_alto else page_sheet(self.root)

    def drawing(self, scale: Scale) -> Drawing:
        return alto_drawing(self.root, scale) if self.is_alto else page_drawing(self.root, scale)

    @property
    def text(self) -> str:
        return etree.tostring(self.root.getroottree(), encoding="unicode")


def read_sidecar(content: bytes, *, name: str, image: Size) -> Layout:
    """Give the layout in the picture's pixels; raises PageProblem of the classes sidecar and size."""
    document = _document(content, name)
    scale, notes = fitted(document.sheet, image, name=name)
    return _layout(document, document.drawing(scale), image, notes)


def read_truth(content: bytes, *, name: str) -> Layout:
    """Give the layout in the document's own size, where there is no picture to hold it against.

    Raises PageProblem, class sidecar.
    """
    document = _document(content, name)
    sheet, drawing = document.sheet, document.drawing(SAME)
    points = [point for line in drawing.lines for point in (*line.boundary, *line.baseline, *line.box)]
    extent = bounding_box(points) if points else None
    width = sheet.width or (extent.right + 1 if extent else 1)
    height = sheet.height or (extent.bottom + 1 if extent else 1)
    return _layout(document, drawing, Size(max(round(width), 1), max(round(height), 1)), ())


def _document(content: bytes, name: str) -> _Document:
    try:
        root = parse_xml(content)
    except XmlRefused as error:
        raise _refused(name, str(error)) from error
    match local_name(root):
        case "PcGts":
            make_ids_unique(root, lines="TextLine", regions=frozenset(KINDS))
        case "alto":
            make_ids_unique(root, lines="TextLine", regions=frozenset(BLOCKS))
        case other:
            raise _refused(name, f"neither PAGE nor ALTO: its root is `{other}`")
    return _Document(root, name, sha256(content).hexdigest())


def _refused(name: str, cause: str) -> PageProblem:
    return PageProblem(
        f"{name}: {cause}.",
        mend="Mend the file, or let Kraken find the lines with `-s kraken`.",
        failure=FailureClass.SIDECAR,
        step=Step.LAYOUT,
    )


def _layout(document: _Document, drawing: Drawing, size: Size, notes: tuple[Note, ...]) -> Layout:
    made, mends = _lines(drawing, size)
    order = reading_order(
        drawing.named,
        [Placed(region.id, region.parent, region.index) for region in drawing.regions],
        [Placed(line.id, line.region, line.index) for line in drawing.lines],
    )
    lines = {line.id: line for line in made}
    return Layout(
        LayoutOrigin(drawing.kind, document.name, document.sha256, drawing.version),
        _regions(drawing, made, size),
        tuple(lines[LineId(name)] for name in order),
        drawing.direction,
        drawing.language,
        document.text,
        (*notes, *mends),
    )


def _regions(drawing: Drawing, lines: Sequence[Line], size: Size) -> tuple[Region, ...]:
    points: dict[str | None, list[tuple[int, int]]] = {}
    for line in lines:
        points.setdefault(line.region, []).extend(line.boundary)
    return tuple(
        Region(
            RegionId(region.id),
            clipped(region.boundary, size) or _box_of(points.get(region.id, [])),
            region.kind,
            region.label,
            RegionId(region.parent) if region.parent else None,
        )
        for region in drawing.regions
    )


def _box_of(points: Sequence[tuple[int, int]]) -> Points:
    if not points:
        return ()
    box = bounding_box(points)
    return (box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)


def _lines(drawing: Drawing, size: Size) -> tuple[Sequence[Line], Sequence[Note]]:
    height = line_height_of((line.boundary or line.box for line in drawing.lines), size)
    lines, notes = [], []
    for drawn in drawing.lines:
        mend = mended(Shape(drawn.boundary or drawn.box, drawn.baseline), size, line_height=height)
        lines.append(_line(drawn, mend.shape))
        notes += [Note(code.value, f"Line {drawn.id}: {SAID[code]}.", LineId(drawn.id)) for code in mend.mends]
    return lines, _together(notes, len(lines))


def _together(notes: Sequence[Note], lines: int) -> Sequence[Note]:
    """Say once for the page what is true of every line of it: a document without baselines is no list of accidents."""
    told = list(notes)
    for code in Mend:
        same = [note for note in told if note.code == code.value]
        if lines > 1 and len(same) == lines:
            told = [note for note in told if note.code != code.value]
            told.append(Note(code.value, f"All {lines} lines: {SAID[code]}."))
    return told


def _line(drawn: DrawnLine, shape: Shape) -> Line:
    return Line(
        LineId(drawn.id),
        shape.boundary,
        shape.baseline,
        RegionId(drawn.region) if drawn.region else None,
        drawn.kind,
        drawn.direction,
        drawn.language,
        drawn.text,
    )
