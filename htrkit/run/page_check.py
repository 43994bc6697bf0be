"""What can be known of a page without reading it: its picture's head (or all of it), and its XML against its size."""

from enum import StrEnum

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.core.shown import shown
from htrkit.domain.geometry import Size
from htrkit.domain.page import Note
from htrkit.domain.source import PageSource
from htrkit.files.pictures import look_at_picture, open_picture
from htrkit.run.given_layout import no_layout, sidecar_layout, sidecar_look


class Depth(StrEnum):
    """How closely a picture is looked at."""

    OPENED = "opened"
    """Its head: what it is, its size, whether it is there at all; of its XML, whether it is for that size."""
    DECODED = "decoded"
    """To its last byte, which finds pictures that are damaged further in; and each of its lines."""


def check_page(source: PageSource, settings: Settings, depth: Depth) -> tuple[Note, ...]:
    """Give what should be said of a page that will be read; raises PageProblem for one that will fail."""
    size = _size(source, settings, depth)
    match settings.segmenter:
        case Segmenter.KRAKEN | Segmenter.NONE:
            return ()
        case Segmenter.SIDECAR if not source.sidecars:
            raise no_layout(source)
        case Segmenter.SIDECAR | Segmenter.AUTO:
            return _sidecar_notes(source, size, depth) if source.sidecars else ()


def _size(source: PageSource, settings: Settings, depth: Depth) -> Size:
    match depth:
        case Depth.OPENED:
            return look_at_picture(source, dpi=settings.dpi, max_megapixels=settings.max_megapixels)
        case Depth.DECODED:
            return open_picture(source, dpi=settings.dpi, max_megapixels=settings.max_megapixels).facts.size


def _sidecar_notes(source: PageSource, size: Size, depth: Depth) -> tuple[Note, ...]:
    match depth:
        case Depth.OPENED:
            has_lines, notes = sidecar_look(source, size)
        case Depth.DECODED:
            layout = sidecar_layout(source, size)
            has_lines, notes = bool(layout.lines), layout.notes
    name = shown(source.sidecars[0].rpartition("/")[2])
    return notes if has_lines else (*notes, Note("sidecar-without-lines", f"{name} has no lines."))
