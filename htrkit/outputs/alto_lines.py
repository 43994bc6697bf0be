"""Fills an ALTO line with its points, words and text, whoever made the element."""

from lxml import etree

from htrkit.core.points import read_points, same_shape
from htrkit.core.xml_ids import Ids
from htrkit.domain.geometry import bounding_box
from htrkit.domain.page import Direction
from htrkit.files.xml import local_name
from htrkit.outputs.alto_dialect import points_text, set_box, tag
from htrkit.outputs.printed import PrintedLine, fraction

_TEXT = {"String", "SP", "HYP"}


def fill_line(element: etree._Element, line: PrintedLine, ids: Ids) -> None:
    """Give a TextLine its record's points and text; the text that was there goes, everything else stays."""
    clear_text(element)
    set_shape(element, line.boundary)
    if not same_shape(read_points(element.get("BASELINE", "")), line.baseline):
        element.set("BASELINE", points_text(line.baseline))
    if line.words:
        _add_words(element, line, ids)
    else:
        string = etree.SubElement(element, tag("String"), CONTENT=line.text)
        set_box(string, bounding_box(line.boundary))
        if line.confidence is not None and line.text:
            string.set("WC", str(line.confidence))


def clear_text(element: etree._Element) -> None:
    """Take out a line's strings, spaces and hyphens."""
    for child in list(element):
        if local_name(child) in _TEXT:
            element.remove(child)


def set_shape(element: etree._Element, points: tuple[tuple[int, int], ...]) -> None:
    """Give a line or block its polygon and the box around it.

    A polygon that draws the same already stays as it is written; a circle becomes the record's polygon.
    """
    set_box(element, bounding_box(points))
    shape = element.find(tag("Shape"))
    if shape is None:
        shape = etree.Element(tag("Shape"))
        element.insert(0, shape)
    polygon = shape.find(tag("Polygon"))
    if polygon is None:
        for other in list(shape):
            shape.remove(other)
        polygon = etree.SubElement(shape, tag("Polygon"))
    if not same_shape(read_points(polygon.get("POINTS", "")), points):
        polygon.set("POINTS", points_text(points))


def say_direction(element: etree._Element, direction: Direction | None) -> None:
    """Set a block's or line's direction (since 4.3) where what it stands in does not say the same."""
    if direction is None:
        return
    said = (above.get("BASEDIRECTION") for above in (element, *element.iterancestors()))
    if next((words for words in said if words), None) != direction.value:
        element.set("BASEDIRECTION", direction.value)


def _add_words(element: etree._Element, line: PrintedLine, ids: Ids) -> None:
    """Add strings with spaces between; a reader that joins them has the line's text.

    A space element is one space. Other white space goes into the string beside it: the schema wants a string between
    two spaces, and none before the first.
    """
    for place, word in enumerate(line.words):
        text = word.before + word.text + word.after
        if place and word.before.startswith(" "):
            text = text[1:]
            etree.SubElement(element, tag("SP"))
        name = ids.take(f"{element.get('ID')}_w{place + 1}")
        string = etree.SubElement(element, tag("String"), ID=name, CONTENT=text)
        set_box(string, bounding_box(word.polygon))
        confidence = fraction(word.confidence)
        if confidence is not None:
            string.set("WC", str(confidence))
