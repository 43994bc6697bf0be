"""PAGE XML as it is drawn: regions, lines, orders, labels (https://github.com/PRImA-Research-Lab/PAGE-XML)."""

from collections.abc import Iterator

from lxml import etree

from htrkit.domain.page import Direction, LayoutKind, RegionKind
from htrkit.files.xml import local_name
from htrkit.layouts.custom_words import custom_word
from htrkit.layouts.document_words import child, children, first_sheet, id_above, nearest, page_version
from htrkit.layouts.drawing import Drawing, DrawnLine, DrawnRegion, Sheet, index_of, number
from htrkit.layouts.page_text import text_of
from htrkit.layouts.written_points import NOTHING, WrittenPoints, around, written_points

DIRECTIONS = {
    "left-to-right": Direction.LTR,
    "right-to-left": Direction.RTL,
    "top-to-bottom": Direction.TTB,
}
"""There is no word of ours for bottom to top; the document keeps its own."""
KINDS = {kind.value: kind for kind in RegionKind}


def page_drawing(root: etree._Element) -> Drawing:
    """Give what the document draws; every region and line has an id."""
    page, notes = first_sheet(root)
    order = child(page, "ReadingOrder")
    return Drawing(
        LayoutKind.PAGE_XML,
        page_version(root),
        Sheet(number(page.get("imageWidth")), number(page.get("imageHeight"))),
        [_region(element) for element in page.iter("*") if local_name(element) in KINDS],
        [_line(element) for element in page.iter("*") if local_name(element) == "TextLine"],
        [] if order is None else list(_named(order)),
        DIRECTIONS.get(page.get("readingDirection", "")),
        page.get("primaryLanguage"),
        notes,
    )


def _region(element: etree._Element) -> DrawnRegion:
    return DrawnRegion(
        element.get("id", ""),
        _points(element, "Coords"),
        KINDS[local_name(element)],
        element.get("type") or custom_word(element, "structure", "type"),
        id_above(element, KINDS, "id"),
        index_of(custom_word(element, "readingOrder", "index")),
    )


def _line(element: etree._Element) -> DrawnLine:
    return DrawnLine(
        element.get("id", ""),
        _points(element, "Coords"),
        _points(element, "Baseline"),
        id_above(element, KINDS, "id"),
        around([_points(word, "Coords") for word in children(element, "Word")]),
        index_of(custom_word(element, "readingOrder", "index")),
        custom_word(element, "structure", "type"),
        DIRECTIONS.get(nearest(element, "readingDirection") or ""),
        _language(element),
        text_of(element),
    )


def _points(element: etree._Element, name: str) -> WrittenPoints:
    """Read the points of a child, as an attribute or, as in 2010, as elements."""
    found = child(element, name)
    if found is None:
        return NOTHING
    elements = " ".join(f"{point.get('x')},{point.get('y')}" for point in children(found, "Point"))
    return written_points(found.get("points") or elements)


def _language(line: etree._Element) -> str | None:
    """Give the line's language, or that of a region around it; the page's is the layout's."""
    holders = (line, *(above for above in line.iterancestors() if local_name(above) in KINDS))
    said = (one.get("primaryLanguage") or custom_word(one, "language", "type") for one in holders)
    return next((words for words in said if words), None)


def _named(group: etree._Element) -> Iterator[str]:
    """Give the references of a group; by index, and as they stand where there is none."""
    members = [member for member in group if local_name(member)]
    places = {member: index_of(member.get("index")) for member in members}
    for member in sorted(members, key=lambda one: (places[one] is None, places[one] or 0)):
        if region := member.get("regionRef"):
            yield region
        yield from _named(member)
