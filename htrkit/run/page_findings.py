"""What was seen of the pages becomes findings, each with what mends it; of very many pages only some are looked at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from htrkit.config.settings import Settings
from htrkit.core.shown import shown
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code, page_code
from htrkit.domain.source import PageSource
from htrkit.run.page_check import Depth
from htrkit.run.page_looks import Look, Looking, Looks, looks, spread, until

MOST_BEFORE_A_RUN = 10_000
"""Pages that are looked at before a run: what is wrong with a shelf shows in these, and the run looks at every page."""
MOST_SECONDS_BEFORE_A_RUN = 10.0
"""And no longer: a million pages on a slow share must not wait for their heads to be read twice."""
MOST_LETTERS_OF_PAGES = 120
"""A longer `--pages` nobody pastes."""

Told = Callable[[int, int], None]
"""Is told how many pages were looked at, and of how many."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many of the pages are looked at, and for how long; None for no limit."""

    pages: int | None = None
    seconds: float | None = None


BEFORE_A_RUN = Bounds(MOST_BEFORE_A_RUN, MOST_SECONDS_BEFORE_A_RUN)


@dataclass(frozen=True, slots=True)
class Closely:
    """How closely pages are looked at, and who hears of it."""

    depth: Depth = Depth.OPENED
    bounds: Bounds = Bounds()
    told: Told | None = None
    look: Looks = looks


EVERY_HEAD = Closely()


def page_findings(
    pages: Sequence[PageSource], settings: Settings, closely: Closely = EVERY_HEAD
) -> tuple[Finding, ...]:
    """Look at the pages and give what should be known of them, in the pages' order; a page that will fail warns."""
    bounds = closely.bounds
    places = range(len(pages)) if bounds.pages is None else spread(len(pages), bounds.pages)
    wanted = [pages[place] for place in places]
    seen: dict[int, Look] = {}
    for one in until(closely.look(wanted, Looking(settings, closely.depth)), bounds.seconds):
        seen[places[one.number]] = one
        if closely.told is not None:
            closely.told(len(seen), len(wanted))
    found = [finding for place in sorted(seen) for finding in _of(pages[place], seen[place])]
    found = [*_with_a_way_out(found, pages, seen, settings)]
    return (*found, *_not_checked(len(seen), len(pages)))


def _of(page: PageSource, look: Look) -> Iterator[Finding]:
    if look.trouble is not None:
        trouble = look.trouble
        yield Finding(page_code(trouble.failure), Severity.WARNING, trouble.what, trouble.mend)
        return
    for note in look.notes:
        yield Finding(note.code, Severity.NOTE, f"{shown(page.path)}: {note.message}")


def _with_a_way_out(
    found: Sequence[Finding], pages: Sequence[PageSource], seen: Mapping[int, Look], settings: Settings
) -> Iterator[Finding]:
    """Add to each page that will fail how to begin without all of them, where that is short enough to be typed."""
    without = "" if settings.pages is not None or settings.sample is not None else _sound_pages(len(pages), seen)
    for finding in found:
        if without and finding.severity is Severity.WARNING:
            mend = f"{finding.mend.rstrip('.')}; or leave out all that will fail: --pages {without}"
            yield Finding(finding.code, finding.severity, finding.message, mend, finding.why)
        else:
            yield finding


def _sound_pages(pages: int, seen: Mapping[int, Look]) -> str:
    """Give what `--pages` takes for all pages but those that will fail; empty where none is left or it is long."""
    bad = sorted(place for place, look in seen.items() if look.trouble is not None)
    if not bad or len(bad) > MOST_LETTERS_OF_PAGES // 2:
        return ""
    ranges, first = [], 0
    for place in (*bad, pages):
        if place > first:
            ranges.append(f"{first + 1}" if place == first + 1 else f"{first + 1}-{place}")
        first = place + 1
    told = ",".join(ranges)
    return told if len(told) <= MOST_LETTERS_OF_PAGES else ""


def _not_checked(seen: int, pages: int) -> Iterator[Finding]:
    if seen == pages:
        return
    message = f"{seen:,} of the {pages:,} pages were looked at, spread evenly: the run looks at each in its turn."
    yield Finding(Code.NOT_CHECKED, Severity.NOTE, message, "`htrkit validate` looks at all of them.")
