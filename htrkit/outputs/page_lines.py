"""Fills a PAGE line with its points, words and text, whoever made the element."""

from lxml import etree

from htrkit.core.points import read_points, same_shape
from htrkit.core.xml_ids import Ids
from htrkit.domain.geometry import Points
from htrkit.domain.page import Direction
from htrkit.files.xml import local_name
from htrkit.outputs.page_dialect import LINE_ORDER, Dialect, arrange, points_text
from htrkit.outputs.printed import PrintedLine, fraction

_DIRECTIONS = {
    Direction.LTR: "left-to-right",
    Direction.RTL: "right-to-left",
    Direction.TTB: "top-to-bottom",
}


def fill_line(element: etree._Element, line: PrintedLine, dialect: Dialect, ids: Ids) -> None:
    """Give a TextLine its record's points and text; words and text that were there go, everything else stays."""
    clear_text(element)
    set_points(element, "Coords", line.boundary, dialect)
    set_points(element, "Baseline", line.baseline, dialect)
    for number, word in enumerate(line.words, start=1):
        made = etree.SubElement(element, dialect.tag("Word"), id=ids.take(f"{element.get('id')}_w{number}"))
        set_points(made, "Coords", word.polygon, dialect)
        add_text(made, word.text, fraction(word.confidence), dialect)
    add_text(element, line.text, line.confidence, dialect)
    arrange(element, LINE_ORDER)


def clear_text(element: etree._Element) -> None:
    """Take out the words and the text that are directly in a line or region."""
    for child in list(element):
        if local_name(child) in {"Word", "TextEquiv"}:
            element.remove(child)


def add_text(element: etree._Element, text: str, confidence: float | None, dialect: Dialect) -> None:
    """Add a TextEquiv at the end."""
    equivalent = etree.SubElement(element, dialect.tag("TextEquiv"))
    if confidence is not None:
        equivalent.set("conf", str(confidence))
    etree.SubElement(equivalent, dialect.tag("Unicode")).text = text


def set_points(element: etree._Element, name: str, points: Points, dialect: Dialect) -> None:
    """Set the points of a child, made at the end where it is missing.

    What draws the same shape already stays as it is written. Without points there is nothing to say.
    """
    if not points:
        return
    child = element.find(dialect.tag(name))
    if child is None:
        child = etree.SubElement(element, dialect.tag(name))
    if not same_shape(read_points(child.get("points", "")), points):
        child.set("points", points_text(points))


def say_direction(element: etree._Element, direction: Direction | None) -> None:
    """Set a page's, region's or line's reading direction where what it stands in does not say the same."""
    if direction is None:
        return
    said = (above.get("readingDirection") for above in (element, *element.iterancestors()))
    if next((words for words in said if words), None) != _DIRECTIONS[direction]:
        element.set("readingDirection", _DIRECTIONS[direction])
