"""ALTO from the document that the lines came from: what people wrote stays, the text is added."""

from dataclasses import dataclass, replace

from lxml import etree

from htrkit.core.points import read_points
from htrkit.core.xml_ids import Ids
from htrkit.domain.geometry import Box
from htrkit.domain.names import LineId, RegionId
from htrkit.files.xml import local_name
from htrkit.outputs.alto_dialect import BLOCKS, Dialect, name_schema, set_box, tag
from htrkit.outputs.alto_fresh import Tags, add_block, add_line, add_reading_order, describe_size
from htrkit.outputs.alto_keeping import keeper, make_ids_unique, prune_reading_order, tags_of
from htrkit.outputs.alto_lines import clear_text, fill_line, say_direction, set_shape
from htrkit.outputs.alto_metadata import write_description
from htrkit.outputs.alto_moving import moved
from htrkit.outputs.matching import Candidate, matched
from htrkit.outputs.printed import PrintedPage
from htrkit.outputs.pruning import make_valid
from htrkit.outputs.shapes import polygon_on_page

_PRECIOUS = frozenset({"alto", "Layout", "Page", "PrintSpace", "TextLine"})


@dataclass(frozen=True, slots=True)
class _Given:
    """A given document in hand, and what of the record is found in it."""

    root: etree._Element
    sheet: etree._Element
    dialect: Dialect
    ids: Ids
    blocks: dict[RegionId, etree._Element]
    lines: dict[LineId, etree._Element]


def given_alto(page: PrintedPage, source: str, dialect: Dialect) -> etree._Element | None:
    """Give the given document with the record's points and text; None where it cannot be made valid.

    What the schema refuses becomes a tag that nothing refers to (`alto_keeping`).
    """
    root = moved(source, dialect, page.size)
    if root is None:
        return None
    given = _found(root, page, dialect)
    name_schema(root, dialect)
    write_description(root, page.record, given.ids)
    describe_size(given.sheet, page)
    given.sheet.set("ID", given.sheet.get("ID") or given.ids.take("page_1"))
    given.sheet.set("PHYSICAL_IMG_NR", given.sheet.get("PHYSICAL_IMG_NR") or "1")
    _fill(given, page)
    _add_missing_lines(given, page)
    if dialect.is_new:
        _write_order(given, page)
    valid = make_valid(root, dialect.schema, precious=_PRECIOUS, keep=keeper(root, given.ids))
    return root if valid else None


def _found(root: etree._Element, page: PrintedPage, dialect: Dialect) -> _Given:
    """Find the record's regions and lines by id, and make all ids unique names."""
    sheet = next(root.iter(tag("Page")))
    named = [element for element in sheet.iter("*") if local_name(element) in BLOCKS]
    blocks = {RegionId(element.get("ID", "")): element for element in reversed(named)}
    candidates = [
        Candidate(element, element.get("ID", ""), _points_of(element)) for element in sheet.iter(tag("TextLine"))
    ]
    lines = matched(candidates, page.record.lines)
    for element in lines.values():
        clear_text(element)
    ids = Ids()
    make_ids_unique(root, ids)
    for name, element in lines.items():
        if "ID" not in element.attrib:
            element.set("ID", ids.take(name))
    return _Given(root, sheet, dialect, ids, blocks, lines)


def _points_of(line: etree._Element) -> tuple[tuple[int, int], ...]:
    polygon = line.find(f"{tag('Shape')}/{tag('Polygon')}")
    points = read_points(polygon.get("POINTS", "")) if polygon is not None else ()
    return points or read_points(f"{line.get('HPOS', '')} {line.get('VPOS', '')}")


def _fill(given: _Given, page: PrintedPage) -> None:
    for region in page.record.layout.regions:
        block = given.blocks.get(region.id)
        if block is not None and region.boundary:
            set_shape(block, polygon_on_page(region.boundary, page.size))
    for line in page.lines:
        element = given.lines.get(line.given.id)
        if element is None:
            continue
        fill_line(element, line, given.ids)
        if given.dialect.is_new:
            say_direction(element, line.given.direction)


def _add_missing_lines(given: _Given, page: PrintedPage) -> None:
    """Add the record's lines that the document does not hold, and blocks for them."""
    tags = Tags(given.ids)
    for region in page.regions:
        missing = [line for line in region.lines if line.given.id not in given.lines]
        if not missing:
            continue
        block = given.blocks.get(region.given) if region.given else None
        if block is None or local_name(block) != "TextBlock":
            new = replace(region, id=given.ids.take(region.id))
            block = add_block(_print_space(given, page), new, tags, page, given.dialect)
        for line in missing:
            named = replace(line, id=given.ids.take(line.id))
            given.lines[line.given.id] = add_line(block, named, tags, given.ids, given.dialect)
    if tags.any:
        tags.write(tags_of(given.root))


def _print_space(given: _Given, page: PrintedPage) -> etree._Element:
    space = given.sheet.find(tag("PrintSpace"))
    if space is None:
        space = etree.SubElement(given.sheet, tag("PrintSpace"))
        set_box(space, Box(0, 0, page.size.width, page.size.height))
    return space


def _write_order(given: _Given, page: PrintedPage) -> None:
    """Keep the order that the document tells; where it tells none and its lines stand in another, tell ours."""
    order = given.root.find(tag("ReadingOrder"))
    if order is not None and prune_reading_order(order):
        return
    if order is not None:
        given.root.remove(order)
    ours = [given.lines[line.id].get("ID", "") for line in page.record.lines]
    known = set(ours)
    stands = [name for element in given.sheet.iter(tag("TextLine")) if (name := element.get("ID", "")) in known]
    if stands != ours:
        made = add_reading_order(given.root, ours, given.ids)
        given.root.insert(given.root.index(next(given.root.iterchildren(tag("Layout")))), made)
