"""Moves a given ALTO document into version 4 and into the picture's pixels."""

import re

from lxml import etree

from htrkit.core.points import Scale, fitted_points, read_points, scale_between
from htrkit.domain.geometry import Size
from htrkit.files.xml import XmlRefused, parse_xml
from htrkit.outputs.alto_dialect import NAMESPACE, Dialect, points_text, tag

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NAMESPACE = re.compile(
    r"""(["'])(?:https?://www\.loc\.gov/standards/alto/ns-v[0-9]+\#|https?://schema\.ccs-gmbh\.com/ALTO)\1"""
)
_NO_NAMESPACE = re.compile(r"<alto(?=[\s>])")
_SINCE_43 = ("BASEDIRECTION",)
_SINCE_44 = ("LANG", "ROTATION", "OTHERLANGS")
"""Attributes of a page that 4.2 does not have."""
_LENGTHS = {"RADIUS": "x", "HLENGTH": "x", "VLENGTH": "y"}


def moved(source: str, dialect: Dialect, size: Size) -> etree._Element | None:
    """Give the document's root in the dialect and in the picture's pixels; None where it cannot be read."""
    text = _NAMESPACE.sub(f'"{NAMESPACE}"', _DECLARATION.sub("", source))
    if f'"{NAMESPACE}"' not in text:
        text = _NO_NAMESPACE.sub(f'<alto xmlns="{NAMESPACE}"', text, count=1)
    try:
        root = parse_xml(text.encode("utf-8", "replace"))
    except XmlRefused:
        return None
    sheet = root.find(f"{tag('Layout')}/{tag('Page')}")
    if root.tag != tag("alto") or sheet is None:
        return None
    scale = scale_between(sheet.get("WIDTH"), sheet.get("HEIGHT"), size)
    for element in sheet.iterdescendants("*"):
        _fit_points(element, scale, size)
        _fit_box(element, scale, size)
    if not dialect.is_new:
        _go_back_to_42(root, sheet)
    return root


def _fit_points(element: etree._Element, scale: Scale, size: Size) -> None:
    """Fit a polygon or a baseline; one that fits already stays as it is written."""
    for attribute in ("POINTS", "BASELINE"):
        text = element.get(attribute)
        points = fitted_points(text, scale, size) if text else ()
        if text and points and points != read_points(text):
            element.set(attribute, points_text(points))


def _fit_box(element: etree._Element, scale: Scale, size: Size) -> None:
    """Fit an element's box, in whole pixels; what is no number is left to the schema."""
    for attribute, axis in _LENGTHS.items():
        if attribute in element.attrib and not scale.is_none:
            _set_number(element, attribute, _number(element, attribute), getattr(scale, axis))
    for start, length, factor, limit in (
        ("HPOS", "WIDTH", scale.x, size.width),
        ("VPOS", "HEIGHT", scale.y, size.height),
    ):
        low, extent = _number(element, start), _number(element, length)
        if low is not None:
            first = min(max(round(low * factor), 0), limit - 1)
            _set_whole(element, start, first)
            if extent is not None:
                last = min(max(round((low + extent) * factor), first), limit)
                _set_whole(element, length, last - first)
        elif extent is not None:
            _set_whole(element, length, min(max(round(extent * factor), 0), limit))


def _number(element: etree._Element, attribute: str) -> float | None:
    try:
        number = float(element.get(attribute, ""))
    except ValueError:
        return None
    return number if -1e9 < number < 1e9 else None


def _set_number(element: etree._Element, attribute: str, number: float | None, factor: float) -> None:
    if number is not None:
        element.set(attribute, f"{number * factor:.1f}")


def _set_whole(element: etree._Element, attribute: str, number: int) -> None:
    if element.get(attribute) != str(number):
        element.set(attribute, str(number))


def _go_back_to_42(root: etree._Element, sheet: etree._Element) -> None:
    """Take out what came with 4.3 and 4.4; the page record keeps it."""
    order = root.find(tag("ReadingOrder"))
    if order is not None:
        root.remove(order)
    for element in sheet.iter("*"):
        for attribute in _SINCE_43:
            element.attrib.pop(attribute, "")
    for attribute in _SINCE_44:
        sheet.attrib.pop(attribute, "")
