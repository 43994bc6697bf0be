"""Tables of a whole run, row by row: RFC 4180, UTF-8 without a byte-order mark, safe to open in a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from htrkit.domain.geometry import bounding_box
from htrkit.domain.page import PageRecord
from htrkit.domain.renderers import TextForm
from htrkit.outputs.printed import fraction
from htrkit.outputs.text import line_text, normalized

LINES_COLUMNS = (
    "page",
    "line",
    "order",
    "region",
    "kind",
    "text",
    "confidence",
    "left",
    "top",
    "right",
    "bottom",
    "unread",
)
PAGES_COLUMNS = ("page", "image", "width", "height", "lines", "characters", "confidence", "flags", "notes")
FAILURES_COLUMNS = ("image", "error", "timestamp", "stage", "class", "attempts")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class FailureRow:
    """A page that failed."""

    image: str
    error: str
    timestamp: str
    """ISO 8601 in UTC."""
    stage: str
    failure: str
    """The column `class`."""
    attempts: int


def lines_csv(records: Iterable[PageRecord], form: TextForm = TextForm.NONE) -> Iterator[bytes]:
    """Give the header and then each page's lines; `order` counts from 1 in reading order, on each page."""
    yield csv_row(LINES_COLUMNS)
    for record in records:
        yield b"".join(_lines_of(record, form))


def pages_csv(records: Iterable[PageRecord]) -> Iterator[bytes]:
    """Give the header and then a row for each page."""
    yield csv_row(PAGES_COLUMNS)
    for record in records:
        notes = record.all_notes
        yield csv_row(
            (
                record.key,
                record.image.name,
                record.image.size.width,
                record.image.size.height,
                len(record.lines),
                sum(len(line.text) for line in record.lines),
                fraction(record.confidence),
                " ".join(dict.fromkeys(note.code for note in notes if note.flag)),
                "; ".join(dict.fromkeys(note.message for note in notes)),
            )
        )


def failures_csv(rows: Iterable[FailureRow]) -> Iterator[bytes]:
    """Give the header and then a row for each failed page."""
    yield csv_row(FAILURES_COLUMNS)
    for row in rows:
        yield csv_row((row.image, row.error, row.timestamp, row.stage, row.failure, row.attempts))


def csv_row(cells: Sequence[Cell]) -> bytes:
    """Give one row with its line end, quoted and neutralised."""
    return (",".join(_cell(cell) for cell in cells) + "\r\n").encode()


def _lines_of(record: PageRecord, form: TextForm) -> Iterator[bytes]:
    for order, line in enumerate(record.lines, start=1):
        points = line.boundary or line.baseline
        box = bounding_box(points) if points else None
        sides: tuple[Cell, ...] = (box.left, box.top, box.right, box.bottom) if box else ("", "", "", "")
        text = normalized(line.text, form)
        yield csv_row(
            (record.key, line.id, order, line.region, line.kind, text, fraction(line.confidence), *sides, line.unread)
        )


def _cell(cell: Cell) -> str:
    """Give a cell, with an apostrophe before what would be a formula, quoted where it holds a comma or a quote."""
    match cell:
        case None:
            return ""
        case int() | float():
            return str(cell)
        case str():
            text = line_text(cell)
            if cell.startswith(_FORMULA_STARTS):
                text = f"'{text}"
            return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') or text != text.strip() else text
