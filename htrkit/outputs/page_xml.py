"""PAGE XML: the given document with the text added, or a new one."""

from lxml import etree

from htrkit.domain.page import LayoutKind, PageRecord
from htrkit.domain.renderers import RenderOptions
from htrkit.outputs.page_dialect import dialect_of
from htrkit.outputs.page_fresh import fresh_page_xml
from htrkit.outputs.page_source import given_page_xml
from htrkit.outputs.printed import printed


class PageXml:
    """PAGE 2019-07-15, or 2013-07-15 for Transkribus.

    What a given PAGE document says comes back, and what the schema refuses of it stays in the page record.
    """

    name = "page"
    suffix = ".xml"

    def render(self, page: PageRecord, options: RenderOptions) -> bytes:
        """Give the whole file."""
        dialect = dialect_of(options.target)
        root = None
        if page.layout.origin.kind is LayoutKind.PAGE_XML and page.layout.source_xml:
            root = given_page_xml(printed(page, options.text_form), page.layout.source_xml, dialect, options.target)
        if root is None:
            root = fresh_page_xml(printed(page, options.text_form), dialect, options.target)
        etree.indent(root)
        return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True) + b"\n"
