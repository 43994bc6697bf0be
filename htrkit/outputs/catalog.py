"""The table of output formats of one file a page; a new format is one file and one row here."""

from collections.abc import Iterable

from htrkit.domain.renderers import Renderer
from htrkit.outputs.alto_xml import AltoXml
from htrkit.outputs.hocr import Hocr
from htrkit.outputs.page_xml import PageXml
from htrkit.outputs.record import RecordJson
from htrkit.outputs.txt import PlainText

RECORD = RecordJson()
"""Always written, and first: the others can be made from it."""
RENDERERS: tuple[Renderer, ...] = (RECORD, PlainText(), PageXml(), AltoXml(), Hocr())
WHOLE_RUN = ("csv",)
"""Formats that are one table a run (`csv_tables`), not one file a page."""


def renderers(names: Iterable[str]) -> tuple[Renderer, ...]:
    """Give the page record's renderer and then those named, in the table's order.

    Formats of a whole run have none. Raises KeyError for a name that is no format.
    """
    wanted = {RECORD.name, *names} - set(WHOLE_RUN)
    unknown = wanted - {renderer.name for renderer in RENDERERS}
    if unknown:
        raise KeyError(*sorted(unknown))
    return tuple(renderer for renderer in RENDERERS if renderer.name in wanted)
