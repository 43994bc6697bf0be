"""How long pages take by what the engine table says, where nothing was measured or is remembered."""

from dataclasses import dataclass

from htrkit.core.device_plan import DevicePlan, seconds_besides_networks, seconds_on_cpu
from htrkit.core.guarded import Guarded
from htrkit.core.interval import Interval, within_factor

START_SECONDS = 10.0
"""Imports and models, in practice."""
SPREAD = 4.0
"""Figures of another machine and other pages: from a quarter to four times."""
SPREAD_ELSEWHERE = 6.0
"""Where the figure is one of another device as well."""


@dataclass(frozen=True, slots=True)
class Published:
    """Seconds by the table, and the sentences that say how they were come by."""

    seconds: Interval
    said: tuple[str, ...]


def published_estimate(guarded: Guarded, plan: DevicePlan, *, to_segment: int, other_card: str = "") -> Published:
    """Give the estimate for the guarded pages; `other_card` names a card that no speeds are published for."""
    if guarded.on_cpu:
        return _on_cpu(guarded, plan, to_segment)
    besides = seconds_besides_networks(guarded, to_segment) / plan.workers
    row, pages = guarded.row, guarded.pages.pages if guarded.pages is not None else 0
    minutes = row.speed.minutes(pages, cards=len(guarded.cards))
    workers = f"{plan.workers} page workers on the CPU"
    if minutes is None:
        said = f"Nobody has published how fast {row.name} is on a card: what {workers} need beside it is taken."
        return Published(within_factor(besides + START_SECONDS, SPREAD_ELSEWHERE), (said,))
    sentences = [f"{row.speed.source.words}."]
    if other_card:
        sentences.append(f"Nobody has published speeds for {other_card}: it is taken for an L40S.")
    if besides > minutes * 60:
        sentences.append(f"What {workers} need is longer than what the devices need, and is taken.")
    spread = SPREAD_ELSEWHERE if other_card else SPREAD
    seconds = within_factor(max(minutes * 60, besides) + START_SECONDS, spread)
    return Published(seconds, tuple(sentences))


def _on_cpu(guarded: Guarded, plan: DevicePlan, to_segment: int) -> Published:
    page, cores = guarded.row.cpu_page, plan.workers * plan.threads
    seconds = within_factor(seconds_on_cpu(guarded, to_segment) / cores + START_SECONDS, SPREAD)
    sentences = [f"A page takes {page.seconds:g} s of one core ({page.source.words})."]
    if page.segmenting_seconds:
        sentences.append(
            f"Finding its lines is {page.segmenting_seconds:g} s of that, which {_given(guarded, to_segment)}."
        )
    elif to_segment:
        found = guarded.segmenter.usual_page_on_cpu_seconds
        sentences.append(f"Finding its lines takes {found:g} s more ({guarded.segmenter.measured.words}).")
    if page.published_seconds is not None and page.published is not None:
        sentences.append(f"{page.published_seconds:g} s a page were {page.published.words}.")
        pages = guarded.pages.pages if guarded.pages is not None else 0
        seconds = Interval(seconds.low, seconds.expected, max(seconds.high, pages * page.published_seconds / cores))
    return Published(seconds, tuple(sentences))


def _given(guarded: Guarded, to_segment: int) -> str:
    pages = guarded.pages.pages if guarded.pages is not None else 0
    if not to_segment:
        return "no page needs"
    return "every page needs" if to_segment == pages else f"{to_segment:,} of the {pages:,} pages need"
