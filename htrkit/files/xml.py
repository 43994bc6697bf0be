"""The one way that XML from outside is parsed: nothing is fetched, expanded or executed."""

from lxml import etree


class XmlRefused(Exception):
    """The document is not well-formed, or carries a DOCTYPE."""


def parse_xml(content: bytes) -> etree._Element:
    """Give the root element; raises XmlRefused.

    A DOCTYPE is refused: PAGE and ALTO have none, and entities are how XML is turned against its reader
    (external entities, billion laughs).
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlRefused(f"not well-formed XML ({error})") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused("it carries a DOCTYPE, which PAGE and ALTO never have")
    return root


def local_name(element: etree._Element) -> str:
    """Give the tag without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    # Asked of every element of every file: by hand it takes a third of what `etree.QName` does.
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: etree._Element) -> str:
    """Give the tag's namespace; empty where there is none."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""
