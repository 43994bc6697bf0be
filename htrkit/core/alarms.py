"""Quality alarms: what about a page's text says that somebody should look at it."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from htrkit.core.alarms_repetition import loop_in, loop_over_lines
from htrkit.core.alarms_script import Scripts, strangers_in, strangers_on_page
from htrkit.domain.page import Line, Note


class Alarm(StrEnum):
    """The alarms; each is a note with a flag in the page's record, and a flag of the page."""

    EMPTY_PAGE = "empty-page"
    """There is ink on the page, and no line or no text was found."""
    REPETITION = "repetition"
    """The text runs in a loop: signs, words or whole lines again and again."""
    SCRIPT = "script"
    """Letters of another script than the model's card or `--script` declares."""
    CONFIDENCE = "confidence"
    """Far less confidence than on the run's first pages; in the journal and the reports, not in the page's record."""


def text_alarms(lines: Sequence[Line], scripts: Scripts | None) -> Iterator[Note]:
    """Give the alarms about what was read; `scripts` None stands for whatever is written."""
    yield from _repetitions(lines)
    if scripts is not None:
        yield from _strangers(lines, scripts)


def _repetitions(lines: Sequence[Line]) -> Iterator[Note]:
    looped = set()
    for number, line in enumerate(lines):
        if (loop := loop_in(line.text)) is not None:
            looped.add(number)
            message = f"The text runs in a loop: “{_short(loop.unit)}” {loop.times} times."
            yield Note(Alarm.REPETITION, message, line=line.id, flag=True)
    over = loop_over_lines([line.text for line in lines])
    if over is not None and not looped.issuperset(over.lines):
        number, loop = len(over.lines), over.loop
        message = f"From here on, {number} lines run in a loop: “{_short(loop.unit)}” {loop.times} times."
        yield Note(Alarm.REPETITION, message, line=lines[over.lines.start].id, flag=True)


def _strangers(lines: Sequence[Line], scripts: Scripts) -> Iterator[Note]:
    texts = [line.text for line in lines]
    if (strangers := strangers_on_page(texts, scripts)) is not None:
        yield Note(Alarm.SCRIPT, f"On this page {strangers.words}.", flag=True)
        return
    for line in lines:
        if (strangers := strangers_in(line.text, scripts)) is not None:
            yield Note(Alarm.SCRIPT, f"In this line {strangers.words}.", line=line.id, flag=True)


def _short(unit: str) -> str:
    return unit if len(unit) <= 40 else f"{unit[:39]}…"
