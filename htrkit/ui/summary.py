"""What is said when a run has ended: how many pages came to what end, where the outputs lie, what to do next."""

from collections.abc import Iterator
from shlex import quote

from htrkit.core.tally import Tally
from htrkit.ui.flag_words import flag_counts
from htrkit.ui.where import Where
from htrkit.ui.words import amount, counted, duration, percent, shown


def summary(tally: Tally, *, where: Where, formats: tuple[str, ...], seconds: float) -> Iterator[str]:
    """Give the lines of the final summary."""
    out = shown(where.out)
    reason = tally.ended.reason if tally.ended is not None else "stopped"
    yield f"{reason}: {tally.identity}"
    sure = f", mean confidence {percent(tally.confidence)}" if tally.confidence is not None else ""
    read = f"{counted(tally.lines, 'line')}, {amount(tally.characters)} characters{sure}"
    yield f"{read}, in {duration(seconds)}"
    if tally.blank:
        yield f"{counted(tally.blank, 'page has', 'pages have')} no lines"
    if tally.flagged:
        flags = flag_counts(tally.flags)
        yield f"{counted(tally.flagged, 'page is', 'pages are')} flagged ({flags}): htrkit report {quote(out)}"
    if tally.failed:
        yield f"{counted(tally.failed, 'page')} failed: {where.failures} says why"
    if tally.not_run:
        yield f"go on with: {where.again}"
    yield f"outputs: {out}/ ({', '.join(formats)})"
