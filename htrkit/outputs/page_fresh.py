"""PAGE XML from nothing but the record."""

from lxml import etree

from htrkit.core.xml_ids import Ids
from htrkit.domain.page import RegionKind
from htrkit.domain.renderers import Target
from htrkit.outputs.custom import with_structure
from htrkit.outputs.languages import page_language
from htrkit.outputs.page_dialect import PAGE_ORDER, REGION_ORDER, Dialect, arrange, is_type_of, new_document
from htrkit.outputs.page_lines import fill_line, say_direction, set_points
from htrkit.outputs.page_metadata import write_metadata
from htrkit.outputs.page_order import number_custom, write_reading_order
from htrkit.outputs.printed import PrintedLine, PrintedPage, PrintedRegion
from htrkit.outputs.text import xml_text

_PARENTS = {RegionKind.TEXT, RegionKind.TABLE}
"""What text regions stand in; in other regions readers do not look for lines."""
_ONLY_2019 = {RegionKind.MAP, RegionKind.CUSTOM}


def fresh_page_xml(page: PrintedPage, dialect: Dialect, target: Target) -> etree._Element:
    """Give the root of a whole document."""
    root = new_document(dialect)
    write_metadata(root, page.record, dialect)
    sheet = etree.SubElement(root, dialect.tag("Page"))
    describe_image(sheet, page)
    if dialect.is_new:
        say_direction(sheet, page.record.layout.direction)
        _say_language(sheet, page.record.layout.language)
    elements = _place_regions(sheet, page, dialect)
    texts = [region for region in page.regions if element_kind(region, dialect) is RegionKind.TEXT]
    lines = {}
    for region in page.regions:
        _describe_region(elements[region.id], region, page, dialect)
        lines[region.id] = [add_line(elements[region.id], line, dialect, page.ids) for line in region.lines]
        arrange(elements[region.id], REGION_ORDER)
    write_reading_order(sheet, [region.id for region in texts], dialect, page.ids)
    if target is Target.TRANSKRIBUS:
        number_custom([elements[region.id] for region in texts], [lines[region.id] for region in texts])
    arrange(sheet, PAGE_ORDER)
    return root


def describe_image(sheet: etree._Element, page: PrintedPage) -> None:
    """Name the picture and its size."""
    sheet.set("imageFilename", xml_text(page.record.image.name))
    sheet.set("imageWidth", str(page.size.width))
    sheet.set("imageHeight", str(page.size.height))


def element_kind(region: PrintedRegion, dialect: Dialect) -> RegionKind:
    """Give the element that a region becomes: only text regions have lines, and 2013 has no maps and custom ones."""
    if region.lines:
        return RegionKind.TEXT
    return RegionKind.UNKNOWN if region.kind in _ONLY_2019 and not dialect.is_new else region.kind


def add_region(above: etree._Element, region: PrintedRegion, dialect: Dialect) -> etree._Element:
    """Add a region at the end, with its id, type and points."""
    kind = element_kind(region, dialect)
    element = etree.SubElement(above, dialect.tag(kind.value), id=region.id)
    label = region.label or (None if kind is region.kind else region.kind.value)
    if label and is_type_of(label, kind, dialect):
        element.set("type", xml_text(label))
    elif label:
        element.set("custom", with_structure(None, xml_text(label)))
    set_points(element, "Coords", region.boundary, dialect)
    return element


def add_line(region: etree._Element, line: PrintedLine, dialect: Dialect, ids: Ids) -> etree._Element:
    """Add a line at the end of a region."""
    element = etree.SubElement(region, dialect.tag("TextLine"), id=line.id)
    if line.given.kind:
        element.set("custom", with_structure(None, xml_text(line.given.kind)))
    _say_language(element, line.given.language)
    if dialect.is_new:
        say_direction(element, line.given.direction)
    fill_line(element, line, dialect, ids)
    return element


def _place_regions(sheet: etree._Element, page: PrintedPage, dialect: Dialect) -> dict[str, etree._Element]:
    """Make every region's element, each in the region that it stands in where PAGE's readers look for it there."""
    elements = {region.id: add_region(sheet, region, dialect) for region in page.regions}
    kinds = {region.id: region.kind for region in page.regions}
    for region in page.regions:
        if region.parent and (not region.lines or kinds[region.parent] in _PARENTS):
            elements[region.parent].append(elements[region.id])
    return elements


def _describe_region(element: etree._Element, region: PrintedRegion, page: PrintedPage, dialect: Dialect) -> None:
    if element_kind(region, dialect) is not RegionKind.TEXT:
        return
    say_direction(element, region.direction or (None if dialect.is_new else page.record.layout.direction))
    if not dialect.is_new:
        _say_language(element, page.record.layout.language)


def _say_language(element: etree._Element, language: str | None) -> None:
    if name := page_language(language):
        element.set("primaryLanguage", name)
