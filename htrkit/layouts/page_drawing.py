"""PAGE XML as it is drawn: regions, lines, orders, labels (https://github.com/PRImA-Research-Lab/PAGE-XML)."""

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from htrkit.core.points import Scale, read_points
from htrkit.domain.geometry import Points
from htrkit.domain.page import Direction, LayoutKind, RegionKind
from htrkit.files.xml import local_name, namespace
from htrkit.layouts.drawing import Drawing, DrawnLine, DrawnRegion, Sheet, number

DIRECTIONS = {
    "left-to-right": Direction.LTR,
    "right-to-left": Direction.RTL,
    "top-to-bottom": Direction.TTB,
    "bottom-to-top": Direction.TTB,
}
KINDS = {kind.value: kind for kind in RegionKind}
_VERSION = re.compile(r"/(\d{4}-\d{2}-\d{2})$")
_CUSTOM = re.compile(r"([^\s{}]+)\s*\{([^{}]*)\}")


def page_sheet(root: etree._Element) -> Sheet:
    """Give the picture's size as the document has it."""
    page = _page(root)
    return Sheet(number(page.get("imageWidth")), number(page.get("imageHeight")))


def page_drawing(root: etree._Element, scale: Scale) -> Drawing:
    """Give what the document draws, scaled to the picture's pixels; every element has an id."""
    page = _page(root)
    version = _VERSION.search(namespace(root))
    return Drawing(
        LayoutKind.PAGE_XML,
        version.group(1) if version else None,
        [_region(element, scale) for element in page.iter("*") if local_name(element) in KINDS],
        [_line(element, scale) for element in page.iter("*") if local_name(element) == "TextLine"],
        list(_named(page)),
        DIRECTIONS.get(page.get("readingDirection", "")),
        page.get("primaryLanguage"),
    )


def _page(root: etree._Element) -> etree._Element:
    found = root.find("{*}Page")
    return root if found is None else found


def _region(element: etree._Element, scale: Scale) -> DrawnRegion:
    return DrawnRegion(
        element.get("id", ""),
        _points(element, "Coords", scale),
        KINDS[local_name(element)],
        element.get("type") or _custom(element, "structure", "type"),
        _region_above(element),
        _index(element),
    )


def _line(element: etree._Element, scale: Scale) -> DrawnLine:
    region = element.getparent()
    said = [element.get("readingDirection"), region.get("readingDirection") if region is not None else None]
    tongues = [_language(element), _language(region) if region is not None else None]
    return DrawnLine(
        element.get("id", ""),
        _points(element, "Coords", scale),
        _points(element, "Baseline", scale),
        (),
        _region_above(element),
        _index(element),
        _custom(element, "structure", "type"),
        next((DIRECTIONS[words] for words in said if words in DIRECTIONS), None),
        next((language for language in tongues if language), None),
        _text(element),
    )


def _points(element: etree._Element, name: str, scale: Scale) -> Points:
    """Read the points of a child, as an attribute or, as in 2010, as elements."""
    child = next((inner for inner in element if local_name(inner) == name), None)
    if child is None:
        return ()
    written = child.get("points")
    if written is None:
        written = " ".join(f"{point.get('x')},{point.get('y')}" for point in child if local_name(point) == "Point")
    return read_points(written, scale)


def _region_above(element: etree._Element) -> str | None:
    return next((above.get("id") for above in element.iterancestors() if local_name(above) in KINDS), None)


def _index(element: etree._Element) -> int | None:
    index = _custom(element, "readingOrder", "index") or ""
    return int(index) if index.isdigit() else None


def _custom(element: etree._Element, entry: str, key: str) -> str | None:
    """Read one value of Transkribus' `custom` attribute: `readingOrder {index:3;} structure {type:heading;}`."""
    for name, body in _CUSTOM.findall(element.get("custom", "")):
        for pair in body.split(";") if name == entry else ():
            left, colon, right = pair.partition(":")
            if colon and left.strip() == key and right.strip():
                return str(right.strip())
    return None


def _language(element: etree._Element) -> str | None:
    return _custom(element, "language", "type") or element.get("primaryLanguage")


def _text(line: etree._Element) -> str | None:
    """Give the line's text: of several TextEquiv the lowest index, else the first; without any, its words'."""
    own = _chosen(line)
    if own is not None:
        return own
    words = [text for word in line if local_name(word) == "Word" and (text := _chosen(word)) is not None]
    return " ".join(words) if words else None


def _chosen(element: etree._Element) -> str | None:
    found = [child for child in element if local_name(child) == "TextEquiv"]
    if not found:
        return None
    places = [int(index) if (index := one.get("index", "")).isdigit() else None for one in found]
    told = [place for place in places if place is not None]
    equivalent = found[places.index(min(told))] if told else found[0]
    for child in equivalent:
        if local_name(child) == "Unicode":
            return "".join(map(str, child.itertext()))
    return ""


def _named(page: etree._Element) -> Iterator[str]:
    order = next((child for child in page if local_name(child) == "ReadingOrder"), None)
    return _references(order) if order is not None else iter(())


def _references(group: etree._Element) -> Iterator[str]:
    """Give the references of a group in their order: by index where all have one, else as they stand."""
    for child in _by_index([child for child in group if isinstance(child.tag, str)]):
        if reference := child.get("regionRef"):
            yield reference
        yield from _references(child)


def _by_index(children: Sequence[etree._Element]) -> Sequence[etree._Element]:
    indices = [child.get("index", "") for child in children]
    if not all(index.isdigit() for index in indices):
        return children
    return sorted(children, key=lambda child: int(child.get("index", "0")))
