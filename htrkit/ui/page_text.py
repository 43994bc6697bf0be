"""A page's text on a screen."""

from htrkit.domain.page import PageRecord
from htrkit.outputs.text import visible
from htrkit.ui.words import counted, percent


def page_text(record: PageRecord) -> str:
    """Give the page's name, its lines with their confidences, and what should be known of it."""
    sure = f", mean confidence {percent(record.confidence)}" if record.confidence is not None else ""
    head = f"{record.key}: {counted(len(record.lines), 'line')}{sure}"
    lines = [f"{percent(line.confidence):>8}  {visible(line.text)}" for line in record.lines]
    notes = [f"note: {note.message}" for note in record.all_notes]
    return "\n".join([head, *lines, *notes])
