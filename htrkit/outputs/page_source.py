"""PAGE XML from the document that the lines came from: what people wrote stays, the text is added."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree

from htrkit.core.points import read_points
from htrkit.core.xml_ids import Ids
from htrkit.domain.geometry import Points, Size
from htrkit.domain.names import LineId, RegionId
from htrkit.domain.page import RegionKind
from htrkit.domain.renderers import Target
from htrkit.files.xml import local_name
from htrkit.outputs.matching import Candidate, matched
from htrkit.outputs.page_dialect import (
    LINE_ORDER,
    PAGE_ORDER,
    REGION_ORDER,
    REGIONS,
    Dialect,
    arrange,
    name_schema,
)
from htrkit.outputs.page_fresh import add_line, add_region, describe_image
from htrkit.outputs.page_keeping import keeper
from htrkit.outputs.page_lines import add_text, clear_text, fill_line, say_direction, set_points
from htrkit.outputs.page_metadata import write_metadata
from htrkit.outputs.page_moving import moved
from htrkit.outputs.page_order import number_custom, prune_reading_order, write_reading_order
from htrkit.outputs.printed import PrintedLine, PrintedPage
from htrkit.outputs.pruning import make_valid
from htrkit.outputs.shapes import polygon_on_page

_PRECIOUS = frozenset({"PcGts", "Page", "Metadata", "TextLine"})


@dataclass(frozen=True, slots=True)
class _Given:
    """A given document in hand, and what of the record is found in it."""

    root: etree._Element
    sheet: etree._Element
    dialect: Dialect
    ids: Ids
    regions: dict[RegionId, etree._Element]
    lines: dict[LineId, etree._Element]


def given_page_xml(page: PrintedPage, source: str, dialect: Dialect, target: Target) -> etree._Element | None:
    """Give the given document with the record's points and text; None where it cannot be made valid.

    What the schema refuses is moved to where the schema has room for it (`page_keeping`).
    """
    root = moved(source, dialect, page.size)
    if root is None:
        return None
    given = _found(root, page, dialect)
    _mend_coords(given.sheet, page.size, dialect)
    write_metadata(root, page.record, dialect)
    name_schema(root, dialect)
    describe_image(given.sheet, page)
    _fill(given, page)
    _add_missing_lines(given, page)
    _rewrite_region_texts(given, page)
    _write_order(given, page, target)
    _arrange(given)
    valid = make_valid(root, dialect.schema, precious=_PRECIOUS, keep=keeper(root, dialect))
    return root if valid else None


def _found(root: etree._Element, page: PrintedPage, dialect: Dialect) -> _Given:
    """Find the record's regions and lines by id, and make all ids unique names."""
    sheet = root.find(dialect.tag("Page"))
    assert sheet is not None  # noqa: S101 - `moved` has looked
    named = [element for element in sheet.iter("*") if local_name(element) in REGIONS]
    regions = {RegionId(element.get("id", "")): element for element in reversed(named)}
    candidates = [
        Candidate(element, element.get("id", ""), _points_of(element, dialect))
        for element in sheet.iter(dialect.tag("TextLine"))
    ]
    lines = matched(candidates, page.record.lines)
    for element in lines.values():
        clear_text(element)
    ids = Ids()
    _make_unique(root, ids)
    for name, element in lines.items():
        if "id" not in element.attrib:
            element.set("id", ids.take(name))
    return _Given(root, sheet, dialect, ids, regions, lines)


def _points_of(line: etree._Element, dialect: Dialect) -> Points:
    coords = line.find(dialect.tag("Coords"))
    return read_points(coords.get("points", "")) if coords is not None else ()


def _make_unique(root: etree._Element, ids: Ids) -> None:
    """Make every id a name of its own; references follow to the first that had the name."""
    renamed: dict[str, str] = {}
    for element in root.iter("*"):
        attribute = "pcGtsId" if element is root else "id"
        if (name := element.get(attribute)) is not None:
            new = ids.take(name)
            renamed.setdefault(name, new)
            element.set(attribute, new)
    for element in list(root.iter("*")):
        reference = element.get("regionRef")
        if reference in renamed:
            element.set("regionRef", renamed[reference])
        elif reference is not None:
            _remove_dangling(element)


def _remove_dangling(reference: etree._Element) -> None:
    """Take out a relation with nothing, or a layer's part that is not there, and what is empty then.

    A reading order's references are dealt with where it is written.
    """
    owner = reference.getparent()
    if owner is None or local_name(owner) not in {"Layer", "Relation"}:
        return
    empty = owner if local_name(owner) == "Relation" else reference
    while (above := empty.getparent()) is not None:
        above.remove(empty)
        if len(above):
            return
        empty = above


def _mend_coords(sheet: etree._Element, size: Size, dialect: Dialect) -> None:
    """Give points to regions and lines that have none: those of what they hold, of what holds them, or the page."""
    holders = [element for element in sheet.iter("*") if local_name(element) in {*REGIONS, "TextLine"}]
    for element in holders:
        coords = element.find(dialect.tag("Coords"))
        if coords is not None and read_points(coords.get("points", "")):
            continue
        inner = [point for part in element.iter("*") for point in read_points(part.get("points", ""))]
        set_points(element, "Coords", polygon_on_page(tuple(inner), size), dialect)


def _fill(given: _Given, page: PrintedPage) -> None:
    for region in page.record.layout.regions:
        element = given.regions.get(region.id)
        if element is not None and region.boundary:
            set_points(element, "Coords", polygon_on_page(region.boundary, page.size), given.dialect)
    for line in page.lines:
        element = given.lines.get(line.given.id)
        if element is not None:
            fill_line(element, line, given.dialect, given.ids)
            if given.dialect.is_new:
                say_direction(element, line.given.direction)


def _add_missing_lines(given: _Given, page: PrintedPage) -> None:
    """Add the record's lines that the document does not hold, and regions for them."""
    for region in page.regions:
        missing = [line for line in region.lines if line.given.id not in given.lines]
        if not missing:
            continue
        element = given.regions.get(region.given) if region.given else None
        if element is None or local_name(element) != RegionKind.TEXT:
            element = add_region(given.sheet, replace(region, id=given.ids.take(region.id)), given.dialect)
            given.regions[region.given or RegionId(region.id)] = element
        for line in missing:
            new = replace(line, id=given.ids.take(line.id))
            given.lines[line.given.id] = add_line(element, new, given.dialect, given.ids)


def _rewrite_region_texts(given: _Given, page: PrintedPage) -> None:
    """Where a region told its text, it tells the new one."""
    for region, lines in _by_region(given, page):
        if region.find(given.dialect.tag("TextEquiv")) is not None:
            clear_text(region)
            add_text(region, "\n".join(line.text for line, _ in lines), None, given.dialect)


def _write_order(given: _Given, page: PrintedPage, target: Target) -> None:
    by_region = _by_region(given, page)
    order = given.sheet.find(given.dialect.tag("ReadingOrder"))
    known = frozenset(element.get("id", "") for element in given.sheet.iter("*") if local_name(element) in REGIONS)
    if order is None or not prune_reading_order(order, known):
        if order is not None:
            given.sheet.remove(order)
        write_reading_order(given.sheet, [region.get("id", "") for region, _ in by_region], given.dialect, given.ids)
    if target is Target.TRANSKRIBUS:
        number_custom(
            [region for region, _ in by_region], [[element for _, element in lines] for _, lines in by_region]
        )


def _by_region(
    given: _Given, page: PrintedPage
) -> Sequence[tuple[etree._Element, list[tuple[PrintedLine, etree._Element]]]]:
    """Give the text regions in the order of their first lines, each with its lines; those without lines come last."""
    places = {name: place for place, name in enumerate(line.id for line in page.record.lines)}
    printed = sorted(page.lines, key=lambda line: places[line.given.id])
    found: dict[etree._Element, list[tuple[PrintedLine, etree._Element]]] = {}
    for line in printed:
        element = given.lines[line.given.id]
        region = element.getparent()
        if region is not None:
            found.setdefault(region, []).append((line, element))
    for region in given.sheet.iter(given.dialect.tag(RegionKind.TEXT.value)):
        found.setdefault(region, [])
    return list(found.items())


def _arrange(given: _Given) -> None:
    arrange(given.sheet, PAGE_ORDER)
    for element in list(given.sheet.iter("*")):
        if local_name(element) in REGIONS:
            arrange(element, REGION_ORDER)
        elif local_name(element) == "TextLine":
            arrange(element, LINE_ORDER)
