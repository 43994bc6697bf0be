"""The guardrails of time: a slow engine on many pages is said in hours, and a very long run is confirmed."""

from collections.abc import Iterator

from htrkit.core.guarded import Guard, Guarded
from htrkit.domain.engine import CpuPage
from htrkit.domain.finding import Finding, Severity

SLOW_PAGE_SECONDS = 30
"""An engine that takes so long for a page is slow; how long others take, `htrkit estimate` says."""
SAID_ABOVE_HOURS = 0.5
CONFIRMED_ABOVE_HOURS = 2.0


def long_run(guarded: Guarded) -> Iterator[Finding]:
    """A slow engine on many pages takes hours or days, which people should want."""
    told = _expected(guarded)
    if told is None or guarded.pages is None:
        return
    hours, where = told
    if hours <= SAID_ABOVE_HOURS:
        return
    message = f"{guarded.row.name} is slow: {guarded.pages.pages:,} pages take about {_hours(hours)} {where}."
    fewer = "Take fewer pages with --sample N or --pages 1-20"
    if hours <= CONFIRMED_ABOVE_HOURS or guarded.settings.yes:
        yield Finding(Guard.LONG_RUN, Severity.WARNING, message, f"{fewer}, or a quicker engine.")
        return
    severity = Severity.WARNING if guarded.can_ask else Severity.BLOCKER
    yield Finding(Guard.CONFIRM, severity, message, f"Begin it with --yes. {fewer}.")


def cpu_words(page: CpuPage) -> str:
    """Say what a page costs on the CPU, by all who have said it."""
    known = f"a page takes about {_seconds(page.seconds)} on one core ({page.source.words})"
    if page.published_seconds is None or page.published is None:
        return known
    return f"{known}; {_seconds(page.published_seconds)} were {page.published.words}"


def _expected(guarded: Guarded) -> tuple[float, str] | None:
    """Give the hours, and where they come from; None where the engine is not slow or nobody knows."""
    row, pages = guarded.row, guarded.pages
    if pages is None or not guarded.devices:
        return None
    if guarded.on_cpu:
        if row.cpu_page.seconds < SLOW_PAGE_SECONDS:
            return None
        cores = max(guarded.devices[0].cores or 1, 1)
        count = "1 core" if cores == 1 else f"{cores} cores"
        return pages.pages * row.cpu_page.seconds / cores / 3600, f"on {count}: {cpu_words(row.cpu_page)}"
    cards = len(guarded.cards)
    one, minutes = row.speed.one_card, row.speed.minutes(pages.pages, cards=cards)
    if one is None or minutes is None or one * 60 / 100 < SLOW_PAGE_SECONDS:
        return None
    return minutes / 60, f"on {'1 GPU' if cards == 1 else f'{cards} GPUs'} ({row.speed.source.words})"


def _hours(hours: float) -> str:
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days ({hours:,.0f} hours)"


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 300 else f"{seconds / 60:.0f} min"
