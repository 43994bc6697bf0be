"""How long a run will take: one estimate, from whichever figures there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from htrkit.core.cost_interval import OTHER_RUNS, Ahead, total_interval
from htrkit.core.cost_model import fitted
from htrkit.core.device_plan import DevicePlan
from htrkit.core.interval import Interval
from htrkit.core.page_costs import PageCost, PageFeatures, Source
from htrkit.core.work_order import makespan_seconds, order_by_cost
from htrkit.domain.names import PageKey


@dataclass(frozen=True, slots=True)
class Figures:
    """What pages have cost, and where that is known from."""

    source: Source
    costs: tuple[PageCost, ...]
    start_seconds: float
    """From a process's start to its first page: imports and models."""
    written_bytes_a_page: float | None = None
    """What a page's files in OUT came to."""
    said: tuple[str, ...] = ()
    """How the figures were come by, in sentences."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would take."""

    pages: int
    lines: int | None
    """Of the pages whose lines are known; None where none are."""
    pages_with_lines: int
    to_segment: int
    seconds: Interval
    source: Source
    start_seconds: float
    """Counted in `seconds`."""
    pages_behind: int
    """Pages that were measured or are remembered; 0 for published figures."""
    plan: DevicePlan
    read_bytes: int
    """Of the image files, as far as known."""
    disk_bytes: int
    """What OUT would take."""
    disk_free_bytes: int | None
    said: tuple[str, ...]


def seconds_of_run(features: Mapping[PageKey, PageFeatures], figures: Figures, workers: int) -> Interval:
    """Give how long pages take that are read in the order of work, so many at once, the start counted in."""
    fit = fitted(figures.costs)
    predicted = {key: fit.model.seconds_of(page) for key, page in features.items()}
    ordered = [
        Ahead(predicted[key], features[key].to_segment) for key in order_by_cost(tuple(predicted), predicted, workers)
    ]
    moods = OTHER_RUNS if figures.source is Source.REMEMBERED else (1.0,)
    whole = total_interval(fit, ordered, moods=moods, sampled=figures.source is Source.MEASURED)
    if whole.expected <= 0:
        return _with_start(whole, figures.start_seconds)
    uneven = makespan_seconds([page.seconds for page in ordered], workers) / whole.expected
    return _with_start(whole.times(uneven), figures.start_seconds)


def _with_start(seconds: Interval, start_seconds: float) -> Interval:
    """Add the start, which depends on how busy the machine is then."""
    low, high = start_seconds * min(OTHER_RUNS), start_seconds * max(OTHER_RUNS)
    return Interval(seconds.low + low, seconds.expected + start_seconds, seconds.high + high)


def lines_known(features: Sequence[PageFeatures]) -> tuple[int | None, int]:
    """Give the lines of all pages whose lines are known, None where none are, and how many pages those are."""
    known = [page.lines for page in features if page.lines is not None]
    return (sum(known) if known else None), len(known)


def mean_bytes(features: Sequence[PageFeatures]) -> float:
    """Give the bytes of a page's image, as far as known; 0 where nothing is."""
    known = [page.megabytes for page in features if page.megabytes is not None]
    return fmean(known) * 1e6 if known else 0.0
