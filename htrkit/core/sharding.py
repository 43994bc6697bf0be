"""Who gets which pages: shares of nearly the same cost, and the owner of a page after however many cuts."""

import heapq
from collections.abc import Iterable, Mapping, Sequence

from htrkit.core.page_costs import PageFeatures, rough_seconds
from htrkit.domain.shards import Cut, ShardName

PAGE_SECONDS = 0.5
"""What a page costs whatever is on it: opening, and writing its files."""


def cost_milliseconds(page: PageFeatures) -> int:
    """Give what a page may cost, by what is known of its files alone: on every machine the same, and never nothing."""
    return round(1000 * (PAGE_SECONDS + rough_seconds(page)))


def shared_out(costs: Sequence[int], shards: int) -> tuple[tuple[int, ...], ...]:
    """Share pages out; gives each shard's pages by their places in `costs`, in that order.

    The costliest page comes first, and goes to the shard with the least so far (longest processing time: Graham 1969);
    of equals the first page, and the shard with the fewest pages, then the first. Two shards differ by no more than the
    costliest page.
    """
    loads = [(0, 0, shard) for shard in range(shards)]
    shares: list[list[int]] = [[] for _ in loads]
    for place in sorted(range(len(costs)), key=lambda place: (-costs[place], place)):
        load, pages, shard = loads[0]
        shares[shard].append(place)
        heapq.heapreplace(loads, (load + costs[place], pages + 1, shard))
    return tuple(tuple(sorted(share)) for share in shares)


def cut_of(number: int, places: Sequence[int], costs: Sequence[int], shards: int) -> Cut:
    """Cut these pages of a plan into shards; `places` are in the plan's order, and `costs` theirs."""
    shares = shared_out(costs, shards)
    return Cut(number, tuple(tuple(places[place] for place in share) for share in shares))


def owners_of(cuts: Iterable[Cut], pages: int) -> list[ShardName | None]:
    """Give whose each page of the plan is: the newest cut that has it decides; None for the run before any cut."""
    owners: list[ShardName | None] = [None] * pages
    for cut in sorted(cuts, key=lambda cut: cut.number):
        for name, places in zip(cut.names, cut.shards, strict=True):
            for place in places:
                owners[place] = name
    return owners


def pages_by_owner(owners: Sequence[ShardName | None]) -> Mapping[ShardName | None, list[int]]:
    """Give each owner's pages, by their place in the plan; one that all pages went away from is not there."""
    places: dict[ShardName | None, list[int]] = {}
    for place, owner in enumerate(owners):
        places.setdefault(owner, []).append(place)
    return places
