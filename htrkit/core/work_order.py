"""The order of work: the plan's, but for its end, where the costly pages come first so that no worker is left alone."""

import heapq
from collections.abc import Mapping, Sequence

from htrkit.domain.names import PageKey

TAIL_PAGES_A_WORKER = 8
"""So many pages for each worker, at the plan's end, are read in the order of their cost."""
TAIL_SHARE = 0.1
"""At least this share of all pages."""
KEPT_SHARE = 0.25
"""The first pages are the first to be seen: this share of a plan is never put in another order."""
NEAR_ENOUGH = 1.01
"""Beside the time below which no order can be."""


def order_by_cost(pages: Sequence[PageKey], predicted: Mapping[PageKey, float], workers: int) -> tuple[PageKey, ...]:
    """Give the pages in an order in which all workers end at nearly the same time.

    The plan's order is kept for all but the plan's end, where the costliest page comes first (longest processing time:
    Graham 1969). That end is made longer where its few costly pages would still leave workers alone.
    """
    if workers < 2 or len(pages) < 2:
        return tuple(pages)
    most = len(pages) - int(len(pages) * KEPT_SHARE)
    tail = min(max(round(len(pages) * TAIL_SHARE), TAIL_PAGES_A_WORKER * workers), most)
    order = _ordered(pages, predicted, tail)
    while tail < most and not _is_even(order, predicted, workers):
        tail = min(2 * tail, most)
        order = _ordered(pages, predicted, tail)
    return order


def makespan_seconds(seconds: Sequence[float], workers: int) -> float:
    """Give when the last page ends if each worker takes the next page as soon as it is free."""
    free_at = [0.0] * max(min(workers, len(seconds)), 1)
    for one in seconds:
        heapq.heapreplace(free_at, free_at[0] + one)
    return max(free_at)


def _ordered(pages: Sequence[PageKey], predicted: Mapping[PageKey, float], tail: int) -> tuple[PageKey, ...]:
    head, rest = pages[: len(pages) - tail], pages[len(pages) - tail :]
    return (*head, *sorted(rest, key=lambda key: -predicted.get(key, 0.0)))


def _is_even(order: Sequence[PageKey], predicted: Mapping[PageKey, float], workers: int) -> bool:
    seconds = [predicted.get(key, 0.0) for key in order]
    return makespan_seconds(seconds, workers) <= NEAR_ENOUGH * max(sum(seconds) / workers, *seconds)
