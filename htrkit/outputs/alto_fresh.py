"""ALTO from nothing but the record."""

from collections.abc import Sequence

from lxml import etree

from htrkit.core.xml_ids import Ids
from htrkit.domain.geometry import Box
from htrkit.domain.page import RegionKind
from htrkit.outputs.alto_dialect import Dialect, new_document, set_box, tag
from htrkit.outputs.alto_lines import fill_line, say_direction, set_shape
from htrkit.outputs.alto_metadata import write_description
from htrkit.outputs.languages import language_code
from htrkit.outputs.printed import PrintedLine, PrintedPage, PrintedRegion
from htrkit.outputs.text import xml_text

_BLOCKS = {
    RegionKind.TEXT: "TextBlock",
    RegionKind.IMAGE: "Illustration",
    RegionKind.GRAPHIC: "GraphicalElement",
    RegionKind.LINE_DRAWING: "GraphicalElement",
    RegionKind.SEPARATOR: "GraphicalElement",
}
"""ALTO's blocks; what is none of them is a ComposedBlock, and a region with lines a TextBlock."""


class Tags:
    """The document's tags for kinds of regions and lines: one for each kind and label."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._known: dict[tuple[str, str], str] = {}

    def take(self, kind: str, label: str) -> str:
        """Give the id of the tag; `kind` is `region` or `line`."""
        if (kind, label) not in self._known:
            prefix = "BT" if kind == "region" else "LT"
            self._known[kind, label] = self._ids.take(f"{prefix}{len(self._known) + 1}")
        return self._known[kind, label]

    @property
    def any(self) -> bool:
        """Whether a tag was taken."""
        return bool(self._known)

    def write(self, into: etree._Element) -> None:
        """Add the tags as eScriptorium writes them."""
        for (kind, label), name in self._known.items():
            text = xml_text(label)
            what = "block" if kind == "region" else "line"
            etree.SubElement(into, tag("OtherTag"), ID=name, LABEL=text, DESCRIPTION=f"{what} type {text}")


def fresh_alto(page: PrintedPage, dialect: Dialect) -> etree._Element:
    """Give the root of a whole document; inner regions stand beside the outer ones, where readers look for lines."""
    root = new_document(dialect)
    write_description(root, page.record, page.ids)
    tags = Tags(page.ids)
    tags_element = etree.SubElement(root, tag("Tags"))
    if dialect.is_new and not page.reads_as_it_stands:
        add_reading_order(root, page.order, page.ids)
    sheet = etree.SubElement(etree.SubElement(root, tag("Layout")), tag("Page"))
    sheet.set("ID", page.ids.take("page_1"))
    sheet.set("PHYSICAL_IMG_NR", str((page.record.image.frame or 0) + 1))
    describe_size(sheet, page)
    if dialect.is_new and (language := language_code(page.record.layout.language)):
        sheet.set("LANG", language)
    space = etree.SubElement(sheet, tag("PrintSpace"))
    set_box(space, Box(0, 0, page.size.width, page.size.height))
    for region in page.regions:
        block = add_block(space, region, tags, page, dialect)
        for line in region.lines:
            add_line(block, line, tags, page.ids, dialect)
    tags.write(tags_element)
    if not tags.any:
        root.remove(tags_element)
    return root


def describe_size(sheet: etree._Element, page: PrintedPage) -> None:
    """Give the page its size in pixels."""
    sheet.set("WIDTH", str(page.size.width))
    sheet.set("HEIGHT", str(page.size.height))


def add_block(
    space: etree._Element, region: PrintedRegion, tags: Tags, page: PrintedPage, dialect: Dialect
) -> etree._Element:
    """Add a region at the end, with its id, kind and points."""
    name = "TextBlock" if region.lines else _BLOCKS.get(region.kind, "ComposedBlock")
    block = etree.SubElement(space, tag(name), ID=region.id)
    label = region.label or (None if _BLOCKS.get(region.kind) == name else region.kind.value)
    if label:
        block.set("TAGREFS", tags.take("region", label))
    set_shape(block, region.boundary)
    if name == "TextBlock" and dialect.is_new:
        say_direction(block, region.direction or page.record.layout.direction)
    return block


def add_line(block: etree._Element, line: PrintedLine, tags: Tags, ids: Ids, dialect: Dialect) -> etree._Element:
    """Add a line at the end of a block."""
    element = etree.SubElement(block, tag("TextLine"), ID=line.id)
    if line.given.kind:
        element.set("TAGREFS", tags.take("line", line.given.kind))
    if language := language_code(line.given.language):
        element.set("LANG", language)
    if dialect.is_new:
        say_direction(element, line.given.direction)
    fill_line(element, line, ids)
    return element


def add_reading_order(root: etree._Element, lines: Sequence[str], ids: Ids) -> etree._Element:
    """Name all lines in reading order (since 4.3)."""
    order = etree.SubElement(root, tag("ReadingOrder"))
    group = etree.SubElement(order, tag("OrderedGroup"), ID=ids.take("reading_order"))
    for number, line in enumerate(lines, start=1):
        etree.SubElement(group, tag("ElementRef"), ID=ids.take(f"order_{number}"), REF=line)
    return order
