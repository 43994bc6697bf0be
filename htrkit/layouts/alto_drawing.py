"""ALTO as it is drawn: blocks, lines, orders, labels (https://github.com/altoxml/schema)."""

from collections.abc import Mapping

from lxml import etree

from htrkit.domain.page import Direction, LayoutKind, RegionKind
from htrkit.files.xml import local_name
from htrkit.layouts.alto_tags import Tags, read_tags
from htrkit.layouts.alto_text import text_of
from htrkit.layouts.document_words import alto_version, child, children, first_sheet, id_above, nearest
from htrkit.layouts.drawing import Drawing, DrawnLine, DrawnRegion, Sheet, number
from htrkit.layouts.written_points import NOTHING, WrittenPoints, around, written_box, written_points

DIRECTIONS = {"ltr": Direction.LTR, "rtl": Direction.RTL, "ttb": Direction.TTB}
"""There is no word of ours for bottom to top; the document keeps its own."""
BLOCKS = {
    "TextBlock": RegionKind.TEXT,
    "Illustration": RegionKind.IMAGE,
    "GraphicalElement": RegionKind.GRAPHIC,
    "ComposedBlock": RegionKind.UNKNOWN,
}
PIXEL = "pixel"


def alto_drawing(root: etree._Element) -> Drawing:
    """Give what the document draws; every block and line has an id."""
    page, notes = first_sheet(root)
    tags = read_tags(root)
    lines = [element for element in page.iter("*") if local_name(element) == "TextLine"]
    order = child(root, "ReadingOrder")
    return Drawing(
        LayoutKind.ALTO,
        alto_version(root),
        Sheet(number(page.get("WIDTH")), number(page.get("HEIGHT")), _unit(root)),
        [_block(element, tags) for element in page.iter("*") if local_name(element) in BLOCKS],
        [_line(element, tags) for element in lines],
        [] if order is None else _named(order, _homes(lines)),
        DIRECTIONS.get(page.get("BASEDIRECTION", "")),
        page.get("LANG"),
        notes,
    )


def _unit(root: etree._Element) -> str:
    """Give the measurement unit in small letters; pixels where none is named."""
    units = (element for element in root.iter("*") if local_name(element) == "MeasurementUnit")
    return next(((unit.text or "").strip().lower() for unit in units), "") or PIXEL


def _block(element: etree._Element, tags: Tags) -> DrawnRegion:
    polygon = _polygon(element)
    return DrawnRegion(
        element.get("ID", ""),
        polygon if polygon.numbers else _box(element),
        BLOCKS[local_name(element)],
        element.get("TYPE") or tags.label(element, "region", "type"),
        id_above(element, BLOCKS, "ID"),
    )


def _line(element: etree._Element, tags: Tags) -> DrawnLine:
    box = _box(element)
    words = [_box(word) for word in children(element, "String")]
    return DrawnLine(
        element.get("ID", ""),
        _polygon(element),
        _baseline(element, box),
        id_above(element, BLOCKS, "ID"),
        box if box.numbers else around(words),
        None,
        tags.label(element, "type", "line"),
        DIRECTIONS.get(nearest(element, "BASEDIRECTION") or ""),
        _language(element, tags),
        text_of(element),
    )


def _polygon(element: etree._Element) -> WrittenPoints:
    shape = child(element, "Shape")
    polygon = None if shape is None else child(shape, "Polygon")
    return NOTHING if polygon is None else written_points(polygon.get("POINTS", ""))


def _box(element: etree._Element) -> WrittenPoints:
    return written_box(*(element.get(side) for side in ("HPOS", "VPOS", "WIDTH", "HEIGHT")))


def _baseline(line: etree._Element, box: WrittenPoints) -> WrittenPoints:
    """Read a baseline; up to ALTO 4.0 it was one number, its height on the page."""
    written = line.get("BASELINE", "")
    height = number(written)
    if height is None:
        return written_points(written)
    if not box.numbers:
        return NOTHING
    return WrittenPoints(((box.numbers[0][0], height), (box.numbers[2][0], height)))


def _language(line: etree._Element, tags: Tags) -> str | None:
    """Give the line's language, or that of a block around it; the page's is the layout's."""
    holders = (line, *(above for above in line.iterancestors() if local_name(above) in BLOCKS))
    said = (one.get("LANG") or tags.label(one, "language") for one in holders)
    return next((words for words in said if words), None)


def _homes(lines: list[etree._Element]) -> Mapping[str, str]:
    """Give the line of each string that has an id."""
    return {name: line.get("ID", "") for line in lines for word in children(line, "String") if (name := word.get("ID"))}


def _named(order: etree._Element, homes: Mapping[str, str]) -> list[str]:
    """Give the references of an order as they stand; one to a string stands for its line."""
    return [homes.get(name, name) for element in order.iter("*") if (name := element.get("REF"))]
