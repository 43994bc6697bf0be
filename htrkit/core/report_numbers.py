"""The figures of a report: percentiles of times, and how much was read when, by whom, on what."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from htrkit.core.report_pages import PageStory, Sitting
from htrkit.domain.events import PageDone

MOST_BUCKETS = 24
_WIDTHS_SECONDS = (10, 30, 60, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 7 * 24 * 3600)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds a page took: nearest-rank percentiles."""

    median: float
    ninetieth: float
    ninety_ninth: float
    most: float
    total: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one worker finished in one span of time."""

    began: str
    """ISO 8601 in UTC."""
    worker: str
    device: str
    pages: int
    lines: int


@dataclass(frozen=True, slots=True)
class Throughput:
    """Pages and lines over time."""

    width_seconds: int
    spans: tuple[str, ...]
    """When each span began, also of those in which nothing was finished while the run went on."""
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker did in the whole run."""

    worker: str
    device: str
    pages: int
    lines: int
    busy_seconds: float


def times_of(seconds: Sequence[float]) -> Times | None:
    """Give the percentiles; None where there is nothing to measure."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return Times(_rank(ordered, 0.5), _rank(ordered, 0.9), _rank(ordered, 0.99), ordered[-1], sum(ordered))


def step_totals(pages: Iterable[PageDone]) -> dict[str, float]:
    """Give the seconds spent in each step, in the order in which pages take them."""
    totals: dict[str, float] = {}
    for page in pages:
        for step, seconds in page.step_seconds.items():
            totals[step] = totals.get(step, 0.0) + seconds
    return totals


def shares_of(pages: Iterable[PageDone]) -> tuple[Share, ...]:
    """Give what each worker did, by device and worker."""
    shares: dict[tuple[str, str], Share] = {}
    for page in pages:
        who = page.device, page.worker
        had = shares.get(who, Share(page.worker, page.device, 0, 0, 0.0))
        busy = had.busy_seconds + page.seconds
        shares[who] = Share(page.worker, page.device, had.pages + 1, had.lines + page.lines, busy)
    return tuple(shares[who] for who in sorted(shares))


def throughput_of(pages: Iterable[PageStory], sittings: Sequence[Sitting]) -> Throughput:
    """Give pages and lines per span of time; the spans are as wide as it takes to be few."""
    stretches = [(moment(one.began), max(moment(one.began), moment(one.last))) for one in sittings]
    width = _width(_covered(stretches))
    done, lines = Counter[tuple[int, str, str]](), Counter[tuple[int, str, str]]()
    for page in pages:
        if isinstance(page.end, PageDone):
            where = moment(page.ended_at) // width, page.end.device, page.end.worker
            done[where] += 1
            lines[where] += page.end.lines
    spans = {where[0] for where in done}
    for begin, end in stretches:
        spans.update(range(begin // width, end // width + 1))
    buckets = (
        Bucket(_said(span * width), worker, device, done[span, device, worker], lines[span, device, worker])
        for span, device, worker in sorted(done)
    )
    return Throughput(width, tuple(_said(span * width) for span in sorted(spans)), tuple(buckets))


def seconds_at_work(sittings: Iterable[Sitting]) -> int:
    """Give the time in which any sitting was between its first and last event; a clock set back counts nothing."""
    return _covered([(moment(one.began), moment(one.last)) for one in sittings])


def _covered(stretches: Iterable[tuple[int, int]]) -> int:
    """Give the length of what the stretches cover: shards of a run are at work at the same time."""
    covered, reach = 0, 0
    for begin, end in sorted(stretches):
        covered += max(0, end - max(begin, reach))
        reach = max(reach, end)
    return covered


def moment(at: str) -> int:
    """Give a record's time in whole seconds since 1970."""
    return int(datetime.fromisoformat(at).timestamp())


def _width(seconds: int) -> int:
    """Give the narrowest width that keeps the spans few; for a run of years, a multiple of weeks."""
    fitting = (width for width in _WIDTHS_SECONDS if seconds / width <= MOST_BUCKETS)
    weeks = _WIDTHS_SECONDS[-1]
    return next(fitting, weeks * ceil(seconds / weeks / MOST_BUCKETS))


def _said(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
