"""Runs whose page costs are drawn from journals of real ones, and what the estimator says of them."""

import csv
import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from statistics import median

from htrkit.core.estimating import Figures, seconds_of_run
from htrkit.core.eta import Eta
from htrkit.core.interval import Interval
from htrkit.core.page_costs import PageCost, PageFeatures, Source, rough_seconds, stratified
from htrkit.core.work_order import order_by_cost
from htrkit.domain.names import PageKey

PLACE = Path(__file__).parents[1] / "data" / "page_costs.csv"


@dataclass(frozen=True, slots=True)
class RealPage:
    """A page of a journal."""

    volume: str
    cost: PageCost


@dataclass(frozen=True, slots=True)
class Journal:
    """The pages of a run in the order in which they ended."""

    name: str
    pages: tuple[RealPage, ...]

    @property
    def volumes(self) -> Mapping[str, tuple[RealPage, ...]]:
        found: dict[str, list[RealPage]] = {}
        for page in self.pages:
            found.setdefault(page.volume, []).append(page)
        return {name: tuple(pages) for name, pages in found.items()}


@cache
def journals() -> tuple[Journal, ...]:
    found: dict[str, list[RealPage]] = {}
    with PLACE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            features = PageFeatures(
                float(row["megapixels"]),
                int(row["lines"]) if row["lines"] else None,
                float(row["megabytes"]),
                to_segment=row["to_segment"] == "1",
            )
            page = RealPage(row["page"].rpartition("/")[0], PageCost(features, float(row["seconds"])))
            found.setdefault(row["run"], []).append(page)
    return tuple(Journal(name, tuple(pages)) for name, pages in found.items())


Draw = Callable[[Random, int], list[RealPage]]
"""Draws the pages of a run, in the plan's order."""


def single_pages(chance: Random, pages: int) -> list[RealPage]:
    """Pages of one journal, each drawn by itself."""
    journal = chance.choice(journals())
    return [chance.choice(journal.pages) for _ in range(pages)]


def whole_volumes(chance: Random, pages: int) -> list[RealPage]:
    """Volume after volume of one journal: pages beside each other are alike, and the machine's moods last."""
    journal = chance.choice(journals())
    found: list[RealPage] = []
    while len(found) < pages:
        volume = chance.choice(list(journal.volumes.values()))
        found += _named(f"{len(found)}", [chance.choice(volume) for _ in range(chance.randint(10, 60))])
    return found[:pages]


def stretches(chance: Random, pages: int) -> list[RealPage]:
    """Stretches of one journal as they were, one after another: what drifted there drifts here."""
    journal = chance.choice(journals())
    found: list[RealPage] = []
    while len(found) < pages:
        start = chance.randrange(len(journal.pages))
        found += _named(f"{len(found)}", journal.pages[start : start + chance.randint(8, 40)])
    return found[:pages]


def mixed(chance: Random, pages: int) -> list[RealPage]:
    """Pages of two journals: most bring their lines, some must be segmented and cost many times as much."""
    light = [journal for journal in journals() if not journal.pages[0].cost.features.to_segment]
    heavy = [journal for journal in journals() if journal.pages[0].cost.features.to_segment]
    one, other = chance.choice(light), chance.choice(heavy)
    share = chance.uniform(0.02, 0.3)
    return [chance.choice((other if chance.random() < share else one).pages) for _ in range(pages)]


def _named(name: str, pages: Sequence[RealPage]) -> list[RealPage]:
    """Give pages a folder for each time that their volume comes."""
    return [RealPage(f"{name} {page.volume}", page.cost) for page in pages]


DRAWS: Mapping[str, Draw] = {
    "single pages": single_pages,
    "whole volumes": whole_volumes,
    "stretches": stretches,
    "mixed": mixed,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a run, and what came."""

    said: Interval
    came: float

    @property
    def is_covered(self) -> bool:
        return self.said.low <= self.came <= self.said.high

    @property
    def error(self) -> float:
        return abs(self.said.expected - self.came) / self.came


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of many runs: how often what came lay in the interval, how far off the middle was, how wide it was said."""

    runs: int
    covered: float
    median_error: float
    median_width: float
    """High less low, as a share of what was expected."""


def coverage(told: Sequence[Told]) -> Coverage:
    return Coverage(
        len(told),
        sum(one.is_covered for one in told) / len(told),
        median(one.error for one in told),
        median((one.said.high - one.said.low) / one.said.expected for one in told),
    )


def keyed(pages: Sequence[RealPage]) -> dict[PageKey, PageCost]:
    return {PageKey(f"{page.volume}/{place:05d}"): page.cost for place, page in enumerate(pages)}


def in_order_of_work(costs: Mapping[PageKey, PageCost], workers: int) -> tuple[PageKey, ...]:
    """Give the pages as a run takes them that knows nothing of earlier ones."""
    return order_by_cost(tuple(costs), {key: rough_seconds(cost.features) for key, cost in costs.items()}, workers)


def told_before(draw: Draw, *, seed: int, pages: int, measured: int, workers: int) -> Told:
    """What an estimate from so many measured pages says of a run that is then simulated."""
    costs = keyed(draw(Random(seed), pages))
    features = {key: cost.features for key, cost in costs.items()}
    keys = list(costs)
    places = stratified(list(features.values()), measured)
    figures = Figures(Source.MEASURED, tuple(costs[keys[place]] for place in places), 0.0)
    said = seconds_of_run(features, figures, workers)
    return Told(said, carried_out(in_order_of_work(costs, workers), costs, workers)[-1].at)


def told_while(draw: Draw, *, seed: int, pages: int, share: float, workers: int) -> Told:
    """What is said of the rest of a run when a share of its pages has ended."""
    costs = keyed(draw(Random(seed), pages))
    keys = in_order_of_work(costs, workers)
    eta = Eta({key: costs[key].features for key in keys}, workers)
    ends = carried_out(keys, costs, workers)
    heard = ends[: max(round(share * pages), 1)]
    for end in heard:
        eta.hear(end.key, costs[end.key].seconds, end.at)
    for end in ends[len(heard) :]:
        if (begun := end.at - costs[end.key].seconds) <= heard[-1].at:
            eta.begin(end.key, begun)
    now = heard[-1].at
    said = eta.left(now)
    assert said is not None
    return Told(said, ends[-1].at - now)


@dataclass(frozen=True, slots=True, order=True)
class PageEnd:
    """When a page has ended."""

    at: float
    key: PageKey


def carried_out(keys: Sequence[PageKey], costs: Mapping[PageKey, PageCost], workers: int) -> list[PageEnd]:
    """Each worker takes the next page as soon as it is free; give the ends in their order."""
    free_at = [0.0] * workers
    ends = []
    for key in keys:
        at = free_at[0] + costs[key].seconds
        heapq.heapreplace(free_at, at)
        ends.append(PageEnd(at, key))
    return sorted(ends)


def beside_the_bound(
    costs: Mapping[PageKey, PageCost], predicted: Mapping[PageKey, float], workers: int
) -> tuple[float, float]:
    """Give when a run ends that is done in the order of work, and the bound that no order can beat."""
    keys = order_by_cost(list(costs), predicted, workers)
    seconds = [cost.seconds for cost in costs.values()]
    return carried_out(keys, costs, workers)[-1].at, max(sum(seconds) / workers, *seconds)
