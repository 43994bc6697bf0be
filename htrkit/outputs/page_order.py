"""PAGE's reading order: the element that names regions, and Transkribus' `custom` attributes."""

from collections.abc import Sequence

from lxml import etree

from htrkit.core.xml_ids import Ids
from htrkit.files.xml import local_name
from htrkit.outputs.custom import with_reading_order
from htrkit.outputs.page_dialect import Dialect

_GROUPS = ("OrderedGroup", "OrderedGroupIndexed", "UnorderedGroup", "UnorderedGroupIndexed")


def write_reading_order(page: etree._Element, regions: Sequence[str], dialect: Dialect, ids: Ids) -> None:
    """Name regions in their order at the end of the page; without any there is no order to tell."""
    if not regions:
        return
    order = etree.SubElement(page, dialect.tag("ReadingOrder"))
    group = etree.SubElement(
        order, dialect.tag("OrderedGroup"), id=ids.take("reading_order"), caption="Regions reading order"
    )
    for index, region in enumerate(regions):
        etree.SubElement(group, dialect.tag("RegionRefIndexed"), index=str(index), regionRef=region)


def prune_reading_order(order: etree._Element, known: frozenset[str]) -> bool:
    """Take out references to what does not exist, and groups that are empty then; say whether anything is left."""
    for element in reversed(list(order.iter("*"))):
        name, owner = local_name(element), element.getparent()
        if owner is None or element is order:
            continue
        dangling = element.get("regionRef") not in known if "regionRef" in element.attrib else False
        if name in _GROUPS:
            if dangling:
                del element.attrib["regionRef"]
            if not any(local_name(child).startswith(("RegionRef", *_GROUPS)) for child in element):
                owner.remove(element)
        elif dangling:
            owner.remove(element)
    return len(order) > 0


def number_custom(regions: Sequence[etree._Element], lines: Sequence[Sequence[etree._Element]]) -> None:
    """Give regions, and the lines of each, their places in the reading order as Transkribus wants them."""
    for index, region in enumerate(regions):
        region.set("custom", with_reading_order(region.get("custom"), index))
    for group in lines:
        for index, line in enumerate(group):
            line.set("custom", with_reading_order(line.get("custom"), index))
