"""Cutting a report's pictures out of scans: a small one of a failed page, and lines out of a page that was read."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from htrkit.core.report_pictures import MOST_LINES_A_PAGE, DoubtfulLine, Picture, Thumbnail, least_confident
from htrkit.domain.errors import PageProblem
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Line, PageRecord
from htrkit.domain.source import PageSource
from htrkit.files.pictures import Opened, open_picture
from htrkit.outputs.record import RecordUnreadable, decode_record

THUMBNAIL_PIXELS = 220
"""Of the longer side."""
THUMBNAIL_DPI = 40
"""Of a PDF page that is only looked at."""
LINE_PIXELS = (900, 56)
"""A line of writing is scaled down to fit in."""
UPRIGHT_LINE_PIXELS = (120, 320)
"""A line that is higher than wide."""
QUALITY = 65
MOST_TEXT = 400
"""Characters of a line that are shown."""
MOST_RECORD_BYTES = 32_000_000
NO_PICTURE = "no picture could be made of it in time"


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of which something is to be shown; without lines, all of it."""

    source: PageSource
    dpi: int
    max_megapixels: float
    record: str = ""
    """The path of the page's record."""
    lines: tuple[LineId, ...] = ()
    """Those of the record that are to be shown."""


Cut = Thumbnail | tuple[DoubtfulLine, ...]
"""What comes of one page: itself, or its lines."""


def cut(asked: Asked) -> Cut:
    """Give the pictures of one page; what cannot be shown says why."""
    return lines_of(asked) if asked.lines else thumbnail_of(asked)


def thumbnail_of(asked: Asked) -> Thumbnail:
    """Give the whole page, small."""
    try:
        opened = open_picture(asked.source, dpi=THUMBNAIL_DPI, max_megapixels=asked.max_megapixels)
    except PageProblem as problem:
        return Thumbnail(None, f"no picture: {problem.failure}")
    return Thumbnail(_small(opened.image, THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))


def doubted_in(key: PageKey, path: Path) -> tuple[DoubtfulLine, ...]:
    """Give a page's least confident lines from its record, without pictures; without a sound record there are none."""
    record = _record(path)
    return least_confident(
        DoubtfulLine(key, line.id, line.text[:MOST_TEXT], line.confidence, None, NO_PICTURE, line.direction)
        for line in (record.lines if record is not None else ())
        if line.confidence is not None and line.text.strip()
    )[:MOST_LINES_A_PAGE]


def lines_of(asked: Asked) -> tuple[DoubtfulLine, ...]:
    """Give the lines that are asked for with their pictures."""
    record = _record(Path(asked.record))
    if record is None:
        return ()
    opened, cause = _as_it_was_read(asked, record)
    wanted = [line for line in record.lines if line.id in asked.lines]
    return tuple(_with_picture(asked.source.key, line, opened, cause) for line in wanted)


def _record(path: Path) -> PageRecord | None:
    try:
        return decode_record(path.read_bytes()) if path.stat().st_size <= MOST_RECORD_BYTES else None
    except (OSError, RecordUnreadable):
        return None


def _as_it_was_read(asked: Asked, record: PageRecord) -> tuple[Opened | None, str]:
    """Open the page's picture, or say why its lines cannot be shown: they may stand elsewhere on another picture."""
    try:
        opened = open_picture(asked.source, dpi=asked.dpi, max_megapixels=asked.max_megapixels)
    except PageProblem as problem:
        return None, f"no picture: {problem.failure}"
    if (opened.facts.sha256, opened.facts.size) != (record.image.sha256, record.image.size):
        return None, "no picture: the image has changed since it was read"
    return opened, ""


def _with_picture(key: PageKey, line: Line, opened: Opened | None, cause: str) -> DoubtfulLine:
    picture = None
    if opened is not None:
        picture = line_picture(opened.image, line)
        cause = "" if picture is not None else "no picture: the line lies outside the page"
    return DoubtfulLine(key, line.id, line.text[:MOST_TEXT], line.confidence or 0.0, picture, cause, line.direction)


def line_picture(image: Image.Image, line: Line) -> Picture | None:
    """Cut the box around a line's boundary, or its baseline where it has none; None for one outside the picture."""
    points = line.boundary or line.baseline
    if not points:
        return None
    columns, rows = [point[0] for point in points], [point[1] for point in points]
    margin = 0 if line.boundary else max(20, image.height // 60)
    box = (
        max(0, int(min(columns))),
        max(0, int(min(rows)) - margin),
        min(image.width, int(max(columns)) + 1),
        min(image.height, int(max(rows)) + 1 + margin // 3),
    )
    if box[0] >= box[2] or box[1] >= box[3]:
        return None
    cropped = image.crop(box)
    width, height = LINE_PIXELS if cropped.width >= cropped.height else UPRIGHT_LINE_PIXELS
    return _small(cropped, width, height)


def _small(image: Image.Image, width: int, height: int) -> Picture:
    """Scale down to fit in, and never up; nothing but pixels goes into the file."""
    factor = min(1.0, width / image.width, height / image.height)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    small = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    small.info = {}
    file = BytesIO()
    small.save(file, "JPEG", quality=QUALITY)
    return Picture(file.getvalue(), small.width, small.height)
