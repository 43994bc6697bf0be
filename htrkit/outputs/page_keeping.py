"""Where a given PAGE document's pieces go that its schema has no place for: nothing that people wrote is lost."""

from collections.abc import Callable

from lxml import etree

from htrkit.files.xml import local_name
from htrkit.outputs.page_dialect import (
    LINE_ORDER,
    METADATA_ORDER,
    PAGE_ORDER,
    REGION_ORDER,
    REGIONS,
    Dialect,
    arrange,
)
from htrkit.outputs.pruning import Removed


def keeper(root: etree._Element, dialect: Dialect) -> Callable[[Removed], None]:
    """Give what keeps a refused piece: as a user-defined attribute in 2019, among the comments in 2013."""

    def keep_as_attribute(removed: Removed) -> None:
        owner, order = _holder(removed.owner, root, dialect)
        defined = owner.find(dialect.tag("UserDefined"))
        if defined is None:
            defined = etree.SubElement(owner, dialect.tag("UserDefined"))
            arrange(owner, order)
        etree.SubElement(
            defined,
            dialect.tag("UserAttribute"),
            {"name": removed.name, "type": "xsd:string", "value": removed.content},
        )

    def keep_as_comment(removed: Removed) -> None:
        owner, order = _holder(removed.owner, root, dialect)
        piece = removed.content if removed.content.startswith("<") else f'{removed.name}="{removed.content}"'
        if order in {LINE_ORDER, REGION_ORDER}:
            owner.set("comments", f"{owner.get('comments', '')} {piece}".strip())
            return
        metadata = root.find(dialect.tag("Metadata"))
        if metadata is None:
            return
        comments = metadata.find(dialect.tag("Comments"))
        if comments is None:
            comments = etree.SubElement(metadata, dialect.tag("Comments"))
            arrange(metadata, METADATA_ORDER)
        comments.text = f"{comments.text or ''}\n{piece}".strip()

    return keep_as_attribute if dialect.is_new else keep_as_comment


def _holder(element: etree._Element, root: etree._Element, dialect: Dialect) -> tuple[etree._Element, tuple[str, ...]]:
    """Give the nearest element, from the one named upwards, that has room for more, and its children's order."""
    for above in (element, *element.iterancestors()):
        match local_name(above):
            case "Metadata":
                return above, METADATA_ORDER
            case "Page":
                return above, PAGE_ORDER
            case "TextLine":
                return above, LINE_ORDER
            case name if name in REGIONS:
                return above, REGION_ORDER
            case _:
                continue
    sheet = root.find(dialect.tag("Page"))
    return (root if sheet is None else sheet), PAGE_ORDER
