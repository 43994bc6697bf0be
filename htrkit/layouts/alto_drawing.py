"""ALTO as it is drawn: blocks, lines, orders, labels (https://github.com/altoxml/schema)."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from htrkit.core.points import Scale, read_points
from htrkit.domain.geometry import Points
from htrkit.domain.page import Direction, LayoutKind, RegionKind
from htrkit.files.xml import local_name, namespace
from htrkit.layouts.drawing import Drawing, DrawnLine, DrawnRegion, Sheet, number

DIRECTIONS = {"ltr": Direction.LTR, "rtl": Direction.RTL, "ttb": Direction.TTB, "btt": Direction.TTB}
BLOCKS = {
    "TextBlock": RegionKind.TEXT,
    "Illustration": RegionKind.IMAGE,
    "GraphicalElement": RegionKind.GRAPHIC,
    "ComposedBlock": RegionKind.UNKNOWN,
}
_VERSION = re.compile(r"ns-v(\d+)#?$")


def alto_sheet(root: etree._Element) -> Sheet:
    """Give the picture's size as the document has it, and its unit."""
    page = _page(root)
    unit = next(("".join(map(str, element.itertext())).strip() for element in root.iter("{*}MeasurementUnit")), "")
    return Sheet(number(page.get("WIDTH")), number(page.get("HEIGHT")), unit or "pixel")


def alto_drawing(root: etree._Element, scale: Scale) -> Drawing:
    """Give what the document draws, scaled to the picture's pixels; every element has an id."""
    page = _page(root)
    labels = {
        tag.get("ID", ""): tag.get("LABEL", "") for tags in root.iter("{*}Tags") for tag in tags if tag.get("LABEL")
    }
    lines = [element for element in page.iter("*") if local_name(element) == "TextLine"]
    version = _VERSION.search(namespace(root))
    return Drawing(
        LayoutKind.ALTO,
        root.get("SCHEMAVERSION") or (version.group(1) if version else None),
        [_block(element, labels, scale) for element in page.iter("*") if local_name(element) in BLOCKS],
        [_line(element, labels, scale) for element in lines],
        list(_named(root, lines)),
        DIRECTIONS.get(page.get("BASEDIRECTION", "")),
        page.get("LANG"),
    )


def _page(root: etree._Element) -> etree._Element:
    return next(root.iter("{*}Page"), root)


def _block(element: etree._Element, labels: Mapping[str, str], scale: Scale) -> DrawnRegion:
    return DrawnRegion(
        element.get("ID", ""),
        _polygon(element, scale) or _box(element, scale),
        BLOCKS[local_name(element)],
        _label(element, labels) or element.get("TYPE"),
        _block_above(element),
        None,
    )


def _line(element: etree._Element, labels: Mapping[str, str], scale: Scale) -> DrawnLine:
    block = element.getparent()
    holders = [element] if block is None else [element, block]
    return DrawnLine(
        element.get("ID", ""),
        _polygon(element, scale),
        read_points(element.get("BASELINE", ""), scale),
        _box(element, scale),
        _block_above(element),
        None,
        _label(element, labels),
        next((DIRECTIONS[said] for one in holders if (said := one.get("BASEDIRECTION", "")) in DIRECTIONS), None),
        next((tongue for one in holders if (tongue := one.get("LANG"))), None),
        _text(element),
    )


def _polygon(element: etree._Element, scale: Scale) -> Points:
    polygon = element.find("{*}Shape/{*}Polygon")
    return read_points(polygon.get("POINTS", ""), scale) if polygon is not None else ()


def _box(element: etree._Element, scale: Scale) -> Points:
    """Give the corners of HPOS, VPOS, WIDTH, HEIGHT; nothing where one is missing."""
    try:
        left, top, width, height = (float(element.get(name, "")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    except ValueError:
        return ()
    if not all(-1e9 < side < 1e9 for side in (left, top, width, height)):
        return ()
    corners = ((left, top), (left, top + height), (left + width, top + height), (left + width, top))
    return tuple(scale.point(x, y) for x, y in corners)


def _block_above(element: etree._Element) -> str | None:
    return next((above.get("ID") for above in element.iterancestors() if local_name(above) in BLOCKS), None)


def _label(element: etree._Element, labels: Mapping[str, str]) -> str | None:
    return next((labels[name] for name in element.get("TAGREFS", "").split() if name in labels), None)


def _text(line: etree._Element) -> str | None:
    """Join strings and spaces; where a document writes no spaces, each string is a word."""
    parts = [child for child in line.iter("*") if local_name(child) in {"String", "SP", "HYP"}]
    if not parts:
        return None
    gap = "" if any(local_name(part) == "SP" for part in parts) else " "
    text = ""
    for part in parts:
        match local_name(part):
            case "SP":
                text += " "
            case "HYP":
                text += part.get("CONTENT") or "-"
            case _:
                text += (gap if text else "") + (part.get("CONTENT") or "")
    return text


def _named(root: etree._Element, lines: list[etree._Element]) -> Iterator[str]:
    """Give references in their order; one to a string stands for its line."""
    homes = {part.get("ID"): line.get("ID", "") for line in lines for part in line.iter("{*}String") if part.get("ID")}
    for order in root.iter("{*}ReadingOrder"):
        for element in order.iter("*"):
            if reference := element.get("REF"):
                yield homes.get(reference, reference)
