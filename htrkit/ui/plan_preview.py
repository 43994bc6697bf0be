"""What the run would do, and what a page that was read for trial came to, for people."""

from itertools import accumulate
from pathlib import PurePath

from htrkit.core.prospect import FirstPage, Prospect
from htrkit.domain.page import PageRecord
from htrkit.domain.trial import Trial
from htrkit.outputs.text import visible
from htrkit.ui.tables import pairs
from htrkit.ui.words import amount, counted, duration, percent, size

SHOWN_CHARACTERS = 200
"""Of a page's text: enough to see that a model reads another hand than this."""


def prospect_words(prospect: Prospect) -> str:
    """Give what the run would do as a list of facts."""
    facts = [
        ("engine", prospect.engine),
        ("model", prospect.model or ""),
        ("devices", "\n".join(prospect.devices)),
        ("batch", amount(prospect.batch) if prospect.batch else ""),
        ("page workers", amount(prospect.workers)),
        ("lines from", prospect.segmentation),
        ("formats", ", ".join(prospect.formats)),
        ("pages", _pages(prospect)),
        ("time", _time(prospect)),
        ("disk", _disk(prospect)),
    ]
    return pairs([fact for fact in facts if fact[1]])


def trial_words(trial: Trial) -> str:
    """Give what was read of a page beside its confidence, and what it cost; empty where nothing was read."""
    record = trial.record
    if record is None:
        return ""
    notes = [f"note: {note.message}" for note in record.all_notes]
    return "\n".join([_head(record), _cost(trial), *_text(record), *notes])


def _text(record: PageRecord) -> list[str]:
    """Give the first characters, as a file would have them, and how sure the lines are that they stand in."""
    begins = accumulate((len(line.text) + 1 for line in record.lines), initial=0)
    begun = [line for line, begin in zip(record.lines, begins, strict=False) if begin < SHOWN_CHARACTERS]
    if not begun:
        return []
    text = first_text(record)
    more = "…" if len(text) == SHOWN_CHARACTERS else ""
    sure = ", ".join(percent(line.confidence) for line in begun)
    return [*(f"  {line}" for line in f"{text}{more}".split("\n")), f"confidence of these lines: {sure}"]


def first_text(record: PageRecord) -> str:
    """Give the first characters of a page's text, lines with a line's end between them."""
    return "\n".join(visible(line.text) for line in record.lines)[:SHOWN_CHARACTERS]


def characters_of(record: PageRecord) -> int:
    """Count the characters of a page's text."""
    return sum(len(line.text) for line in record.lines)


def _pages(prospect: Prospect) -> str:
    more = prospect.pages - len(prospect.first)
    rows = [amount(prospect.pages), *map(_first, prospect.first)]
    return "\n".join([*rows, *([f"and {counted(more, 'more page')}"] if more > 0 else [])])


def _first(page: FirstPage) -> str:
    return f"{page.key}: {page.image}{f', lines from {PurePath(page.xml).name}' if page.xml else ''}"


def _time(prospect: Prospect) -> str:
    seconds = prospect.seconds
    if seconds is None:
        return ""
    told = f"{duration(seconds.expected)} ({duration(seconds.low)} to {duration(seconds.high)})"
    return "\n".join([f"{told}, by the engine table; `htrkit estimate` knows better", *prospect.seconds_from])


def _disk(prospect: Prospect) -> str:
    if prospect.disk is None:
        return ""
    return f"up to {size(prospect.disk.needed_bytes)} to write; {size(prospect.disk.free_bytes)} are free"


def _head(record: PageRecord) -> str:
    sure = f", mean confidence {percent(record.confidence)}" if record.confidence is not None else ""
    return f"{record.key}: {counted(len(record.lines), 'line')}, {counted(characters_of(record), 'character')}{sure}"


def _cost(trial: Trial) -> str:
    pace = f", {trial.pages_a_minute:.1f} pages a minute one at a time" if trial.pages_a_minute else ""
    held = f"; {size(trial.memory_bytes)} of memory" if trial.memory_bytes else ""
    return f"read in {duration(trial.seconds)}{pace}; {duration(trial.start_seconds)} to load the model{held}"
