"""ALTO: the given document with the text added, or a new one."""

from lxml import etree

from htrkit.domain.page import LayoutKind, PageRecord
from htrkit.domain.renderers import RenderOptions
from htrkit.outputs.alto_dialect import dialect_of
from htrkit.outputs.alto_fresh import fresh_alto
from htrkit.outputs.alto_source import given_alto
from htrkit.outputs.printed import printed


class AltoXml:
    """ALTO 4.4, or 4.2 for eScriptorium.

    What a given ALTO document says comes back, and what the schema refuses of it stays in the page record.
    """

    name = "alto"
    suffix = ".xml"

    def render(self, page: PageRecord, options: RenderOptions) -> bytes:
        """Give the whole file."""
        dialect = dialect_of(options.target)
        root = None
        if page.layout.origin.kind is LayoutKind.ALTO and page.layout.source_xml:
            root = given_alto(printed(page, options.text_form), page.layout.source_xml, dialect)
        if root is None:
            root = fresh_alto(printed(page, options.text_form), dialect)
        etree.indent(root)
        return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True) + b"\n"
